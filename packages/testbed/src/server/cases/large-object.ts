/** Row LOB-1 against a server: objects in chunks, in both directions. OMA-DMPRO 7, interop finding 7. */
import type { Command, Item, Meta } from '@ueprov/protocols/syncml';
import { Inconclusive, NotApplicable } from '../../conformance/case.ts';
import { alert, type Draft } from '../../conformance/draft.ts';
import {
  commandsOf,
  hasAlert,
  headerCode,
  type Received,
  statusesOf,
} from '../../conformance/received.ts';
import { requireEqual, requireOneOf, requireThat } from '../../conformance/require.ts';
import type { ServerBench, ServerCase } from '../bench.ts';
import type { DeviceSession } from '../device-session.ts';
import { UE_EVENT, UE_EVENTS } from './generic-alert.ts';
import { inSession } from './session.ts';

const CLAUSE = 'OMA-DMPRO 7';

function piece(Data: string, isMore: boolean, Size?: number): Omit<Item, 'Target'> {
  const Meta: Meta = { Format: 'chr', ...(Size !== undefined && { Size }) };
  return { Meta, Data, ...(isMore && { MoreData: true as const }) };
}

/** A generic alert whose one Item is this piece. */
function alertOf({ Meta, ...item }: Omit<Item, 'Target'>): Draft {
  const described = { ...Meta, Type: UE_EVENTS, Mark: 'informational' };
  return { kind: 'Alert', Data: '1226', Items: [{ ...item, Meta: described }] };
}

/** Results of one Get of the server, whose Item is this piece. */
type Answering = (item: Omit<Item, 'Target'>) => Draft;

/** Begins to answer a Get of the server by an object in chunks; everything else is answered as it should be. */
async function beginResults(
  session: DeviceSession,
  first: Omit<Item, 'Target'>,
): Promise<{ readonly received: Received; readonly results: Answering }> {
  const { MsgID } = session.answer.message.SyncHdr;
  const asked = commandsOf(session.answer).find(({ kind }) => kind === 'Get');
  if (asked?.kind !== 'Get') throw new Inconclusive('the server reads nothing');
  const LocURI = asked.Items[0]?.Target?.LocURI ?? '';
  const results: Answering = (item) => ({
    kind: 'Results',
    MsgRef: MsgID,
    CmdRef: asked.CmdID,
    Items: [{ ...item, Source: { LocURI } }],
  });
  const isOther = (draft: Draft) => draft.kind !== 'Results' || draft.CmdRef !== asked.CmdID;
  const answers = session.plainAnswers().filter(isOther);
  const received = await session.say({ answers, commands: [results(first)], Final: false });
  return { received, results };
}

function codes(received: Received, Cmd: string): readonly string[] {
  return statusesOf(received)
    .filter((status) => status.Cmd === Cmd)
    .map(({ Data }) => Data);
}

/** The message that answers a chunk: Next Message, and nothing else. */
function requireNext(received: Received): void {
  requireEqual(
    [hasAlert(received, '1222'), received.message.SyncBody.Final, commandsOf(received).length],
    [true, false, 1],
    'Alert 1222, Final, commands',
  );
}

const RECEIVING_CASES: readonly ServerCase[] = [
  inSession(
    'LOB-1.1',
    CLAUSE,
    'Results in three chunks answer 213, 213, and no failure at the end',
    async (session) => {
      const { received, results } = await beginResults(session, piece('aaaa', true, 10));
      requireEqual(codes(received, 'Results'), ['213'], 'Status of the first chunk');
      const second = await session.say({ commands: [results(piece('bbb', true))], Final: false });
      requireEqual(codes(second, 'Results'), ['213'], 'Status of the second chunk');
      const last = await session.say({ commands: [results(piece('ccc', false))] });
      const isGood = codes(last, 'Results').every((code) => code === '200');
      requireThat(isGood, `no failure of the last chunk: ${codes(last, 'Results')}`);
      requireEqual(headerCode(last).slice(0, 1), '2', 'Status class of the SyncHdr');
      await session.serve();
    },
  ),
  inSession(
    'LOB-1.2',
    CLAUSE,
    'a chunk is answered with Alert 1222, without Final and without another command',
    async (session) => {
      const { received, results } = await beginResults(session, piece('aaaa', true, 8));
      requireNext(received);
      await session.say({ commands: [results(piece('bbbb', false))] });
      await session.serve();
    },
  ),
  inSession(
    'LOB-1.3',
    CLAUSE,
    'a generic alert in three chunks answers 213, 213, 200',
    async (session) => {
      const pieces = [
        piece(UE_EVENT.slice(0, 20), true, UE_EVENT.length),
        piece(UE_EVENT.slice(20, 40), true),
        piece(UE_EVENT.slice(40), false),
      ];
      const said: string[] = [];
      for (const [index, each] of pieces.entries()) {
        const Final = index === pieces.length - 1;
        const received = await session.say({ commands: [alertOf(each)], Final });
        said.push(...codes(received, 'Alert'));
        if (!Final) requireNext(received);
      }
      requireEqual(said.slice(0, 2), ['213', '213'], 'Statuses of the chunks');
      requireOneOf(said.at(-1), ['200', '202'], 'Status of the last chunk');
    },
  ),
  inSession(
    'LOB-1.4',
    CLAUSE,
    'a generic alert of another size than was said answers 424',
    async (session) => {
      await session.say({ commands: [alertOf(piece('aaaa', true, 99))], Final: false });
      const last = await session.say({ commands: [alertOf(piece('bbbb', false))] });
      requireEqual(codes(last, 'Alert'), ['424'], 'Status of the last chunk');
    },
  ),
  inSession(
    'LOB-1.5',
    CLAUSE,
    'Results of another size than was said answer 424',
    async (session) => {
      const { results } = await beginResults(session, piece('aaaa', true, 99));
      const last = await session.say({ commands: [results(piece('bbbb', false))] });
      requireEqual(codes(last, 'Results'), ['424'], 'Status of the last chunk');
    },
  ),
  inSession(
    'LOB-1.6',
    CLAUSE,
    'another command before the end answers Alert 1225, and is taken',
    async (session) => {
      await session.say({ commands: [alertOf(piece('aaaa', true, 8))], Final: false });
      const other = alertOf(piece(UE_EVENT, false, UE_EVENT.length));
      const received = await session.say({ commands: [other] });
      requireThat(hasAlert(received, '1225'), 'an Alert 1225');
      requireOneOf(codes(received, 'Alert')[0], ['200', '202'], 'Status of the other command');
    },
  ),
  inSession('LOB-1.7', CLAUSE, 'a first chunk without Size answers 411', async (session) => {
    const received = await session.say({ commands: [alertOf(piece('aaaa', true))], Final: false });
    requireOneOf(codes(received, 'Alert')[0], ['411', '412'], 'Status');
  }),
  {
    id: 'LOB-1.8',
    clause: 'MetaInfo 1.2.2 MaxObjSize',
    title: 'an object above the MaxObjSize of the server is refused with its first chunk',
    run: async (bench) => {
      const session = bench.session();
      const { message } = await session.open();
      const stated = message.SyncHdr.Meta?.MaxObjSize;
      if (stated === undefined) throw new NotApplicable('the server states no MaxObjSize');
      const first = alertOf(piece('aaaa', true, stated + 1));
      const received = await session.say({ commands: [first], Final: false });
      requireOneOf(codes(received, 'Alert')[0], ['416', '413'], 'Status');
    },
  },
];

