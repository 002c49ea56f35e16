/** Row LOB-1: objects in chunks. OMA-DMPRO 8.2, interop finding 7. */
import type { Meta } from '@ueprov/protocols/syncml';
import type { Answer } from '../../conformance/answer.ts';
import { NotApplicable } from '../../conformance/case.ts';
import { type Draft, get } from '../../conformance/draft.ts';
import { hasAlert } from '../../conformance/received.ts';
import { requireEqual, requireOneOf, requireThat } from '../../conformance/require.ts';
import { type ClientCase, inSession, makePlot } from '../case.ts';
import type { ServedSession } from '../served-session.ts';

const CLAUSE = 'OMA-DMPRO 8.2';

function chunk(LocURI: string, Data: string, isMore: boolean, Size?: number): Draft {
  const Meta: Meta = { Format: 'chr', Type: 'text/plain', ...(Size !== undefined && { Size }) };
  const Items = [{ Target: { LocURI }, Meta, Data, ...(isMore && { MoreData: true as const }) }];
  return { kind: 'Replace', Items };
}

/** Sends one piece: without Final while more comes. */
async function send(session: ServedSession, draft: Draft, isMore: boolean): Promise<Answer> {
  await session.reply({ commands: [draft], Final: !isMore });
  return isMore ? session.answerInBetween() : session.answer();
}

/** The first piece; a client that takes no chunks says so. */
async function begin(session: ServedSession, draft: Draft): Promise<Answer> {
  const answer = await send(session, draft, true);
  if (['406', '413', '416'].includes(answer.code(draft))) {
    throw new NotApplicable('objects in chunks are not supported');
  }
  return answer;
}

export const LOB_CASES: readonly ClientCase[] = [
  inSession(
    'LOB-1.1',
    CLAUSE,
    'three chunks answer 213, 213, 200 and are one value',
    async (session, bench) => {
      const { leaf } = await makePlot(session, bench);
      const pieces = [
        chunk(leaf, 'aaaa', true, 10),
        chunk(leaf, 'bbb', true),
        chunk(leaf, 'ccc', false),
      ];
      const [one, two, three] = pieces as [Draft, Draft, Draft];
      requireEqual((await begin(session, one)).code(one), '213', 'Status of the first chunk');
      requireEqual((await send(session, two, true)).code(two), '213', 'Status of the second chunk');
      requireEqual(
        (await send(session, three, false)).code(three),
        '200',
        'Status of the last chunk',
      );
      const asked = get(leaf);
      requireEqual((await session.exchange(asked)).text(asked), 'aaaabbbccc', leaf);
    },
  ),
  inSession(
    'LOB-1.2',
    CLAUSE,
    'a chunk with nothing else to say is answered with Alert 1222, without Final',
    async (session, bench) => {
      const { leaf } = await makePlot(session, bench);
      const { first } = await begin(session, chunk(leaf, 'aaaa', true, 8));
      requireEqual(
        [hasAlert(first, '1222'), first.message.SyncBody.Final],
        [true, false],
        'Alert 1222 and Final',
      );
      await send(session, chunk(leaf, 'bbbb', false), false);
    },
  ),
  inSession(
    'LOB-1.3',
    CLAUSE,
    'an object of another size than was said answers 424 and changes nothing',
    async (session, bench) => {
      const { leaf } = await makePlot(session, bench);
      await begin(session, chunk(leaf, 'aaaa', true, 99));
      const last = chunk(leaf, 'bbbb', false);
      (await send(session, last, false)).require([last, '424']);
      const asked = get(leaf);
      requireEqual((await session.exchange(asked)).text(asked), 'first', leaf);
    },
  ),
  inSession(
    'LOB-1.4',
    CLAUSE,
    'another command before the end answers Alert 1225, and nothing of the object is kept',
    async (session, bench) => {
      const { leaf } = await makePlot(session, bench);
      await begin(session, chunk(leaf, 'aaaa', true, 8));
      const asked = get(leaf);
      await session.reply({ commands: [asked] });
      const answer = await session.answer();
      requireThat(
        answer.messages.some((each) => hasAlert(each, '1225')),
        'an Alert 1225',
      );
      const again = get(leaf);
      requireEqual((await session.exchange(again)).text(again), 'first', leaf);
    },
  ),
  inSession('LOB-1.5', CLAUSE, 'a first chunk without Size answers 411', async (session, bench) => {
    const { leaf } = await makePlot(session, bench);
    const first = chunk(leaf, 'aaaa', true);
    requireOneOf((await begin(session, first)).code(first), ['411', '412'], 'Status');
  }),
  inSession(
    'LOB-1.6',
    'MetaInfo 1.2.2 MaxObjSize',
    'an object above the MaxObjSize of the client is refused',
    async (session, bench) => {
      const { leaf } = await makePlot(session, bench);
      const stated = session.MaxObjSize;
      if (stated === undefined) throw new NotApplicable('the client states no MaxObjSize');
      const first = chunk(leaf, 'aaaa', true, stated + 1);
      const answer = await send(session, first, true);
      requireOneOf(answer.code(first), ['413', '416', '406'], 'Status');
    },
  ),
  inSession(
    'LOB-1.7',
    'OMA-DMSTDOBJ 5.3.3',
    'LrgObj is true if objects in chunks are taken, and not otherwise',
    async (session, bench) => {
      const { leaf } = await makePlot(session, bench);
      const asked = get('./DevDetail/LrgObj');
      const said = (await session.exchange(asked)).text(asked);
      const first = chunk(leaf, 'aaaa', true, 8);
      const isTaken = (await send(session, first, true)).code(first) === '213';
      if (isTaken) await send(session, chunk(leaf, 'bbbb', false), false);
      requireEqual(said, String(isTaken), 'LrgObj');
    },
  ),
];
