/** Rows HDR-1, HDR-2, HDR-4 and PKG-2 to PKG-5 against a server. RepPro 1.2.2, OMA-DMPRO 8. */
import type { Command } from '@ueprov/protocols/syncml';
import { Inconclusive } from '../../conformance/case.ts';
import { alert, type Draft } from '../../conformance/draft.ts';
import {
  commandsOf,
  hasAlert,
  headerCode,
  headerStatusOf,
  statusesOf,
} from '../../conformance/received.ts';
import { requireEqual, requireOneOf, requireThat } from '../../conformance/require.ts';
import type { ServerBench, ServerCase } from '../bench.ts';
import type { DeviceSession } from '../device-session.ts';

/** A case in a session whose sides have proved themselves; `session.answer` is the server's package #2. */
export function inSession(
  id: string,
  clause: string,
  title: string,
  script: (session: DeviceSession, bench: ServerBench) => Promise<void>,
): ServerCase {
  return { id, clause, title, run: async (bench) => script(await bench.open(), bench) };
}

function otherVersion(
  id: string,
  title: string,
  hdr: { VerDTD: string } | { VerProto: string },
  code: string,
  known: string,
): ServerCase {
  return {
    id,
    clause: 'RepPro 1.2.2 §10',
    title,
    run: async (bench) => {
      const session = bench.session();
      const received = await session.say({ hdr, commands: session.package1() });
      requireEqual(headerCode(received), code, 'Status of the SyncHdr');
      const items = headerStatusOf(received)?.Items.map(({ Data }) => Data) ?? [];
      requireThat(items.includes(known), `an Item with ${known}`);
      const kinds = commandsOf(received).filter(({ kind }) => kind !== 'Alert');
      requireEqual(kinds.length, 0, 'commands');
    },
  };
}

const SERVER_COMMANDS: readonly string[] = [
  'Status',
  'Alert',
  'Add',
  'Replace',
  'Delete',
  'Copy',
  'Get',
  'Exec',
  'Atomic',
  'Sequence',
];

const HEADER_CASES: readonly ServerCase[] = [
  inSession(
    'HDR-1.1',
    'OMA-DMPRO 8.1',
    'every message is of DTD 1.2 and protocol DM/1.2',
    async (session) => {
      await session.serve(({ message }) => {
        const { VerDTD, VerProto } = message.SyncHdr;
        requireEqual([VerDTD, VerProto], ['1.2', 'DM/1.2'], 'VerDTD and VerProto');
      });
    },
  ),
  {
    id: 'HDR-1.2',
    clause: 'RepPro 1.2.2 MsgID',
    title: 'MsgID starts at 1 and grows by 1',
    run: async (bench) => {
      const session = bench.session();
      const ids = [
        (await session.say({ cred: null, mac: null, commands: session.package1() })).message.SyncHdr
          .MsgID,
      ];
      await session.open();
      await session.serve(({ message }) => void ids.push(message.SyncHdr.MsgID));
      requireEqual(
        ids,
        ids.map((_, index) => String(index + 1)),
        'MsgIDs',
      );
    },
  },
  inSession(
    'HDR-1.3',
    'RepPro 1.2.2 SessionID',
    'the server keeps the SessionID of the client',
    async (session) => {
      await session.serve(({ message }) => {
        requireEqual(message.SyncHdr.SessionID, session.SessionID, 'SessionID');
      });
    },
  ),
  otherVersion(
    'HDR-1.4',
    'protocol DM/9.9 answers 513 with the known one',
    { VerProto: 'DM/9.9' },
    '513',
    'DM/1.2',
  ),
  otherVersion(
    'HDR-1.5',
    'DTD 9.9 answers 505 with the known one',
    { VerDTD: '9.9' },
    '505',
    '1.2',
  ),
  inSession(
    'HDR-1.6',
    'OMA-DMPRO 8.1',
    'Target is the DevId of the client',
    async (session, bench) => {
      const { Target } = session.answer.message.SyncHdr;
      requireEqual(Target.LocURI, bench.options.facts.DevId, 'Target');
    },
  ),
  inSession(
    'HDR-2.1',
    'RepPro 1.2.2 Status',
    'the Status of the SyncHdr comes first, in every message',
    async (session) => {
      await session.serve(({ message }) => {
        const [head] = message.SyncBody.commands;
        requireThat(head?.kind === 'Status', 'a Status as first command');
        requireEqual(
          [head.CmdRef, head.Cmd, head.MsgRef],
          ['0', 'SyncHdr', session.MsgID],
          'CmdRef, Cmd, MsgRef',
        );
      });
    },
  ),
  inSession(
    'HDR-2.2',
    'RepPro 1.2.2 TargetRef',
    'the Status of the SyncHdr names our Target and Source',
    async (session, bench) => {
      const status = headerStatusOf(session.answer);
      const { server, facts } = bench.options;
      requireEqual(
        [status?.TargetRef, status?.SourceRef],
        [[server.url], [facts.DevId]],
        'TargetRef and SourceRef',
      );
    },
  ),
  inSession(
    'HDR-2.3',
    'RepPro 1.2.2 Status',
    'Alert and Replace of package #1 have a Status each, in order',
    async (session) => {
      const named = statusesOf(session.answer).filter(({ CmdRef }) => CmdRef !== '0');
      requireEqual(
        named.map(({ Cmd, Data }) => [Cmd, Data]),
        [
          ['Alert', '200'],
          ['Replace', '200'],
        ],
        'Statuses',
      );
    },
  ),
  inSession(
    'HDR-2.4',
    'RepPro 1.2.2 CmdID',
    'CmdIDs are unique in a message and never 0',
    async (session) => {
      await session.serve(({ message }) => {
        const ids = message.SyncBody.commands.map(({ CmdID }: Command) => CmdID);
        requireThat(!ids.includes('0') && !ids.includes(''), `no CmdID 0 in ${ids.join(' ')}`);
        requireEqual(new Set(ids).size, ids.length, 'different CmdIDs');
      });
    },
  ),
  inSession(
    'HDR-2.5',
    'OMA-DMREPPRO 4.1',
    'the server speaks in commands of DM alone',
    async (session) => {
      await session.serve(({ message }) => {
        for (const { kind } of message.SyncBody.commands) {
          requireThat(SERVER_COMMANDS.includes(kind), `no ${kind}`);
        }
      });
    },
  ),
];

