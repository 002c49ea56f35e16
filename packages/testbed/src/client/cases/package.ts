/** Rows PKG-1 to PKG-5 and STD-1: packages and the standard objects. OMA-DMPRO 8, OMA-DMSTDOBJ 5. */
import { addNode, alert, type Draft, get } from '../../conformance/draft.ts';
import { commandsOf, statusesOf } from '../../conformance/received.ts';
import { requireEqual, requireThat } from '../../conformance/require.ts';
import type { ClientBench } from '../bench.ts';
import { type ClientCase, inSession, plotOf } from '../case.ts';
import type { ServedSession } from '../served-session.ts';

const DEV_INFO = ['DevId', 'Man', 'Mod', 'DmV', 'Lang'];
const SMALL = 2000;

/** Something about package #1. */
function package1(
  id: string,
  title: string,
  check: (session: ServedSession, bench: ClientBench) => void,
): ClientCase {
  return {
    id,
    clause: 'OMA-DMPRO 8.3',
    title,
    run: async (bench) => check(await bench.arrive(), bench),
  };
}

const SETUP_CASES: readonly ClientCase[] = [
  package1('PKG-1.1', 'package #1 after Package #0 has an Alert 1200', (session) => {
    const codes = commandsOf(session.last).flatMap((each) =>
      each.kind === 'Alert' ? [each.Data] : [],
    );
    requireEqual(
      codes.filter((code) => code === '1200' || code === '1201'),
      ['1200'],
      'session Alerts',
    );
  }),
  package1('PKG-1.2', 'package #1 replaces every node of DevInfo, by its Source', (session) => {
    const named = commandsOf(session.last).flatMap((each) =>
      each.kind === 'Replace' ? each.Items.map(({ Source }) => Source?.LocURI) : [],
    );
    for (const name of DEV_INFO)
      requireThat(named.includes(`./DevInfo/${name}`), `an Item ./DevInfo/${name}`);
  }),
  package1('PKG-1.3', 'package #1 of one message has Final', (session) => {
    requireEqual(session.last.message.SyncBody.Final, true, 'Final');
  }),
  package1('PKG-1.4', 'the DevId of DevInfo is the Source of the message', (session, bench) => {
    const items = commandsOf(session.last).flatMap((each) =>
      each.kind === 'Replace' ? each.Items : [],
    );
    const DevId = items.find(({ Source }) => Source?.LocURI === './DevInfo/DevId');
    requireEqual(DevId?.Data, bench.options.facts.DevId, 'Data of ./DevInfo/DevId');
  }),
  package1('PKG-1.5', 'a client sends no commands but Alert and Replace', (session) => {
    const kinds = new Set(commandsOf(session.last).map(({ kind }) => kind));
    requireThat(
      [...kinds].every((kind) => kind === 'Alert' || kind === 'Replace'),
      `only these: ${[...kinds].join(' ')}`,
    );
  }),
  inSession(
    'PKG-2.1',
    'OMA-DMPRO 8.4',
    'a package #2 that asks for nothing is not answered',
    async (session) => {
      await session.finish();
    },
  ),
  inSession(
    'PKG-2.2',
    'OMA-DMPRO 8.6',
    'a package #4 that asks for nothing is not answered',
    async (session) => {
      await session.exchange(get('./DevInfo/Man'));
      await session.finish();
    },
  ),
  inSession(
    'PKG-2.3',
    'OMA-DMPRO 8.6',
    'package #4 with operations is answered like package #2',
    async (session) => {
      await session.exchange(get('./DevInfo/Man'));
      const asked = get('./DevInfo/Mod');
      (await session.exchange(asked)).require([asked, '200']);
      await session.finish();
    },
  ),
];

/** Many Gets from a server that takes small messages. */
async function manyResults(session: ServedSession) {
  const asked: Draft[] = Array.from({ length: 24 }, () => get('./DevInfo/DevId'));
  await session.reply({ commands: asked, hdr: { Meta: { MaxMsgSize: SMALL } } });
  const answer = await session.answer();
  return { asked, answer };
}

