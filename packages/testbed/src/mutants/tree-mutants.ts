/** Faults of a management tree. */
import { LOCAL } from '@ueprov/protocols/dm/tree';
import { asDevice, type ClientMutant, tree, treeLie } from './client-faults.ts';

const NOW = 0;
const EVERYBODY = 'Add=*&Delete=*&Get=*&Replace=*';
const LEAF = { Format: 'chr', Type: 'text/plain' } as const;

/** A Get gives this for addresses that match. */
function gives(id: string, fault: string, tries: string, uri: RegExp, Data: string): ClientMutant {
  return tree(id, fault, tries, 'get', ({ uri: asked, args, run }) =>
    uri.test(asked) ? { ok: true, value: { ...LEAF, Data } } : run(...args),
  );
}

const GET_MUTANTS: readonly ClientMutant[] = [
  gives(
    'T-VALUE',
    'gives another value',
    'GET-1.1 GET-1.11 ADD-1.1 REP-1.1 DEL-1.8 STD-1.5 STD-1.6',
    /^(?!.*\?)(?!.*(DMAcc|DevInfo)$)/,
    'mutant',
  ),
  tree('T-NAMES', 'sets names apart by commas', 'GET-1.2', 'get', ({ args, run }) => {
    const outcome = run(...args);
    if (!outcome.ok || outcome.value.Format !== 'node') return outcome;
    return {
      ok: true,
      value: { ...outcome.value, Data: String(outcome.value.Data).replaceAll('/', ',') },
    };
  }),
  tree('T-EMPTY', 'finds no empty node', 'GET-1.4', 'get', ({ args, run }) => {
    const outcome = run(...args);
    const isEmpty = outcome.ok && outcome.value.Data === '' && outcome.value.Format === 'node';
    return isEmpty ? { ok: false, status: 404, reason: 'mutant' } : outcome;
  }),
  treeLie(
    'T-GET-404',
    'gives a value of what is not there',
    'GET-1.5 GET-1.6 DEL-1.1 DEL-1.2 REP-1.2',
    'get',
    404,
    200,
  ),
  treeLie('T-GET-414', 'does not count characters', 'GET-1.7', 'get', 414, 404),
  treeLie('T-GET-405', 'gives secrets', 'GET-1.9', 'get', 405, 200),
  treeLie('T-GET-406', 'gives unknown properties', 'GET-2.6', 'get', 406, 404),
  asDevice('T-GET-ANY', 'GET-1.8 ACL-1.4 ACL-1.5', 'get'),
  tree('T-RELATIVE', 'finds nothing without ./', 'GET-1.11', 'get', ({ uri, args, run }) =>
    uri.startsWith('.') ? run(...args) : { ok: false, status: 404, reason: 'mutant' },
  ),
  tree('T-DOTS', 'follows ..', 'GET-1.12', 'get', ({ uri, args, run }) =>
    run(uri.replace(/[^/]+\/\.\.\//, ''), ...args.slice(1)),
  ),
  gives('T-NAME', 'gives another Name', 'GET-2.1 GET-2.7', /prop=Name$/, 'Mutant'),
  gives(
    'T-FORMAT',
    'gives another Format',
    'GET-2.2 GET-2.3 STD-1 ADD-1.2 ADD-1.7',
    /prop=Format$/,
    'xml',
  ),
  gives('T-TYPE', 'gives another Type', 'GET-2.4', /prop=Type$/, 'text/html'),
  gives('T-ACL', 'gives the inherited ACL', 'GET-2.5 ADD-2 ACL-1', /prop=ACL$/, 'Get=*'),
  tree('T-OPTIONAL', 'fails at optional properties', 'GET-2.8', 'get', ({ uri, args, run }) =>
    /prop=(Size|TStamp|VerNo)$/.test(uri)
      ? { ok: false, status: 500, reason: 'mutant' }
      : run(...args),
  ),
  gives('T-SERVERID', 'gives another ServerID', 'STD-1.4', /\/ServerID$/, 'mutant.example'),
  tree(
    'T-GET-DENIED',
    'denies what is granted',
    'ACL-1.6 ACL-1.7 ACL-1.9',
    'get',
    ({ uri, args, run }) =>
      /Kit[^/]*\/Name$/.test(uri) ? { ok: false, status: 425, reason: 'mutant' } : run(...args),
  ),
  gives('T-ROOT-ACL', 'gives nobody rights on the root', 'ACL-1.2', /^\.\?prop=ACL$/, ''),
];

const CHANGE_MUTANTS: readonly ClientMutant[] = [
  tree('T-ADD-NOTHING', 'adds nothing', 'ADD-1.1 ADD-1.2 ADD-1.6 TNS-1', 'add', () => ({
    ok: true,
    value: undefined,
  })),
  tree(
    'T-ADD-OVER',
    'adds over what is there',
    'ADD-1.3 ADD-1.4',
    'add',
    ({ args, run, tree: all }) => {
      const outcome = run(...args);
      if (outcome.ok || outcome.status !== 418) return outcome;
      all.replace(args[0], args[1], LOCAL, NOW);
      return { ok: true, value: undefined };
    },
  ),
  treeLie(
    'T-ADD-405',
    'allows what the description does not',
    'ADD-1.5 ADD-1.9 ADD-1.10',
    'add',
    405,
    200,
  ),
  tree(
    'T-ADD-DEEP',
    'fails at missing parents',
    'ADD-1.6',
    'add',
    ({ uri, args, run, tree: all }) => {
      const parent = uri.slice(0, uri.lastIndexOf('/'));
      return all.find(parent) === undefined
        ? { ok: false, status: 500, reason: 'mutant' }
        : run(...args);
    },
  ),
  asDevice('T-ADD-ANY', 'ADD-1.8', 'add'),
  tree(
    'T-ADD-ACL',
    'gives new nodes an ACL',
    'ADD-2.1 ADD-2.3 ACL-1.11',
    'add',
    ({ uri, args, run, tree: all }) => {
      const outcome = run(...args);
      if (outcome.ok) all.replace(`${uri}?prop=ACL`, { Data: EVERYBODY }, LOCAL, NOW);
      return outcome;
    },
  ),
  tree(
    'T-ADD-NO-ACL',
    'gives who adds no rights',
    'ADD-2.2',
    'add',
    ({ uri, args, run, tree: all }) => {
      const outcome = run(...args);
      if (outcome.ok) all.replace(`${uri}?prop=ACL`, { Data: '' }, LOCAL, NOW);
      return outcome;
    },
  ),
  tree(
    'T-REPLACE-NOTHING',
    'replaces nothing',
    'REP-1.1 REP-1.6 REP-1.10 REP-1.12 ACL-1.1 ACL-1.9',
    'replace',
    () => ({ ok: true, value: undefined }),
  ),
  tree(
    'T-REPLACE-CREATES',
    'creates what is not there',
    'REP-1.2',
    'replace',
    ({ args, run, tree: all }) => {
      const outcome = run(...args);
      return !outcome.ok && outcome.status === 404
        ? all.add(args[0], args[1], LOCAL, NOW)
        : outcome;
    },
  ),
  treeLie(
    'T-REPLACE-405',
    'allows what cannot be replaced',
    'REP-1.3 REP-1.8 REP-1.9 REP-1.11',
    'replace',
    405,
    200,
  ),
  treeLie('T-REPLACE-415', 'takes any value', 'REP-1.4 REP-1.5 ACL-1.10', 'replace', 415, 200),
  treeLie('T-REPLACE-400', 'takes any ACL', 'ACL-1.10', 'replace', 400, 200),
  treeLie('T-REPLACE-418', 'gives two nodes one name', 'REP-1.7', 'replace', 418, 200),
  asDevice('T-REPLACE-ANY', 'ACL-1.3 ACL-1.5 ACL-1.6 ACL-1.7 ACL-1.8 REP-1.8', 'replace'),
  tree('T-DELETE-NOTHING', 'deletes nothing', 'DEL-1.1 DEL-1.2 DEL-1.8', 'delete', () => ({
    ok: true,
    value: undefined,
  })),
  treeLie(
    'T-DELETE-405',
    'calls permanent nodes deleted',
    'DEL-1.3 DEL-1.4 DEL-1.7',
    'delete',
    405,
    200,
  ),
  treeLie('T-DELETE-404', 'calls deleted what was not there', 'DEL-1.5', 'delete', 404, 200),
  asDevice('T-DELETE-ANY', 'DEL-1.6 DEL-1.3', 'delete'),
];

export const TREE_MUTANTS = [...GET_MUTANTS, ...CHANGE_MUTANTS];
