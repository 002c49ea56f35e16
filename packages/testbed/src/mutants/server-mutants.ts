/** Faults of a DM server, row by row of the checklist. */
import http from 'node:http';
import type { Command, SyncML } from '@ueprov/protocols/syncml';
import { lie, type Rewrite, withCommands, withHeader, without, wrap } from './mutant.ts';
import { NOTIFICATION_MUTANTS } from './notification-mutants.ts';
import { OBJECT_MUTANTS } from './object-mutants.ts';
import {
  answers,
  appended,
  endless,
  GET,
  hears,
  requested,
  type ServerMutant,
  says,
} from './server-faults.ts';

const isHead = (each: Command) => each.kind === 'Status' && each.CmdRef === '0';
const isLater = ({ SyncHdr }: SyncML) => SyncHdr.MsgID !== '1';

function withFinal(Final: boolean): Rewrite {
  return (message) => ({ ...message, SyncBody: { ...message.SyncBody, Final } });
}

function chal(change: (nonce: Uint8Array | undefined) => Uint8Array): Rewrite {
  return (message) =>
    withCommands(message, (all) =>
      all.map((each) => {
        if (each.kind !== 'Status' || each.Chal === undefined) return each;
        const NextNonce = change(each.Chal.Meta.NextNonce);
        return { ...each, Chal: { Meta: { ...each.Chal.Meta, NextNonce } } };
      }),
    );
}

function noChal(message: SyncML): SyncML {
  return withCommands(message, (all) =>
    all.map((each) => {
      if (each.kind !== 'Status' || each.Chal === undefined) return each;
      const { Chal: _, ...bare } = each;
      return bare;
    }),
  );
}

const HEADER_MUTANTS: readonly ServerMutant[] = [
  says('S-VERDTD', 'says DTD 1.1', 'HDR-1.1', (m) => withHeader(m, { VerDTD: '1.1' })),
  says('S-MSGID', 'numbers every message 1', 'HDR-1.2', (m) => withHeader(m, { MsgID: '1' })),
  says('S-SESSION', 'has a SessionID of its own', 'HDR-1.3 AUT-4.3 NOT-2.4', (m) =>
    withHeader(m, { SessionID: 'zz' }),
  ),
  hears('S-ANY-VERSION', 'takes any version', 'HDR-1.4 HDR-1.5', (m) =>
    withHeader(m, { VerDTD: '1.2', VerProto: 'DM/1.2' }),
  ),
  says('S-TARGET', 'names itself as Target', 'HDR-1.6', (m) =>
    withHeader(m, { Target: m.SyncHdr.Source }),
  ),
  says('S-HEAD-LAST', 'puts the Status of the SyncHdr last', 'HDR-2.1 PKG-2.1', (m) =>
    withCommands(m, (all) => [...all.filter((each) => !isHead(each)), ...all.filter(isHead)]),
  ),
  says('S-NO-HEAD', 'leaves the Status of the SyncHdr out', 'PKG-2.1 HDR-2.1', without(isHead)),
  says('S-NO-REFS', 'leaves TargetRef out', 'HDR-2.2', (m) =>
    withCommands(m, (all) =>
      all.map((each) => (each.kind === 'Status' ? { ...each, TargetRef: [] } : each)),
    ),
  ),
  says('S-ORDER', 'answers in reverse order', 'HDR-2.3', (m) =>
    withCommands(m, (all) => all.toReversed()),
  ),
  says('S-CMDID', 'numbers its commands 0', 'HDR-2.4', (m) =>
    withCommands(m, (all) => all.map((each) => ({ ...each, CmdID: '0' }))),
  ),
  says(
    'S-RESULTS',
    'sends Results',
    'HDR-2.5 PKG-3.1 PKG-3.2',
    appended({ kind: 'Results', CmdID: '96', Items: [] }),
  ),
  hears(
    'S-UNKNOWN',
    'overlooks unknown commands',
    'HDR-4.4',
    without(({ kind }) => kind === 'Unknown'),
  ),
  says('S-REPLACE-400', 'cannot read DevInfo', 'HDR-4.3 HDR-2.3', lie('Replace', undefined, '400')),
];

