/** Rows GET-1, GET-2 and GET-4: what a client answers to Get. OMA-DMREPPRO 6.6.7, OMA-DMTND 7. */
import { NotApplicable } from '../../conformance/case.ts';
import { addNode, type Draft, get, replace } from '../../conformance/draft.ts';
import { requireEqual, requireOneOf, requireThat } from '../../conformance/require.ts';
import { aclOf, type ClientCase, inSession, makePlot } from '../case.ts';

/** A Get that has to answer with a code. */
function refused(id: string, clause: string, title: string, uri: string, code: string): ClientCase {
  return inSession(id, clause, title, async (session) => {
    const asked = get(uri);
    const answer = await session.exchange(asked);
    answer.require([asked, code]);
    requireEqual(answer.items(asked).length, 0, 'Items of Results');
  });
}

/** A Get of a property that has to give a value. */
function property(id: string, title: string, uri: string, value: string): ClientCase {
  return inSession(id, 'OMA-DMTND 7.7', title, async (session) => {
    const asked = get(uri);
    const answer = await session.exchange(asked);
    requireEqual(answer.text(asked), value, uri);
  });
}

const NODE_CASES: readonly ClientCase[] = [
  inSession('GET-1.1', 'OMA-DMREPPRO 6.6.7', 'a leaf gives its value', async (session, bench) => {
    const asked = get('./DevInfo/DevId');
    const answer = await session.exchange(asked);
    requireEqual(answer.text(asked), bench.options.facts.DevId, 'DevId');
  }),
  inSession('GET-1.2', 'OMA-DMTND 7.3', 'an interior node gives names with /', async (session) => {
    const asked = get('./DevInfo');
    const names = (await session.exchange(asked)).text(asked).split('/');
    for (const name of ['DevId', 'Man', 'Mod', 'DmV', 'Lang']) {
      requireThat(names.includes(name), `./DevInfo lists ${name}`);
    }
  }),
  inSession('GET-1.3', 'OMA-DMTND 7.3', 'an interior node has Format node', async (session) => {
    const asked = get('./DevInfo');
    const answer = await session.exchange(asked);
    const [results] = answer.results(asked);
    requireEqual(results?.Items[0]?.Meta?.Format ?? results?.Meta?.Format, 'node', 'Format');
  }),
  inSession(
    'GET-1.4',
    'OMA-DMTND 7.3',
    'an empty interior node gives empty Data and 200',
    async (session, bench) => {
      const { node } = await makePlot(session, bench);
      const [made, asked] = [addNode(`${node}/ToConRef`), get(`${node}/ToConRef`)];
      const answer = await session.exchange(made, asked);
      answer.require([made, '200']);
      requireEqual(answer.text(asked), '', 'Data');
    },
  ),
  refused(
    'GET-1.5',
    'OMA-DMREPPRO 6.6.7',
    'what does not exist answers 404',
    './DevInfo/KitNone',
    '404',
  ),
  refused(
    'GET-1.6',
    'OMA-DMREPPRO 10',
    'below a leaf nothing exists',
    './DevInfo/DevId/KitNone',
    '404',
  ),
  inSession(
    'GET-1.7',
    'OMA-DMSTDOBJ 5.3.3',
    'a segment above MaxSegLen answers 414',
    async (session) => {
      const limit = get('./DevDetail/URI/MaxSegLen');
      const length = Number((await session.exchange(limit)).text(limit));
      if (length === 0) throw new NotApplicable('MaxSegLen is 0: no limit');
      const asked = get(`./DevInfo/${'x'.repeat(length + 1)}`);
      (await session.exchange(asked)).require([asked, '414']);
    },
  ),
  inSession(
    'GET-1.8',
    'OMA-DMTND 7.7.1.5',
    'without the right Get the answer is 425',
    async (session, bench) => {
      const { node, leaf } = await makePlot(session, bench);
      const acl = replace(`${node}?prop=ACL`, aclOf(bench, 'Add', 'Delete', 'Replace'));
      const asked = get(leaf);
      const answer = await session.exchange(acl, asked);
      answer.require([acl, '200'], [asked, '425']);
      requireEqual(answer.items(asked).length, 0, 'Items of Results');
    },
  ),
  inSession(
    'GET-1.9',
    'OMA-DMSTDOBJ 5.3.1',
    'a node without Get in its AccessType answers 405',
    async (session) => {
      const asked = get('./DMAcc');
      const [name = ''] = (await session.exchange(asked)).text(asked).split('/');
      const entries = get(`./DMAcc/${name}/AppAuth`);
      const [entry = ''] = (await session.exchange(entries)).text(entries).split('/');
      const secret = get(`./DMAcc/${name}/AppAuth/${entry}/AAuthSecret`);
      const answer = await session.exchange(secret);
      answer.require([secret, '405']);
      requireEqual(answer.items(secret).length, 0, 'Items of Results');
    },
  ),
  inSession(
    'GET-1.10',
    'OMA-DMREPPRO 6.6.7',
    'Results name the node as it was asked for',
    async (session) => {
      const asked = get('./DevInfo/Man');
      const [item] = (await session.exchange(asked)).items(asked);
      requireEqual(item?.Source?.LocURI, './DevInfo/Man', 'Source of the Item');
    },
  ),
  inSession(
    'GET-1.11',
    'OMA-DMTND 7.1',
    'an address without ./ is the same node',
    async (session, bench) => {
      const asked = get('DevInfo/DevId');
      requireEqual((await session.exchange(asked)).text(asked), bench.options.facts.DevId, 'DevId');
    },
  ),
  inSession('GET-1.12', 'OMA-DMTND 7.1', '.. is no segment of an address', async (session) => {
    const asked = get('./DevInfo/../DevInfo/DevId');
    requireOneOf((await session.exchange(asked)).code(asked), ['400', '404'], 'Status');
  }),
];