/** A whole session in one spelling; the commands that the server asked for. */
async function session(bench: ServerBench, encoding: 'xml' | 'wbxml'): Promise<readonly string[]> {
  const spoken = bench.session();
  const type = { xml: 'application/vnd.syncml.dm+xml', wbxml: 'application/vnd.syncml.dm+wbxml' };
  const http = { headers: { Accept: type[encoding] } };
  await spoken.open({ encoding, http });
  requireEqual(spoken.answer.encoding, encoding, 'encoding of the answer');
  const codes = statusesOf(spoken.answer).map(({ Cmd, Data }) => `${Cmd} ${Data}`);
  const asked = commandsOf(spoken.answer).map(({ kind }) => kind);
  return [...codes, ...asked];
}

const SPELLING_CASES: readonly ServerCase[] = [
  {
    id: 'HDR-4.1',
    clause: 'OMA-SYNCHTTP 4.1',
    title: 'a client that speaks XML is answered in XML',
    run: async (bench) => void (await session(bench, 'xml')),
  },
  {
    id: 'HDR-4.2',
    clause: 'OMA-SYNCHTTP 4.1',
    title: 'a client that speaks WBXML is answered in WBXML, and the same',
    run: async (bench) => {
      requireEqual(await session(bench, 'wbxml'), await session(bench, 'xml'), 'the answer');
    },
  },
  {
    id: 'HDR-4.3',
    clause: 'RepPro 1.2.2 §5',
    title: 'an unknown element is ignored',
    run: async (bench) => {
      const opened = bench.session();
      const text = (body: Uint8Array) => Buffer.from(body).toString('utf8');
      const rewrite = (body: Uint8Array) =>
        Buffer.from(text(body).replace('<Item>', '<Item><KitNone>x</KitNone>'));
      await opened.open({ encoding: 'xml', rewrite });
      const status = statusesOf(opened.answer).find(({ Cmd }) => Cmd === 'Replace');
      requireEqual(status?.Data, '200', 'Status of Replace');
    },
  },
  inSession(
    'HDR-4.4',
    'RepPro 1.2.2 §10',
    'an unknown command is answered by itself',
    async (opened) => {
      const unknown = '<KitNone><CmdID>99</CmdID></KitNone><Final';
      const received = await opened.say({
        encoding: 'xml',
        rewrite: (body) =>
          Buffer.from(Buffer.from(body).toString('utf8').replace('<Final', unknown)),
      });
      const status = statusesOf(received).find(({ CmdRef }) => CmdRef === '99');
      requireOneOf(status?.Data, ['501', '400', '406'], 'Status of the unknown command');
    },
  ),
];