const PACKAGE_MUTANTS: readonly ServerMutant[] = [
  says('S-NO-FINAL', 'forgets Final', 'PKG-2 AUT-4.2', withFinal(false)),
  says('S-GIVES-UP', 'fails at a failure', 'PKG-2.3', (m) =>
    isLater(m) ? lie('SyncHdr', undefined, '500')(m) : m,
  ),
  says('S-FINAL', 'always sets Final', 'PKG-3.1', withFinal(true)),
  says(
    'S-ENDLESS',
    'always asks for more',
    'PKG-2.1 PKG-3.2 PKG-3.3 PKG-4.1 AUT-1.10 AUT-2.5',
    appended(GET),
  ),
  hears(
    'S-ABORT',
    'overlooks a Session Abort',
    'PKG-4.1 PKG-4.2',
    without((each) => each.kind === 'Alert' && each.Data === '1223'),
  ),
  says('S-AFTER-ABORT', 'asks after a Session Abort', 'PKG-4.2 PKG-4.1', appended(GET)),
  hears(
    'S-MAXMSGSIZE',
    'ignores MaxMsgSize',
    'PKG-5.1',
    ({ SyncHdr: { Meta: _, ...SyncHdr }, ...m }) => ({ ...m, SyncHdr }),
  ),
  says(
    'S-ALERT-LIES',
    'takes every alert',
    'GEN-1.2 GEN-1.4 GEN-1.5',
    lie('Alert', undefined, '200'),
  ),
  says('S-ALERT-406', 'takes no alert', 'GEN-1.1 GEN-1.3 PKG-4.1', lie('Alert', undefined, '406')),
];

const PROOF_MUTANTS: readonly ServerMutant[] = [
  says(
    'S-UNCHECKED',
    'takes any proof',
    'AUT-1.1 AUT-1.2 AUT-1.7 AUT-1.11 AUT-1.12',
    lie('SyncHdr', ['401', '407'], '212'),
  ),
  says('S-NO-CHAL', 'refuses without a challenge', 'AUT-1.1 AUT-1.2 AUT-1.3', noChal),
  says(
    'S-SHORT-NONCE',
    'has nonces of 2 octets',
    'AUT-1.3',
    chal(() => new Uint8Array(2)),
  ),
  says(
    'S-ONE-NONCE',
    'has one nonce',
    'AUT-1.5',
    chal(() => new Uint8Array(16)),
  ),
  says('S-NO-212', 'calls a right proof failed', 'AUT-1.4', lie('SyncHdr', ['212', '200'], '500')),
  hears('S-FORGETS', 'takes no proof in the first message', 'AUT-1.6', (m) => {
    if (m.SyncHdr.MsgID !== '1') return m;
    const { Cred: _, ...SyncHdr } = m.SyncHdr;
    return { ...m, SyncHdr };
  }),
  endless('S-PATIENT', 'challenges for ever', 'AUT-1.8 PKG-4.2', (m) => m),
  endless('S-STUBBORN', 'asks for ever', 'AUT-2.5', appended(GET)),
  hears('S-TELLS', 'tells strangers that they are strangers', 'AUT-1.9', (m) =>
    withCommands(m, (all) =>
      m.SyncHdr.Source.LocName === 'nobody' ? all.filter(({ kind }) => kind !== 'Replace') : all,
    ),
  ),
  {
    ...says('S-BASIC', 'takes no basic', 'AUT-1.13', lie('SyncHdr', ['212', '200'], '401')),
    setting: 'basic',
  },
  says(
    'S-NO-CRED',
    'proves nothing',
    'AUT-2.1 AUT-2.2 AUT-2.4',
    ({ SyncHdr: { Cred: _, ...SyncHdr }, ...m }) => ({ ...m, SyncHdr }),
  ),
  says('S-ASKS-ONCE', 'does not ask again', 'AUT-2.3', (m) =>
    Number(m.SyncHdr.MsgID) > 1
      ? withCommands(m, (all) => all.filter(({ kind }) => kind === 'Status'))
      : m,
  ),
  says(
    'S-HALF',
    'answers half of a refused message',
    'AUT-4.1',
    without((each) => each.kind === 'Status' && each.Cmd === 'Replace'),
  ),
];

