/** Row GET-3: `?list=` of a Get. OMA-DMTND 8.4. A client that has none of it answers 406 throughout. */
import type { Item } from '@ueprov/protocols/syncml';
import { NotApplicable } from '../../conformance/case.ts';
import { get } from '../../conformance/draft.ts';
import { requireEqual, requireThat } from '../../conformance/require.ts';
import { type ClientCase, inSession } from '../case.ts';
import type { ServedSession } from '../served-session.ts';

async function list(session: ServedSession, uri: string): Promise<readonly Item[]> {
  const asked = get(uri);
  const answer = await session.exchange(asked);
  if (answer.code(asked) === '406') throw new NotApplicable(`${uri} is not supported`);
  answer.require([asked, '200']);
  return answer.items(asked);
}

function textOf(Data: unknown): string {
  return typeof Data === 'string' ? Data : Buffer.from((Data ?? []) as Uint8Array).toString('utf8');
}

export const LIST_CASES: readonly ClientCase[] = [
  inSession(
    'GET-3.1',
    'OMA-DMTND 8.4.1',
    'Struct gives one Item per node, without values',
    async (session) => {
      const items = await list(session, './DevInfo?list=Struct');
      const named = items.map(({ Source }) => Source?.LocURI);
      for (const uri of ['./DevInfo', './DevInfo/Man', './DevInfo/DevId']) {
        requireThat(named.includes(uri), `an Item for ${uri}`);
      }
      requireEqual(
        items.filter(({ Data }) => Data !== undefined && Data !== '').length,
        0,
        'Items with Data',
      );
    },
  ),
  inSession(
    'GET-3.2',
    'OMA-DMTND 8.4.1',
    'StructData gives the values of the leaves',
    async (session, bench) => {
      const items = await list(session, './DevInfo?list=StructData');
      const leaf = items.find(({ Source }) => Source?.LocURI === './DevInfo/DevId');
      requireEqual(leaf?.Data, bench.options.facts.DevId, 'Data of ./DevInfo/DevId');
    },
  ),
  inSession(
    'GET-3.3',
    'OMA-DMTND 8.4.1',
    'an interior node in Struct has Format node',
    async (session) => {
      const [root] = await list(session, './DevInfo?list=Struct');
      requireEqual(root?.Meta?.Format, 'node', 'Format of ./DevInfo');
    },
  ),
  inSession(
    'GET-3.4',
    'OMA-DMTND 8.4.2',
    'TNDS gives a MgmtTree with the leaves',
    async (session) => {
      const items = await list(session, './DevInfo?list=TNDS');
      requireEqual(items.length, 1, 'Items');
      requireEqual(items[0]?.Meta?.Type, 'application/vnd.syncml.dmtnds+xml', 'Type');
      const text = textOf(items[0]?.Data);
      requireThat(text.includes('MgmtTree') && text.includes('DevId'), 'a MgmtTree with DevId');
    },
  ),
  inSession(
    'GET-3.5',
    'OMA-DMTND 8.4.2',
    'TNDS-Value leaves the values out',
    async (session, bench) => {
      const [item] = await list(session, './DevInfo?list=TNDS-Value');
      requireThat(textOf(item?.Data).includes('DevId'), 'the node DevId');
      requireThat(!textOf(item?.Data).includes(bench.options.facts.DevId), 'no value of DevId');
    },
  ),
  inSession('GET-3.6', 'OMA-DMTND 8.4.2', '+ and - in one list answer 406', async (session) => {
    const asked = get('./DevInfo?list=TNDS+ACL-Value');
    (await session.exchange(asked)).require([asked, '406']);
  }),
  inSession('GET-3.7', 'OMA-DMTND 8.4', 'an unknown list answers 406', async (session) => {
    const asked = get('./DevInfo?list=KitNone');
    (await session.exchange(asked)).require([asked, '406']);
  }),
  inSession(
    'GET-3.8',
    'OMA-DMTND 8.4',
    'what must not be read is left out, and the rest is given',
    async (session) => {
      const items = await list(session, './DMAcc?list=StructData');
      const named = items.map(({ Source }) => Source?.LocURI ?? '');
      requireThat(
        named.some((uri) => uri.endsWith('/ServerID')),
        'the ServerID of an account',
      );
      requireThat(!named.some((uri) => uri.endsWith('/AAuthSecret')), 'no AAuthSecret');
    },
  ),
];
