/** Rows HDR-1 to HDR-4: headers, Statuses, identifiers. RepPro 1.2.2 §6, OMA-DMPRO 8. */
import { Inconclusive, NotApplicable } from '../../conformance/case.ts';
import { add, type Draft, get } from '../../conformance/draft.ts';
import { headerCode, headerStatusOf, statusesOf } from '../../conformance/received.ts';
import {
  requireEqual,
  requireMatch,
  requireOneOf,
  requireThat,
} from '../../conformance/require.ts';
import type { ClientBench } from '../bench.ts';
import { type ClientCase, inSession, makePlot } from '../case.ts';
import type { ServedSession } from '../served-session.ts';

/** Sends a header of another version; the client answers with the code and what it knows. */
function otherVersion(
  id: string,
  title: string,
  hdr: { VerDTD: string } | { VerProto: string },
  code: string,
  known: string,
): ClientCase {
  return inSession(id, 'RepPro 1.2.2 §10', title, async (session) => {
    await session.reply({ hdr, commands: [get('./DevInfo/Man')] });
    const received = await session.next();
    requireEqual(headerCode(received), code, 'Status of the SyncHdr');
    const items = headerStatusOf(received)?.Items.map(({ Data }) => Data) ?? [];
    requireThat(items.includes(known), `an Item with ${known}`);
    const rest = received.message.SyncBody.commands.filter(({ kind }) => kind === 'Results');
    requireEqual(rest.length, 0, 'Results');
  });
}

/** Package #1 of a session with a chosen id. */
function sessionID(id: string, title: string, base: number): ClientCase {
  return {
    id,
    clause: 'OMA-DMNOT 6.2.2.5',
    title,
    run: async (bench: ClientBench) => {
      bench.needNotification();
      const number = base + Math.floor(Math.random() * 0x80);
      const session = await bench.arrive(number);
      requireEqual(session.SessionID, number.toString(16).toUpperCase(), 'SessionID');
    },
  };
}

const HEADER_CASES: readonly ClientCase[] = [
  inSession(
    'HDR-1.1',
    'OMA-DMPRO 8.1',
    'every message is of DTD 1.2 and protocol DM/1.2',
    async (session) => {
      const { messages } = await session.exchange(get('./DevInfo/Man'));
      for (const { message } of messages) {
        const { VerDTD, VerProto } = message.SyncHdr;
        requireEqual([VerDTD, VerProto], ['1.2', 'DM/1.2'], 'VerDTD and VerProto');
      }
    },
  ),
  inSession(
    'HDR-1.2',
    'RepPro 1.2.2 MsgID',
    'MsgID starts at 1 and grows by 1',
    async (session) => {
      const ids = [session.last.message.SyncHdr.MsgID];
      for (let count = 0; count < 3; count++) {
        const { first } = await session.exchange(get('./DevInfo/Man'));
        ids.push(first.message.SyncHdr.MsgID);
      }
      const start = Number(ids[0]);
      requireEqual(
        ids,
        [0, 1, 2, 3].map((step) => String(start + step)),
        'MsgIDs',
      );
    },
  ),
  {
    id: 'HDR-1.3',
    clause: 'RepPro 1.2.2 MsgID',
    title: 'the first message of a session has MsgID 1',
    run: async (bench) => {
      requireEqual((await bench.arrive()).last.message.SyncHdr.MsgID, '1', 'MsgID');
    },
  },
  inSession(
    'HDR-1.4',
    'RepPro 1.2.2 SessionID',
    'a session keeps its SessionID, of 1 to 4 characters',
    async (session) => {
      const SessionID = session.SessionID;
      requireMatch(SessionID, /^.{1,4}$/, 'SessionID');
      for (let count = 0; count < 2; count++) {
        const { first } = await session.exchange(get('./DevInfo/Man'));
        requireEqual(first.message.SyncHdr.SessionID, SessionID, 'SessionID');
      }
    },
  ),
  otherVersion(
    'HDR-1.5',
    'protocol DM/9.9 answers 513 with the known one',
    { VerProto: 'DM/9.9' },
    '513',
    'DM/1.2',
  ),
  otherVersion(
    'HDR-1.6',
    'DTD 9.9 answers 505 with the known one',
    { VerDTD: '9.9' },
    '505',
    '1.2',
  ),
];

