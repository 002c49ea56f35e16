/** A session on the wire with a secret in every place where one can lie, for the tests of this folder. */
import { encodeUtf8 } from '@ueprov/protocols';
import {
  CONTENT_TYPES,
  describePackage,
  type Encoding,
  encodeSyncML,
  type SyncML,
} from '@ueprov/protocols/syncml';
import type { Change, DeviceRecord, MessageRecord, SessionRecord } from '../../store/record.ts';

export const SECRETS = {
  cred: 'c2VjcmV0LWNyZWQtZGlnZXN0MTI=',
  nonce: new Uint8Array(Buffer.from('secret-next-nonce')),
  value: 'secret-account-password',
  response: '0123456789abcdef0123456789abcdef',
  hash: 'c3RvcmVkLXNlY3JldC1oYXNo',
} as const;

export function sampleDevice(id: string): DeviceRecord {
  const nonce = new Uint8Array([1]);
  return {
    id,
    DevId: `urn:example:${id}`,
    IMPU: `sip:${id}@example.net`,
    profile: 'p',
    CLCRED: { scheme: 'md5', name: id, hash: SECRETS.hash, nonce },
    SRVCRED: { scheme: 'basic', name: 'srv', secret: SECRETS.value },
  };
}

export function sampleSession(id: string, device: string, startedAt: number): SessionRecord {
  return {
    id,
    device,
    SessionID: '1',
    trigger: 'server',
    startedAt,
    endedAt: startedAt + 100,
    result: 'completed-with-errors',
    sentence: 'Completed with 1 refused command.',
    encoding: 'wbxml',
    auth: 'md5',
    messages: 4,
    commandsOk: 1,
    commandsFailed: 1,
    bytes: 1000,
  };
}

const UE = { LocURI: 'urn:example:d1' };
const SERVER = { LocURI: 'http://127.0.0.1/dm' };
const header = { VerDTD: '1.2', VerProto: 'DM/1.2', SessionID: '1' };
const status = { kind: 'Status', SourceRef: [], Items: [] } as const;

/** Packages #1 to #4: the UE is challenged nowhere, one Replace is done, the other refused, one Get answered. */
export const PACKAGES: readonly SyncML[] = [
  {
    SyncHdr: {
      ...header,
      MsgID: '1',
      Target: SERVER,
      Source: UE,
      Cred: { Meta: { Format: 'b64', Type: 'syncml:auth-md5' }, Data: SECRETS.cred },
    },
    SyncBody: {
      commands: [{ kind: 'Alert', CmdID: '1', Data: '1200', Items: [] }],
      Final: true,
    },
  },
  {
    SyncHdr: { ...header, MsgID: '1', Target: UE, Source: SERVER },
    SyncBody: {
      commands: [
        {
          ...status,
          CmdID: '1',
          MsgRef: '1',
          CmdRef: '0',
          Cmd: 'SyncHdr',
          TargetRef: [SERVER.LocURI],
          Data: '212',
          Chal: {
            Meta: { Format: 'b64', Type: 'syncml:auth-md5', NextNonce: SECRETS.nonce },
          },
        },
        {
          ...status,
          CmdID: '2',
          MsgRef: '1',
          CmdRef: '1',
          Cmd: 'Alert',
          TargetRef: [],
          Data: '200',
        },
        {
          kind: 'Replace',
          CmdID: '3',
          Items: [
            {
              Target: { LocURI: './DMAcc/a/AppAuth/b/AAuthSecret' },
              Meta: { Format: 'chr' },
              Data: SECRETS.value,
            },
            { Target: { LocURI: './A/Name' }, Meta: { Format: 'chr' }, Data: 'plain value' },
          ],
        },
        { kind: 'Get', CmdID: '4', Items: [{ Target: { LocURI: './DevDetail/SwV' } }] },
      ],
      Final: true,
    },
  },
  {
    SyncHdr: { ...header, MsgID: '2', Target: SERVER, Source: UE },
    SyncBody: {
      commands: [
        {
          ...status,
          CmdID: '1',
          MsgRef: '1',
          CmdRef: '0',
          Cmd: 'SyncHdr',
          TargetRef: [],
          Data: '212',
        },
        {
          ...status,
          CmdID: '2',
          MsgRef: '1',
          CmdRef: '3',
          Cmd: 'Replace',
          TargetRef: ['./DMAcc/a/AppAuth/b/AAuthSecret'],
          Data: '200',
        },
        {
          ...status,
          CmdID: '3',
          MsgRef: '1',
          CmdRef: '3',
          Cmd: 'Replace',
          TargetRef: ['./A/Name'],
          Data: '405',
        },
        {
          ...status,
          CmdID: '4',
          MsgRef: '1',
          CmdRef: '4',
          Cmd: 'Get',
          TargetRef: ['./DevDetail/SwV'],
          Data: '200',
        },
        {
          kind: 'Results',
          CmdID: '5',
          MsgRef: '1',
          CmdRef: '4',
          Items: [{ Source: { LocURI: './DevDetail/SwV' }, Data: '1.0.3' }],
        },
      ],
      Final: true,
    },
  },
];

export function sampleTrace(
  session: string,
  device: string,
  at: number,
  encoding: Encoding,
): MessageRecord[] {
  return PACKAGES.map((message, index) => ({
    session,
    device,
    seq: index + 1,
    at: at + index,
    protocol: 'HTTP',
    from: index % 2 === 0 ? 'UE' : 'DM server',
    to: index % 2 === 0 ? 'DM server' : 'UE',
    label: describePackage(message),
    contentType: CONTENT_TYPES[encoding],
    encoding,
    raw: encodeSyncML(message, encoding),
  }));
}

export const REGISTER = [
  'REGISTER sip:example.net SIP/2.0',
  'Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1',
  'Authorization: Digest username="ue1", realm="example.net", nonce="known",',
  ` uri="sip:example.net", response="${SECRETS.response}", algorithm=MD5`,
  'Content-Length: 0',
  '',
  '',
].join('\r\n');

export function sampleRegister(device: string, at: number): Change {
  return {
    kind: 'message',
    message: {
      device,
      seq: 1,
      at,
      protocol: 'SIP',
      from: 'UE',
      to: 'Core',
      label: 'REGISTER',
      raw: encodeUtf8(REGISTER),
    },
  };
}