const MESSAGE_CASES: readonly ClientCase[] = [
  inSession(
    'PKG-3.1',
    'OMA-DMPRO 8.2',
    'a long package comes in several messages, Final in the last alone',
    async (session) => {
      const { asked, answer } = await manyResults(session);
      const finals = answer.messages.map(({ message }) => message.SyncBody.Final);
      requireThat(
        finals.length >= 3,
        `at least 3 messages of ${SMALL} octets, not ${finals.length}`,
      );
      requireEqual(
        finals,
        finals.map((_, index) => index === finals.length - 1),
        'Final',
      );
      for (const each of asked) requireEqual(answer.code(each), '200', 'Status of Get');
    },
  ),
  inSession(
    'PKG-3.2',
    'OMA-DMPRO 8.2',
    'nothing is lost between the messages of a package',
    async (session, bench) => {
      const { asked, answer } = await manyResults(session);
      for (const each of asked)
        requireEqual(answer.text(each), bench.options.facts.DevId, 'Results');
    },
  ),
  inSession(
    'PKG-3.3',
    'OMA-DMPRO 8.2',
    'an Alert 1222 has its Status in the next message',
    async (session) => {
      const { answer } = await manyResults(session);
      for (const received of answer.messages.slice(1)) {
        const status = statusesOf(received).find(({ Cmd }) => Cmd === 'Alert');
        requireEqual(status?.Data, '200', 'Status of Alert 1222');
      }
    },
  ),
  inSession('PKG-4.1', 'OMA-DMPRO 8.1.3', 'a Session Abort is not answered', async (session) => {
    await session.finish({ commands: [alert('1223')] });
  }),
  inSession(
    'PKG-4.2',
    'OMA-DMPRO 8.1.3',
    'what stands beside a Session Abort is not carried out',
    async (session, bench) => {
      const { node } = plotOf(bench);
      await session.exchange(get('./DevInfo/Man'));
      await session.finish({ commands: [alert('1223'), addNode(node)] });
      const asked = get(node);
      (await (await bench.open()).exchange(asked)).require([asked, '404']);
    },
  ),
  inSession(
    'PKG-4.3',
    'OMA-DMPRO 8.1.3',
    'after a Session Abort the next session is a new one',
    async (session, bench) => {
      const before = session.SessionID;
      await session.finish({ commands: [alert('1223')] });
      const { message } = (await bench.arrive()).last;
      requireThat(message.SyncHdr.SessionID !== before, 'another SessionID');
      requireEqual(message.SyncHdr.MsgID, '1', 'MsgID');
    },
  ),
  inSession(
    'PKG-5.1',
    'MetaInfo 1.2.2 MaxMsgSize',
    'no message exceeds the MaxMsgSize of the server',
    async (session) => {
      const { answer } = await manyResults(session);
      for (const { bytes } of answer.messages) {
        requireThat(bytes.length <= SMALL, `${bytes.length} octets, at most ${SMALL}`);
      }
    },
  ),
  inSession(
    'PKG-5.2',
    'MetaInfo 1.2.2 MaxMsgSize',
    'MaxMsgSize holds until it is stated anew',
    async (session) => {
      await manyResults(session);
      const { messages } = await session.exchange(
        ...Array.from({ length: 24 }, () => get('./DevInfo/DevId')),
      );
      for (const { bytes } of messages) {
        requireThat(bytes.length <= SMALL, `${bytes.length} octets, at most ${SMALL}`);
      }
    },
  ),
];

/** Leaves that have to be there, with their Format. */
function object(
  id: string,
  title: string,
  root: string,
  leaves: Readonly<Record<string, string>>,
): ClientCase {
  return inSession(id, 'OMA-DMSTDOBJ 5.3', title, async (session) => {
    for (const [name, Format] of Object.entries(leaves)) {
      const asked = get(`${root}/${name}?prop=Format`);
      requireEqual(
        (await session.exchange(asked)).text(asked),
        Format,
        `Format of ${root}/${name}`,
      );
    }
  });
}

const OBJECT_CASES: readonly ClientCase[] = [
  object('STD-1.1', 'DevInfo is there', './DevInfo', {
    DevId: 'chr',
    Man: 'chr',
    Mod: 'chr',
    DmV: 'chr',
    Lang: 'chr',
  }),
  object('STD-1.2', 'DevDetail is there', './DevDetail', {
    DevTyp: 'chr',
    OEM: 'chr',
    FwV: 'chr',
    SwV: 'chr',
    HwV: 'chr',
    LrgObj: 'bool',
  }),
  object('STD-1.3', 'the limits of addresses are there', './DevDetail/URI', {
    MaxDepth: 'chr',
    MaxTotLen: 'chr',
    MaxSegLen: 'chr',
  }),
  inSession('STD-1.4', 'OMA-DMSTDOBJ 5.3.1', 'our account is in DMAcc', async (session, bench) => {
    const accounts = get('./DMAcc');
    const names = (await session.exchange(accounts)).text(accounts).split('/');
    const ids = names.map((name) => get(`./DMAcc/${name}/ServerID`));
    const answer = await session.exchange(...ids);
    const given = ids
      .filter((each) => answer.codes(each)[0] === '200')
      .map((each) => answer.text(each));
    requireThat(given.includes(bench.options.facts.ServerID), `our ServerID in ${given.join(' ')}`);
  }),
  inSession('STD-1.5', 'OMA-DMSTDOBJ 5.3.2', 'DmV is 1.2', async (session) => {
    const asked = get('./DevInfo/DmV');
    requireEqual((await session.exchange(asked)).text(asked), '1.2', 'DmV');
  }),
  inSession(
    'STD-1.6',
    'OMA-DMSTDOBJ 5.3.3',
    'the limits are decimal numbers of 16 bits',
    async (session) => {
      const asked = ['MaxDepth', 'MaxTotLen', 'MaxSegLen'].map((name) =>
        get(`./DevDetail/URI/${name}`),
      );
      const answer = await session.exchange(...asked);
      for (const each of asked) {
        const text = answer.text(each);
        requireThat(/^\d{1,5}$/.test(text) && Number(text) <= 0xffff, `${text} is such a number`);
      }
    },
  ),
];

export const PKG_CASES = [...SETUP_CASES, ...MESSAGE_CASES, ...OBJECT_CASES];