const STATUS_CASES: readonly ClientCase[] = [
  inSession(
    'HDR-2.1',
    'RepPro 1.2.2 Status',
    'the Status of the SyncHdr comes first, CmdRef 0',
    async (session) => {
      const { first } = await session.exchange(get('./DevInfo/Man'));
      const [head] = first.message.SyncBody.commands;
      requireThat(head?.kind === 'Status', 'a Status as first command');
      requireEqual(
        [head.CmdRef, head.Cmd, head.MsgRef],
        ['0', 'SyncHdr', session.MsgID],
        'CmdRef, Cmd, MsgRef',
      );
    },
  ),
  inSession(
    'HDR-2.2',
    'RepPro 1.2.2 TargetRef',
    'the Status of the SyncHdr names our Target and Source',
    async (session, bench) => {
      const { first } = await session.exchange(get('./DevInfo/Man'));
      const status = headerStatusOf(first);
      const { DevId } = bench.options.facts;
      requireEqual(
        [status?.TargetRef, status?.SourceRef],
        [[DevId], [bench.options.url]],
        'TargetRef and SourceRef',
      );
    },
  ),
  inSession(
    'HDR-2.3',
    'RepPro 1.2.2 Status',
    'every command has one Status, in their order',
    async (session) => {
      const asked: Draft[] = ['Man', 'KitNone', 'Mod', 'DmV'].map((name) =>
        get(`./DevInfo/${name}`),
      );
      const { messages } = await session.exchange(...asked);
      const refs = messages
        .flatMap(statusesOf)
        .filter(({ Cmd }) => Cmd === 'Get')
        .map(({ CmdRef }) => Number(CmdRef));
      requireEqual(refs.length, asked.length, 'Statuses of Get');
      requireEqual(
        refs,
        refs.toSorted((a, b) => a - b),
        'CmdRefs in order',
      );
    },
  ),
  inSession(
    'HDR-2.4',
    'RepPro 1.2.2 CmdID',
    'CmdIDs are unique in a message and never 0',
    async (session) => {
      const { messages } = await session.exchange(get('./DevInfo/Man'), get('./DevInfo/Mod'));
      for (const { message } of messages) {
        const ids = message.SyncBody.commands.map(({ CmdID }) => CmdID);
        requireThat(!ids.includes('0') && !ids.includes(''), `no CmdID 0 in ${ids.join(' ')}`);
        requireEqual(new Set(ids).size, ids.length, 'different CmdIDs');
      }
    },
  ),
  inSession(
    'HDR-2.5',
    'RepPro 1.2.2 §10',
    'an unknown command is answered by itself, and the others are run',
    async (session) => {
      if (session.last.encoding !== 'xml')
        throw new NotApplicable('only in XML can a command be unknown');
      const asked = get('./DevInfo/Man');
      const unknown = '<KitNone><CmdID>99</CmdID></KitNone><Final';
      await session.reply({
        commands: [asked],
        rewrite: (body) =>
          Buffer.from(Buffer.from(body).toString('utf8').replace('<Final', unknown)),
      });
      const answer = await session.answer();
      answer.require([asked, '200']);
      const status = answer.messages.flatMap(statusesOf).find(({ CmdRef }) => CmdRef === '99');
      requireOneOf(status?.Data, ['501', '400', '406'], 'Status of the unknown command');
    },
  ),
  inSession(
    'HDR-2.6',
    'RepPro 1.2.2 Results',
    'Results come after the Status of their Get',
    async (session) => {
      const asked = get('./DevInfo/Man');
      const { messages } = await session.exchange(asked);
      const kinds = messages.flatMap(({ message }) =>
        message.SyncBody.commands.map((each) => (each.kind === 'Status' ? each.Cmd : each.kind)),
      );
      requireThat(kinds.indexOf('Get') >= 0, 'a Status of the Get');
      requireThat(kinds.indexOf('Results') > kinds.indexOf('Get'), 'Results after it');
    },
  ),
];

