/** Rows ADD-1, ADD-2, REP-1 and DEL-1: what changes the tree. OMA-DMREPPRO 6.6, OMA-DMTND 7. */
import { add, addNode, del, get, replace } from '../../conformance/draft.ts';
import { requireEqual, requireOneOf, requireThat } from '../../conformance/require.ts';
import { aclOf, type ClientCase, inSession, makePlot, plotOf } from '../case.ts';

const ADD = 'OMA-DMREPPRO 6.6.1';

const ADD_CASES: readonly ClientCase[] = [
  inSession('ADD-1.1', ADD, 'an added leaf can be read', async (session, bench) => {
    const { leaf } = await makePlot(session, bench);
    const asked = get(leaf);
    requireEqual((await session.exchange(asked)).text(asked), 'first', leaf);
  }),
  inSession('ADD-1.2', ADD, 'an added interior node is one', async (session, bench) => {
    const { node } = plotOf(bench);
    const [made, asked] = [addNode(node), get(`${node}?prop=Format`)];
    const answer = await session.exchange(made, asked);
    answer.require([made, '200']);
    requireEqual(answer.text(asked), 'node', 'Format');
  }),
  inSession(
    'ADD-1.3',
    ADD,
    'what exists answers 418 and stays as it is',
    async (session, bench) => {
      const { leaf } = await makePlot(session, bench);
      const [again, asked] = [add(leaf, 'second'), get(leaf)];
      const answer = await session.exchange(again, asked);
      answer.require([again, '418']);
      requireEqual(answer.text(asked), 'first', leaf);
    },
  ),
  inSession('ADD-1.4', ADD, 'an interior node that exists answers 418', async (session, bench) => {
    const { node } = await makePlot(session, bench);
    const again = addNode(node);
    (await session.exchange(again)).require([again, '418']);
  }),
  inSession('ADD-1.5', ADD, 'below a leaf nothing can be added', async (session, bench) => {
    const { leaf } = await makePlot(session, bench);
    const below = add(`${leaf}/Kit`, 'x');
    (await session.exchange(below)).require([below, '405']);
  }),
  inSession(
    'ADD-1.6',
    ADD,
    'missing parents are made, or the answer is 404',
    async (session, bench) => {
      const { leaf } = plotOf(bench);
      const [made, asked] = [add(leaf, 'deep'), get(leaf)];
      const answer = await session.exchange(made, asked);
      requireOneOf(answer.code(made), ['200', '404'], 'Status of Add');
      if (answer.code(made) === '200') requireEqual(answer.text(asked), 'deep', leaf);
      else answer.require([asked, '404']);
    },
  ),
  inSession(
    'ADD-1.7',
    'MetaInfo 1.2.2 Format',
    'without Meta a leaf is chr and text/plain',
    async (session, bench) => {
      const { leaf } = await makePlot(session, bench);
      const [format, type] = [get(`${leaf}?prop=Format`), get(`${leaf}?prop=Type`)];
      const answer = await session.exchange(format, type);
      requireEqual(
        [answer.text(format), answer.text(type)],
        ['chr', 'text/plain'],
        'Format and Type',
      );
    },
  ),
  inSession(
    'ADD-1.8',
    'OMA-DMTND 7.7.1.5',
    'without the right Add on the parent the answer is 425',
    async (session, bench) => {
      const { node, other } = await makePlot(session, bench);
      const acl = replace(`${node}?prop=ACL`, aclOf(bench, 'Get', 'Delete', 'Replace'));
      const [made, asked] = [add(other, 'x'), get(other)];
      const answer = await session.exchange(acl, made, asked);
      answer.require([acl, '200'], [made, '425'], [asked, '404']);
    },
  ),
  inSession('ADD-1.9', 'OMA-DMTND 7.7', 'a property cannot be added', async (session, bench) => {
    const { leaf } = await makePlot(session, bench);
    const made = add(`${leaf}?prop=ACL`, 'Get=*');
    (await session.exchange(made)).require([made, '405']);
  }),
  inSession(
    'ADD-1.10',
    ADD,
    'a node that the device does not foresee answers 405',
    async (session) => {
      const made = add('./DevInfo/KitNone', 'x');
      requireOneOf((await session.exchange(made)).code(made), ['405', '425'], 'Status');
    },
  ),
  inSession(
    'ADD-2.1',
    'OMA-DMTND 7.7.1.3',
    'a new leaf has an empty ACL',
    async (session, bench) => {
      const { leaf } = await makePlot(session, bench);
      const asked = get(`${leaf}?prop=ACL`);
      requireEqual((await session.exchange(asked)).text(asked), '', 'ACL');
    },
  ),
  inSession(
    'ADD-2.2',
    'OMA-DMTND 7.7.1.3',
    'who lacks Replace on the parent gets rights on the interior node it adds',
    async (session, bench) => {
      const { node } = await makePlot(session, bench);
      const acl = replace(`${node}?prop=ACL`, aclOf(bench, 'Add', 'Get', 'Delete'));
      const made = addNode(`${node}/ToConRef`);
      const asked = get(`${node}/ToConRef?prop=ACL`);
      const answer = await session.exchange(acl, made, asked);
      answer.require([acl, '200'], [made, '200']);
      const given = answer.codes(asked)[0] === '200' ? answer.text(asked) : undefined;
      if (given === undefined) return; // by the letter the right to Get is not among them
      for (const right of ['Add', 'Delete', 'Replace']) {
        requireThat(
          given.includes(`${right}=${bench.options.facts.ServerID}`),
          `the ACL gives ${right}: ${given}`,
        );
      }
    },
  ),
  inSession(
    'ADD-2.3',
    'OMA-DMTND 7.7.1.3',
    'who has Replace on the parent adds an interior node that inherits',
    async (session, bench) => {
      const { node } = await makePlot(session, bench);
      const [made, asked] = [addNode(`${node}/ToConRef`), get(`${node}/ToConRef?prop=ACL`)];
      const answer = await session.exchange(made, asked);
      requireEqual(answer.text(asked), '', 'ACL');
    },
  ),
];