const PACKAGE_CASES: readonly ServerCase[] = [
  inSession(
    'PKG-2.1',
    'OMA-DMPRO 8.6',
    'a server that has nothing more to ask still answers, with Final',
    async (opened) => {
      await opened.serve();
      const { SyncBody } = opened.answer.message;
      requireEqual(
        [SyncBody.Final, commandsOf(opened.answer).length],
        [true, 0],
        'Final and commands',
      );
      requireThat(headerStatusOf(opened.answer) !== undefined, 'a Status for the SyncHdr');
    },
  ),
  inSession(
    'PKG-2.2',
    'OMA-DMPRO 8.2',
    'every message of a server that answers a whole package has Final',
    async (opened) => {
      await opened.serve(({ message }) => {
        const isChunk = JSON.stringify(message.SyncBody.commands).includes('"MoreData":true');
        requireEqual(message.SyncBody.Final, !isChunk, 'Final');
      });
    },
  ),
  inSession(
    'PKG-2.3',
    'OMA-DMPRO 8.4',
    'a server is not put out by commands that all fail',
    async (opened) => {
      for (let count = 0; count < 20; count++) {
        if (commandsOf(opened.answer).length === 0) return;
        await opened.say({ each: '500' });
        requireEqual(headerCode(opened.answer).slice(0, 1), '2', 'Status class of the SyncHdr');
      }
      requireEqual(commandsOf(opened.answer).length, 0, 'commands after 20 refusals');
    },
  ),
  inSession(
    'PKG-3.1',
    'OMA-DMPRO 8.2',
    'a message without Final is answered with Alert 1222, no Final and no command',
    async (opened) => {
      const received = await opened.say({ Final: false });
      const others = commandsOf(received).filter(({ kind }) => kind !== 'Alert');
      requireEqual(
        [hasAlert(received, '1222'), received.message.SyncBody.Final, others.length],
        [true, false, 0],
        'Alert 1222, Final, other commands',
      );
    },
  ),
  inSession(
    'PKG-3.2',
    'OMA-DMPRO 8.2',
    'after the rest of a package the session goes on',
    async (opened) => {
      await opened.say({ Final: false });
      const received = await opened.say();
      requireEqual(
        [hasAlert(received, '1222'), received.message.SyncBody.Final],
        [false, true],
        'Alert 1222 and Final',
      );
      await opened.serve();
    },
  ),
  inSession(
    'PKG-3.3',
    'OMA-DMPRO 8.2',
    'no new command comes while Statuses of earlier ones are missing',
    async (opened) => {
      if (commandsOf(opened.answer).length === 0)
        throw new Inconclusive('the server asks for nothing');
      const received = await opened.say({ answers: headOnly(opened), Final: false });
      const others = commandsOf(received).filter(({ kind }) => kind !== 'Alert');
      requireEqual(others.length, 0, 'commands');
    },
  ),
  inSession(
    'PKG-4.1',
    'OMA-DMPRO 8.1.3',
    'a Session Abort of the client is answered by Statuses alone',
    async (opened) => {
      const received = await opened.say({ commands: [alert('1223')] });
      requireEqual(commandsOf(received).length, 0, 'commands');
      const status = statusesOf(received).find(({ Cmd }) => Cmd === 'Alert');
      requireThat(status?.Data.startsWith('2') ?? false, 'a good Status for the Alert');
    },
  ),
  inSession(
    'PKG-4.2',
    'OMA-DMPRO 8.1.3',
    'after a Session Abort the server asks for nothing more',
    async (opened) => {
      await opened.say({ commands: [alert('1223')] });
      const response = await opened.transmit({ answers: [], commands: [alert('1222')] });
      if (response.status !== 200) return;
      requireEqual(
        commandsOf(opened.take(response)).filter(({ kind }) => kind !== 'Alert').length,
        0,
        'commands',
      );
    },
  ),
  {
    id: 'PKG-5.1',
    clause: 'MetaInfo 1.2.2 MaxMsgSize',
    title: 'no message exceeds the MaxMsgSize of the client',
    run: async (bench) => {
      const opened = bench.session();
      await opened.open({ hdr: { Meta: { MaxMsgSize: 2000 } } });
      let count = 0;
      await opened.serve(({ bytes }) => {
        count += 1;
        requireThat(bytes.length <= 2000, `${bytes.length} octets, at most 2000`);
      });
      if (count < 3) throw new Inconclusive('the server had less to say than fills a message');
    },
  },
];

function headOnly({ answer }: DeviceSession): readonly Draft[] {
  const { MsgID } = answer.message.SyncHdr;
  const refs = { TargetRef: [], SourceRef: [], Items: [] };
  return [{ kind: 'Status', MsgRef: MsgID, CmdRef: '0', Cmd: 'SyncHdr', Data: '200', ...refs }];
}

export const SESSION_CASES = [...HEADER_CASES, ...SPELLING_CASES, ...PACKAGE_CASES];