const ADDRESS_CASES: readonly ClientCase[] = [
  inSession(
    'HDR-3.1',
    'RepPro 1.2.2 RespURI',
    'the next message goes to RespURI',
    async (session, bench) => {
      const RespURI = `${bench.options.url}?kit=${session.SessionID}`;
      await session.reply({ hdr: { RespURI }, commands: [get('./DevInfo/Man')] });
      const { line } = await session.next();
      requireThat(line.endsWith(`?kit=${session.SessionID}`), `a request to RespURI, not ${line}`);
    },
  ),
  inSession(
    'HDR-3.2',
    'OMA-DMPRO 8.1',
    'Target is the server, Source the DevId',
    async (session, bench) => {
      const { Target, Source } = session.last.message.SyncHdr;
      requireEqual(
        [Target.LocURI, Source.LocURI],
        [bench.options.url, bench.options.facts.DevId],
        'Target and Source',
      );
    },
  ),
  sessionID('HDR-3.3', 'SessionID is that of Package #0 in upper-case hex', 0xbe80),
  sessionID('HDR-3.4', 'SessionID has no leading zeros', 0x0a00),
];

/** One command in an XML of the kit's own making. */
async function inXml(session: ServedSession, body: (xml: string) => string, ...drafts: Draft[]) {
  if (session.last.encoding !== 'xml') throw new NotApplicable('only in XML');
  const write = () =>
    session.reply({
      commands: drafts,
      rewrite: (bytes) => {
        const before = Buffer.from(bytes).toString('utf8');
        const after = body(before);
        if (after === before) throw new Inconclusive('the message could not be written that way');
        return Buffer.from(after);
      },
    });
  await write();
  return session.answer();
}

const SPELLING_CASES: readonly ClientCase[] = [
  inSession('HDR-4.1', 'RepPro 1.2.2 §5', 'an unknown element is ignored', async (session) => {
    const asked = get('./DevInfo/Man');
    const answer = await inXml(
      session,
      (xml) => xml.replace('<Item>', '<Item><KitNone>x</KitNone>'),
      asked,
    );
    requireThat(answer.text(asked) !== '', 'a value');
  }),
  inSession(
    'HDR-4.2',
    'MetaInfo 1.2.2',
    'Meta of a command holds for its Items',
    async (session, bench) => {
      const { other } = await makePlot(session, bench);
      const Items = [{ Target: { LocURI: other }, Data: 'x' }];
      const made = { kind: 'Add', Meta: { Format: 'int' }, Items } as const;
      const answer = await session.exchange(made);
      requireOneOf(answer.code(made), ['415', '500'], 'Status of Add of an int where chr is');
    },
  ),
  inSession(
    'HDR-4.3',
    'RepPro 1.2.2 Data',
    'CDATA and escaped text are one',
    async (session, bench) => {
      const { other } = await makePlot(session, bench);
      const made = add(other, 'kit-text');
      const xml = (text: string) => text.replace('kit-text', '<![CDATA[a<b>&c]]>');
      const answer = await inXml(session, xml, made);
      answer.require([made, '200']);
      const asked = get(other);
      requireEqual((await session.exchange(asked)).text(asked), 'a<b>&c', other);
    },
  ),
  inSession(
    'HDR-4.4',
    'XML 1.0',
    'comments and processing instructions mean nothing',
    async (session) => {
      const asked = get('./DevInfo/Man');
      const answer = await inXml(
        session,
        (xml) => xml.replace('<Item>', '<!-- kit --><?kit x?><Item>'),
        asked,
      );
      requireThat(answer.text(asked) !== '', 'a value');
    },
  ),
  inSession(
    'HDR-4.5',
    'RepPro 1.2.2 NoResp',
    'NoResp is ignored: the command has its Status',
    async (session) => {
      const asked = { ...get('./DevInfo/Man'), NoResp: true } as Draft;
      (await session.exchange(asked)).require([asked, '200']);
    },
  ),
];

export const HDR_CASES = [...HEADER_CASES, ...STATUS_CASES, ...ADDRESS_CASES, ...SPELLING_CASES];