const REP = 'OMA-DMREPPRO 6.6.10';

const REPLACE_CASES: readonly ClientCase[] = [
  inSession('REP-1.1', REP, 'Replace overwrites a value', async (session, bench) => {
    const { leaf } = await makePlot(session, bench);
    const [written, asked] = [replace(leaf, 'second'), get(leaf)];
    const answer = await session.exchange(written, asked);
    answer.require([written, '200']);
    requireEqual(answer.text(asked), 'second', leaf);
  }),
  inSession('REP-1.2', REP, 'Replace never creates', async (session, bench) => {
    const { other } = await makePlot(session, bench);
    const [written, asked] = [replace(other, 'x'), get(other)];
    (await session.exchange(written, asked)).require([written, '404'], [asked, '404']);
  }),
  inSession('REP-1.3', REP, 'an interior node takes no value', async (session, bench) => {
    const { node } = await makePlot(session, bench);
    const written = replace(node, 'x');
    (await session.exchange(written)).require([written, '405']);
  }),
  inSession(
    'REP-1.4',
    'OMA-DMTND 7.6',
    'a value of another Format is refused and changes nothing',
    async (session, bench) => {
      const uri = bench.need('bool');
      const [before, written, after] = [
        get(uri),
        replace(uri, 'maybe', { Format: 'bool' }),
        get(uri),
      ];
      const answer = await session.exchange(before, written, after);
      requireOneOf(answer.code(written), ['415', '500'], 'Status of Replace');
      requireEqual(answer.text(after), answer.text(before), uri);
    },
  ),
  inSession(
    'REP-1.5',
    'OMA-DMTND 7.6',
    'int is a decimal number of 32 bits',
    async (session, bench) => {
      const uri = bench.need('int');
      const words = ['2147483648', '1.5', 'x', ''].map((word) =>
        replace(uri, word, { Format: 'int' }),
      );
      const answer = await session.exchange(...words);
      for (const written of words)
        requireOneOf(answer.code(written), ['415', '500', '416', '413', '403'], 'Status');
    },
  ),
  inSession(
    'REP-1.6',
    'OMA-DMTND 7.7.2.3',
    'Replace of Name renames the node',
    async (session, bench) => {
      const { node } = await makePlot(session, bench);
      const fresh = bench.fresh();
      const name = fresh.slice(fresh.lastIndexOf('/') + 1);
      const written = replace(`${node}?prop=Name`, name);
      const [old, renamed] = [get(node), get(`${fresh}?prop=Name`)];
      const answer = await session.exchange(written, old, renamed);
      answer.require([written, '200'], [old, '404']);
      requireEqual(answer.text(renamed), name, 'Name');
    },
  ),
  inSession(
    'REP-1.7',
    'OMA-DMTND 7.7.2.3',
    'a name that a sibling has answers 418',
    async (session, bench) => {
      const [one, two] = [plotOf(bench).node, plotOf(bench).node];
      const name = two.slice(two.lastIndexOf('/') + 1);
      const [first, second] = [addNode(one), addNode(two)];
      const written = replace(`${one}?prop=Name`, name);
      const asked = get(`${one}?prop=Name`);
      const answer = await session.exchange(first, second, written, asked);
      answer.require([first, '200'], [second, '200'], [written, '418'], [asked, '200']);
    },
  ),
  inSession(
    'REP-1.8',
    'OMA-DMTND 7.7.2.3',
    'a permanent node keeps its name',
    async (session, bench) => {
      const written = replace(`${bench.ground.permanent}?prop=Name`, 'KitName');
      requireOneOf((await session.exchange(written)).code(written), ['405', '425'], 'Status');
    },
  ),
  inSession(
    'REP-1.9',
    'OMA-DMTND 7.7',
    'Format cannot be replaced as a property',
    async (session, bench) => {
      const { leaf } = await makePlot(session, bench);
      const written = replace(`${leaf}?prop=Format`, 'int');
      (await session.exchange(written)).require([written, '405']);
    },
  ),
  inSession('REP-1.10', 'OMA-DMTND 7.7', 'Title is set, or 406', async (session, bench) => {
    const { leaf } = await makePlot(session, bench);
    const [written, asked] = [replace(`${leaf}?prop=Title`, 'Kit'), get(`${leaf}?prop=Title`)];
    const answer = await session.exchange(written, asked);
    requireOneOf(answer.code(written), ['200', '406'], 'Status of Replace');
    if (answer.code(written) === '200') requireEqual(answer.text(asked), 'Kit', 'Title');
    else answer.require([asked, '406']);
  }),
  inSession(
    'REP-1.11',
    'OMA-DMTND 7.4',
    'a node without Replace in its AccessType keeps its value',
    async (session, bench) => {
      const { readOnly } = bench.ground;
      const [before, written, after] = [get(readOnly), replace(readOnly, 'kit'), get(readOnly)];
      const answer = await session.exchange(before, written, after);
      requireOneOf(answer.code(written), ['405', '425'], 'Status of Replace');
      requireEqual(answer.text(after), answer.text(before), readOnly);
    },
  ),
  inSession(
    'REP-1.12',
    'OMA-DMREPPRO 6.6.10',
    'several Items are several values',
    async (session, bench) => {
      const { leaf, other } = await makePlot(session, bench);
      const made = add(other, 'x');
      const Items = [leaf, other].map((LocURI, index) => ({
        Target: { LocURI },
        Data: `v${index}`,
      }));
      const written = { kind: 'Replace', Items } as const;
      const [one, two] = [get(leaf), get(other)];
      const answer = await session.exchange(made, written, one, two);
      for (const code of answer.codes(written)) requireEqual(code, '200', 'Status of Replace');
      requireEqual([answer.text(one), answer.text(two)], ['v0', 'v1'], 'the values');
    },
  ),
  inSession(
    'REP-1.13',
    'OMA-DMTND 7.6',
    'a value with mark-up and characters of every plane comes back as it was',
    async (session, bench) => {
      const { leaf } = await makePlot(session, bench);
      const value = 'a <b> & "c" \u00e9 \u4e2d \u{1f600}';
      const [written, asked] = [replace(leaf, value), get(leaf)];
      const answer = await session.exchange(written, asked);
      requireEqual(answer.text(asked), value, leaf);
    },
  ),
];