const SMALL = 2000;

/** A session with a client of small messages, from the first chunk that the server sends on. */
async function inChunks(bench: ServerBench, Meta: Meta): Promise<DeviceSession> {
  const session = bench.session();
  await session.open({ hdr: { Meta } });
  for (let count = 0; chunkIn(session.answer) === undefined; count++) {
    if (commandsOf(session.answer).length === 0 || count > 50) {
      throw new Inconclusive('the server has no object that a message cannot hold');
    }
    await session.say();
  }
  return session;
}

type Chunk = Extract<Command, { kind: 'Add' | 'Replace' }>;

function chunkIn(received: Received): Chunk | undefined {
  return commandsOf(received).find(
    (command): command is Chunk =>
      (command.kind === 'Add' || command.kind === 'Replace') &&
      command.Items.some(({ MoreData }) => MoreData === true),
  );
}

function sizeIn(chunk: Chunk): number | undefined {
  return chunk.Items[0]?.Meta?.Size ?? chunk.Meta?.Size;
}

const SENDING_CASES: readonly ServerCase[] = [
  {
    id: 'LOB-1.9',
    clause: CLAUSE,
    title: 'an object comes in chunks of one address, Size in the first alone, and is of that size',
    run: async (bench) => {
      const session = await inChunks(bench, { MaxMsgSize: SMALL });
      let length = 0;
      let Size: number | undefined;
      let uri: string | undefined;
      for (let count = 0; ; count++) {
        const chunk = chunkIn(session.answer) ?? writeIn(session.answer);
        const [item] = chunk.Items;
        Size ??= sizeIn(chunk);
        uri ??= item?.Target?.LocURI;
        requireEqual(item?.Target?.LocURI, uri, 'Target of the chunk');
        if (count > 0) requireEqual(sizeIn(chunk), undefined, 'Size of a later chunk');
        length += Buffer.byteLength(item?.Data ?? '');
        if (item?.MoreData !== true) break;
        requireEqual(session.answer.message.SyncBody.Final, false, 'Final beside MoreData');
        await session.say();
      }
      requireEqual(Size, length, 'Size');
      await session.serve();
    },
  },
  {
    id: 'LOB-1.10',
    clause: CLAUSE,
    title: 'of an object that the client refuses nothing more is sent',
    run: async (bench) => {
      const session = await inChunks(bench, { MaxMsgSize: SMALL });
      const uri = chunkIn(session.answer)?.Items[0]?.Target?.LocURI;
      const received = await session.say({ each: '413', commands: [alert('1222')], Final: false });
      const more = chunkIn(received)?.Items[0]?.Target?.LocURI;
      requireThat(more !== uri, `no further chunk of ${uri}`);
    },
  },
  {
    id: 'LOB-1.11',
    clause: 'MetaInfo 1.2.2 MaxObjSize',
    title: 'no object above the MaxObjSize of the client is sent',
    run: async (bench) => {
      // First, that there is one at all.
      await (await inChunks(bench, { MaxMsgSize: SMALL })).serve();
      const session = bench.session();
      await session.open({ hdr: { Meta: { MaxMsgSize: SMALL, MaxObjSize: SMALL } } });
      await session.serve((received) => {
        const chunk = chunkIn(received);
        requireEqual(chunk && sizeIn(chunk), undefined, 'Size of an object');
      });
    },
  },
];

/** The last chunk is a command like others. */
function writeIn(received: Received): Chunk {
  const found = commandsOf(received).find(({ kind }) => kind === 'Add' || kind === 'Replace');
  if (found?.kind !== 'Add' && found?.kind !== 'Replace') {
    throw new Inconclusive('the object did not go on');
  }
  return found;
}

export const LOB_CASES = [...RECEIVING_CASES, ...SENDING_CASES];
