/** The records that the store contract writes. */
import type { DeviceRecord, MessageRecord, SessionRecord } from './record.ts';

export const CONTRACT_DEVICE = {
  id: 'd1',
  DevId: 'urn:uuid:00000000-0000-1000-8000-000a95a0b1c2',
  IMPU: 'sip:ue1@example.net',
  profile: 'residential',
  CLCRED: {
    scheme: 'md5',
    name: 'ue1',
    hash: 'bm90LWEtcmVhbC1oYXNoMTE=',
    nonce: new Uint8Array([1, 2, 3, 4]),
  },
  SRVCRED: { scheme: 'basic', name: 'dm.example.net', secret: 'whisper-whisper' },
  HTTP: {
    scheme: 'digest',
    username: 'ue1',
    secret: { realm: 'dm', ha1: { 'SHA-256': 'ha1-by-sha-256', MD5: 'ha1-by-md5' } },
  },
} as const satisfies DeviceRecord;

export const CONTRACT_SESSION: SessionRecord = {
  id: 's1',
  device: CONTRACT_DEVICE.id,
  SessionID: '1a',
  trigger: 'server',
  startedAt: 1000,
  result: 'open',
  sentence: 'The session is open.',
  encoding: 'wbxml',
  auth: 'md5',
  messages: 1,
  commandsOk: 0,
  commandsFailed: 0,
  bytes: 3,
};

export const CONTRACT_MESSAGE: MessageRecord = {
  session: CONTRACT_SESSION.id,
  device: CONTRACT_DEVICE.id,
  seq: 1,
  at: 1001,
  protocol: 'HTTP',
  from: 'UE',
  to: 'DM server',
  label: 'Pkg#1 Alert 1200',
  contentType: 'application/vnd.syncml.dm+wbxml',
  encoding: 'wbxml',
  raw: new TextEncoder().encode('a raw message that nobody may read on the disk'),
};