const DELETE_CASES: readonly ClientCase[] = [
  inSession('DEL-1.1', 'OMA-DMREPPRO 6.6.5', 'a deleted leaf is gone', async (session, bench) => {
    const { leaf } = await makePlot(session, bench);
    const [gone, asked] = [del(leaf), get(leaf)];
    (await session.exchange(gone, asked)).require([gone, '200'], [asked, '404']);
  }),
  inSession(
    'DEL-1.2',
    'OMA-DMREPPRO 6.6.5',
    'a node goes with all that is below it',
    async (session, bench) => {
      const { node, leaf } = await makePlot(session, bench);
      const [gone, above, below] = [del(node), get(node), get(leaf)];
      (await session.exchange(gone, above, below)).require(
        [gone, '200'],
        [above, '404'],
        [below, '404'],
      );
    },
  ),
  inSession('DEL-1.3', 'OMA-DMTND 7.2', 'a permanent node stays', async (session, bench) => {
    const { permanent } = bench.ground;
    const [gone, asked] = [del(permanent), get(permanent)];
    const answer = await session.exchange(gone, asked);
    requireOneOf(answer.code(gone), ['405', '425'], 'Status of Delete');
    answer.require([asked, '200']);
  }),
  inSession('DEL-1.4', 'OMA-DMREPPRO 6.6.5', 'the root stays', async (session) => {
    const gone = del('.');
    const asked = get('./DevInfo/DevId');
    const answer = await session.exchange(gone, asked);
    requireOneOf(answer.code(gone), ['405', '425'], 'Status of Delete');
    answer.require([asked, '200']);
  }),
  inSession(
    'DEL-1.5',
    'OMA-DMREPPRO 6.6.5',
    'what does not exist answers 404',
    async (session, bench) => {
      const gone = del(plotOf(bench).node);
      (await session.exchange(gone)).require([gone, '404']);
    },
  ),
  inSession(
    'DEL-1.6',
    'OMA-DMTND 7.7.1.5',
    'without the right Delete the answer is 425 and nothing goes',
    async (session, bench) => {
      const { node } = await makePlot(session, bench);
      const acl = replace(`${node}?prop=ACL`, aclOf(bench, 'Add', 'Get', 'Replace'));
      const [gone, asked] = [del(node), get(node)];
      const answer = await session.exchange(acl, gone, asked);
      answer.require([acl, '200'], [gone, '425'], [asked, '200']);
    },
  ),
  inSession('DEL-1.7', 'OMA-DMTND 7.7', 'a property cannot be deleted', async (session, bench) => {
    const { leaf } = await makePlot(session, bench);
    const gone = del(`${leaf}?prop=ACL`);
    (await session.exchange(gone)).require([gone, '405']);
  }),
  inSession(
    'DEL-1.8',
    'OMA-DMREPPRO 6.6.1',
    'what was deleted can be added again',
    async (session, bench) => {
      const { leaf } = await makePlot(session, bench);
      const [gone, again, asked] = [del(leaf), add(leaf, 'again'), get(leaf)];
      const answer = await session.exchange(gone, again, asked);
      answer.require([gone, '200'], [again, '200']);
      requireEqual(answer.text(asked), 'again', leaf);
    },
  ),
];

export const CHANGE_CASES = [...ADD_CASES, ...REPLACE_CASES, ...DELETE_CASES];