const HTTP_MUTANTS: readonly ServerMutant[] = [
  answers('S-200', 'calls everything good', 'HTP-1.1 HTP-1.5 HTP-1.8 HTP-1.9', () => 200),
  answers('S-TYPE', 'calls its messages text', 'HTP-1.2 HDR-4.2', (status, response) => {
    response.setHeader('Content-Type', 'application/x-syncml');
    return status;
  }),
  answers('S-CACHE', 'lets its messages be stored', 'HTP-1.3', (status, response) => {
    response.setHeader('Cache-Control', 'public');
    return status;
  }),
  requested('S-CHUNKED', 'reads no chunks', 'HTP-1.4', (request) => {
    if (request.headers['transfer-encoding'] !== undefined) request.method = 'GET';
  }),
  {
    id: 'S-CONNECTION',
    fault: 'forgets a session with its connection',
    tries: ['HTP-1.6'],
    apply: () => {
      let before: unknown;
      return wrap(http.Server.prototype, 'emit', (original) => {
        return function (event: string, ...args) {
          const request: http.IncomingMessage | undefined =
            event === 'request' ? args[0] : undefined;
          if (request !== undefined) {
            if (before !== undefined && before !== request.socket) request.method = 'GET';
            before = request.socket;
          }
          return original.call(this, event, ...args);
        };
      });
    },
  },
  answers('S-LENGTH', 'has no Content-Length', 'HTP-1.10', (status, response) => {
    response.removeHeader('Content-Length');
    response.setHeader('Connection', 'close');
    response.useChunkedEncodingByDefault = false;
    return status;
  }),
  requested('S-STAR', 'knows no *', 'HTP-1.11', (request) => {
    if (request.url === '*') request.url = '/star';
  }),
  answers('S-401', 'makes HTTP of a failed proof', 'HTP-1.12', (status) =>
    status === 200 ? 401 : status,
  ),
  requested('S-ACCEPT', 'overlooks Accept', 'HTP-1.13 HTP-1.5', (request) => {
    delete request.headers.accept;
    delete request.headers['accept-charset'];
  }),
  requested('S-XML', 'speaks WBXML alone', 'HDR-4.1', (request) => {
    request.headers.accept = 'application/vnd.syncml.dm+wbxml';
  }),
  says('S-REPEATS', 'answers a copy anew', 'HTP-1.14', appended(GET)),
];

const CRED = { Meta: { Format: 'b64', Type: 'syncml:auth-md5' }, Data: 'AAAA' };

/** With hmac agreed. */
const HMAC_MUTANTS: readonly ServerMutant[] = [
  says('S-MAC-212', 'answers a right mac with 212', 'AUT-3.1', lie('SyncHdr', ['200'], '212')),
  says('S-MAC-CRED', 'puts a Cred beside the mac', 'AUT-3.2', (m) => withHeader(m, { Cred: CRED })),
  says('S-MAC-ANY', 'takes any mac', 'AUT-3.3 AUT-3.4', lie('SyncHdr', ['401', '407'], '200')),
].map((mutant) => ({ ...mutant, setting: 'hmac' }));

/** Every third request is refused: a copy of the second among them. */
function refusingThird(): ServerMutant {
  let count = 0;
  const refuse = (status: number): number => {
    count += 1;
    return count % 3 === 0 ? 500 : status;
  };
  return answers('S-THIRD', 'refuses every third request', 'HTP-1.7', refuse);
}

export const SERVER_MUTANTS = [
  ...HEADER_MUTANTS,
  ...PACKAGE_MUTANTS,
  ...OBJECT_MUTANTS,
  ...NOTIFICATION_MUTANTS,
  ...PROOF_MUTANTS,
  ...HTTP_MUTANTS,
  refusingThird(),
  ...HMAC_MUTANTS,
];
