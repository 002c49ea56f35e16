/** Row ACL-1: who may do what. OMA-DMTND 7.7.1. */
import { del, get, replace } from '../../conformance/draft.ts';
import { requireEqual, requireOneOf, requireThat } from '../../conformance/require.ts';
import { aclOf, type ClientCase, inSession, makePlot } from '../case.ts';

const CLAUSE = 'OMA-DMTND 7.7.1';

export const ACL_CASES: readonly ClientCase[] = [
  inSession('ACL-1.1', CLAUSE, 'an ACL reads back as it was written', async (session, bench) => {
    const { node } = await makePlot(session, bench);
    const value = aclOf(bench, 'Add', 'Delete', 'Get', 'Replace');
    const [written, asked] = [replace(`${node}?prop=ACL`, value), get(`${node}?prop=ACL`)];
    const answer = await session.exchange(written, asked);
    answer.require([written, '200']);
    requireEqual(answer.text(asked).split('&').toSorted(), value.split('&'), 'ACL');
  }),
  inSession(
    'ACL-1.2',
    CLAUSE,
    'the root gives Add and Get to somebody at least',
    async (session) => {
      const asked = get('.?prop=ACL');
      const acl = (await session.exchange(asked)).text(asked);
      requireThat(/\bAdd=/.test(acl) && /\bGet=/.test(acl), `Add and Get in ${acl}`);
    },
  ),
  inSession(
    'ACL-1.3',
    CLAUSE,
    'a node without ACL has that of the nearest node above with one',
    async (session, bench) => {
      const { node, leaf } = await makePlot(session, bench);
      const acl = replace(`${node}?prop=ACL`, aclOf(bench, 'Get', 'Delete'));
      const written = replace(leaf, 'x');
      (await session.exchange(acl, written)).require([acl, '200'], [written, '425']);
    },
  ),
  inSession(
    'ACL-1.4',
    CLAUSE,
    'an ACL is not merged with the one above',
    async (session, bench) => {
      const { node, leaf } = await makePlot(session, bench);
      const all = aclOf(bench, 'Add', 'Delete', 'Get', 'Replace');
      const above = replace(`${node}?prop=ACL`, all);
      const own = replace(`${leaf}?prop=ACL`, aclOf(bench, 'Replace'));
      const asked = get(leaf);
      const answer = await session.exchange(above, own, asked);
      answer.require([above, '200'], [own, '200'], [asked, '425']);
    },
  ),
  inSession(
    'ACL-1.5',
    CLAUSE,
    'a right of another server is none of ours',
    async (session, bench) => {
      const { leaf } = await makePlot(session, bench);
      const acl = replace(`${leaf}?prop=ACL`, 'Get=other.example&Replace=other.example');
      const [asked, written] = [get(leaf), replace(leaf, 'x')];
      (await session.exchange(acl, asked, written)).require(
        [acl, '200'],
        [asked, '425'],
        [written, '425'],
      );
    },
  ),
  inSession('ACL-1.6', CLAUSE, '* stands for every server', async (session, bench) => {
    const { leaf } = await makePlot(session, bench);
    const acl = replace(`${leaf}?prop=ACL`, 'Get=*');
    const [asked, written] = [get(leaf), replace(leaf, 'x')];
    const answer = await session.exchange(acl, asked, written);
    answer.require([acl, '200'], [written, '425']);
    requireEqual(answer.text(asked), 'first', leaf);
  }),
  inSession(
    'ACL-1.7',
    CLAUSE,
    'several servers stand side by side with +',
    async (session, bench) => {
      const { leaf } = await makePlot(session, bench);
      const { ServerID } = bench.options.facts;
      const acl = replace(
        `${leaf}?prop=ACL`,
        `Get=other.example+${ServerID}&Replace=other.example`,
      );
      const [asked, written] = [get(leaf), replace(leaf, 'x')];
      (await session.exchange(acl, asked, written)).require(
        [acl, '200'],
        [asked, '200'],
        [written, '425'],
      );
    },
  ),
  inSession(
    'ACL-1.8',
    CLAUSE,
    'the ACL of a leaf is changed by who may replace its parent',
    async (session, bench) => {
      const { node, leaf } = await makePlot(session, bench);
      const above = replace(`${node}?prop=ACL`, aclOf(bench, 'Add', 'Delete', 'Get'));
      const own = replace(`${leaf}?prop=ACL`, 'Get=*');
      (await session.exchange(above, own)).require([above, '200'], [own, '425']);
    },
  ),
  inSession(
    'ACL-1.9',
    CLAUSE,
    'who may replace the parent takes over a leaf in two steps',
    async (session, bench) => {
      const { leaf } = await makePlot(session, bench);
      const lost = replace(`${leaf}?prop=ACL`, 'Get=other.example');
      const refused = replace(leaf, 'x');
      const taken = replace(`${leaf}?prop=ACL`, aclOf(bench, 'Get', 'Replace'));
      const written = replace(leaf, 'y');
      const asked = get(leaf);
      const answer = await session.exchange(lost, refused, taken, written, asked);
      answer.require([lost, '200'], [refused, '425'], [taken, '200'], [written, '200']);
      requireEqual(answer.text(asked), 'y', leaf);
    },
  ),
  inSession(
    'ACL-1.10',
    CLAUSE,
    'what is no ACL is refused and changes nothing',
    async (session, bench) => {
      const { leaf } = await makePlot(session, bench);
      const bad = ['Get', 'Get=', 'Fly=*', 'Get=a b'].map((acl) =>
        replace(`${leaf}?prop=ACL`, acl),
      );
      const asked = get(`${leaf}?prop=ACL`);
      const answer = await session.exchange(...bad, asked);
      for (const each of bad)
        requireOneOf(answer.code(each), ['400', '415', '500'], 'Status of Replace');
      requireEqual(answer.text(asked), '', 'ACL');
    },
  ),
  inSession('ACL-1.11', CLAUSE, 'the ACL of a node goes with the node', async (session, bench) => {
    const { node, leaf } = await makePlot(session, bench);
    const acl = replace(`${leaf}?prop=ACL`, 'Get=*&Delete=*');
    const gone = del(leaf);
    const again = { kind: 'Add', Items: [{ Target: { LocURI: leaf }, Data: 'new' }] } as const;
    const asked = get(`${leaf}?prop=ACL`);
    const answer = await session.exchange(acl, gone, again, asked);
    answer.require([acl, '200'], [gone, '200'], [again, '200']);
    requireEqual(answer.text(asked), '', `ACL of ${node}`);
  }),
];