const PROPERTY_CASES: readonly ClientCase[] = [
  property('GET-2.1', 'Name is the last segment', './DevInfo/Man?prop=Name', 'Man'),
  property('GET-2.2', 'Format of a leaf', './DevInfo/Man?prop=Format', 'chr'),
  property('GET-2.3', 'Format of an interior node', './DevInfo?prop=Format', 'node'),
  property('GET-2.4', 'Type of a chr leaf', './DevInfo/Man?prop=Type', 'text/plain'),
  inSession(
    'GET-2.5',
    'OMA-DMTND 7.7.1',
    'an ACL without value is empty, not the inherited one',
    async (session) => {
      const asked = get('./DevInfo/Man?prop=ACL');
      requireEqual((await session.exchange(asked)).text(asked), '', 'ACL');
    },
  ),
  refused(
    'GET-2.6',
    'OMA-DMTND 7.7',
    'an unknown property answers 406',
    './DevInfo/Man?prop=KitNone',
    '406',
  ),
  inSession('GET-2.7', 'OMA-DMTND 7.7', 'Results of a property carry no Meta', async (session) => {
    const asked = get('./DevInfo?prop=Name');
    const answer = await session.exchange(asked);
    requireEqual(answer.text(asked), 'DevInfo', 'Name');
    requireEqual(answer.items(asked)[0]?.Meta, undefined, 'Meta of the Item');
  }),
  inSession(
    'GET-2.8',
    'OMA-DMTND 7.7',
    'an optional property gives its value or 406',
    async (session) => {
      const asked = ['Size', 'Title', 'TStamp', 'VerNo'].map((name) =>
        get(`./DevInfo/Man?prop=${name}`),
      );
      const answer = await session.exchange(...asked);
      for (const each of asked) requireOneOf(answer.code(each), ['200', '406'], 'Status');
      for (const each of asked.filter((one) => answer.code(one) === '200')) answer.text(each);
    },
  ),
];

const ITEM_CASES: readonly ClientCase[] = [
  inSession(
    'GET-4.1',
    'RepPro 1.2.2 Status',
    'Items of one Get are answered one by one',
    async (session) => {
      const asked = get('./DevInfo/Man', './DevInfo/KitNone');
      const answer = await session.exchange(asked);
      const codes = answer.statuses(asked).map(({ TargetRef, Data }) => [TargetRef, Data]);
      requireEqual(
        codes.toSorted(),
        [
          [['./DevInfo/KitNone'], '404'],
          [['./DevInfo/Man'], '200'],
        ],
        'Statuses with their TargetRef',
      );
      requireEqual(answer.items(asked).length, 1, 'Items of Results');
    },
  ),
  inSession(
    'GET-4.2',
    'OMA-DMREPPRO 6.6.7',
    'every good Item of a Get has a value',
    async (session) => {
      const uris = ['./DevInfo/Man', './DevInfo/Mod', './DevInfo/DmV'];
      const asked: Draft = get(...uris);
      const answer = await session.exchange(asked);
      const named = answer.items(asked).map(({ Source }) => Source?.LocURI);
      requireEqual(named, uris, 'Source of the Items');
    },
  ),
];

export const GET_CASES = [...NODE_CASES, ...PROPERTY_CASES, ...ITEM_CASES];
