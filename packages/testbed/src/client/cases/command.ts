/** Rows SEQ-1, ATM-1, CPY-1, EXE-1, UIA-1 and TNS-1: commands beyond Get and the four that change a node. */

import type { Answer } from '../../conformance/answer.ts';
import { NotApplicable } from '../../conformance/case.ts';
import {
  add,
  addNode,
  alert,
  atomic,
  copy,
  type Draft,
  exec,
  get,
  replace,
  sequence,
} from '../../conformance/draft.ts';
import { statusesOf } from '../../conformance/received.ts';
import { requireEqual, requireOneOf, requireThat } from '../../conformance/require.ts';
import { type ClientCase, inSession, makePlot, plotOf } from '../case.ts';

/** OMA-DMREPPRO: Atomic, Copy and Exec are options of a client. */
function needSupport(answer: Answer, draft: Draft): void {
  const [code] = answer.codes(draft);
  if (code === '406') throw new NotApplicable(`${draft.kind} is not supported`);
}

const SEQUENCE_CASES: readonly ClientCase[] = [
  inSession(
    'SEQ-1.1',
    'OMA-DMREPPRO 6.6.12',
    'Sequence and what is in it are answered each',
    async (session) => {
      const [one, two] = [get('./DevInfo/Man'), get('./DevInfo/Mod')];
      const both = sequence(one, two);
      (await session.exchange(both)).require([both, '200'], [one, '200'], [two, '200']);
    },
  ),
  inSession(
    'SEQ-1.2',
    'OMA-DMREPPRO 6.6.12',
    'the order of a Sequence is kept',
    async (session, bench) => {
      const { node, leaf } = plotOf(bench);
      const asked = get(leaf);
      const all = [
        addNode(node),
        add(leaf, 'one'),
        replace(leaf, 'two'),
        asked,
        replace(leaf, 'three'),
      ];
      const answer = await session.exchange(sequence(...all));
      requireEqual(answer.text(asked), 'two', leaf);
    },
  ),
  inSession(
    'SEQ-1.3',
    'OMA-DMREPPRO 6.6.12',
    'a command that fails does not stop the others',
    async (session) => {
      const [bad, good] = [get('./DevInfo/KitNone'), get('./DevInfo/Man')];
      const both = sequence(bad, good);
      (await session.exchange(both)).require([both, '200'], [bad, '404'], [good, '200']);
    },
  ),
  inSession(
    'SEQ-1.4',
    'OMA-DMPRO 2.6.1',
    'the Status of a Sequence comes before those of its commands',
    async (session) => {
      const { messages } = await session.exchange(sequence(get('./DevInfo/Man')));
      const named = messages.flatMap(statusesOf).map(({ Cmd }) => Cmd);
      requireThat(
        named.includes('Sequence') && named.indexOf('Sequence') < named.indexOf('Get'),
        `order of ${named.join(' ')}`,
      );
    },
  ),
  inSession(
    'SEQ-1.5',
    'RepPro 1.2.2 Sequence',
    'a Sequence inside a Sequence is refused',
    async (session) => {
      const inner = sequence(get('./DevInfo/Man'));
      const answer = await session.exchange(sequence(inner));
      requireOneOf(answer.code(inner), ['500', '400', '406'], 'Status of the inner Sequence');
    },
  ),
];

const ATOMIC_CASES: readonly ClientCase[] = [
  inSession(
    'ATM-1.1',
    'OMA-DMREPPRO 6.6.3',
    'an Atomic whose commands all succeed answers 200',
    async (session, bench) => {
      const { node, leaf } = plotOf(bench);
      const [one, two] = [addNode(node), add(leaf, 'x')];
      const whole = atomic(one, two);
      const answer = await session.exchange(whole);
      needSupport(answer, whole);
      answer.require([whole, '200'], [one, '200'], [two, '200']);
    },
  ),
  inSession(
    'ATM-1.2',
    'OMA-DMREPPRO 6.6.3',
    'one failure: 507, its own code, 216 before it, 215 after it',
    async (session, bench) => {
      const { leaf, other } = await makePlot(session, bench);
      const [before, bad, after] = [
        replace(leaf, 'x'),
        replace(`${other}x`, 'x'),
        replace(leaf, 'y'),
      ];
      const whole = atomic(before, bad, after);
      const answer = await session.exchange(whole);
      needSupport(answer, whole);
      answer.require([whole, '507'], [before, '216'], [after, '215']);
      requireOneOf(answer.code(bad), ['404', '405'], 'Status of the failing command');
    },
  ),
  inSession(
    'ATM-1.3',
    'OMA-DMREPPRO 6.6.3',
    'an Atomic that fails, or is not known, changes nothing',
    async (session, bench) => {
      const { node, leaf, other } = await makePlot(session, bench);
      const whole = atomic(replace(leaf, 'x'), add(other, 'y'), replace(`${node}/KitNone`, 'z'));
      const [value, none] = [get(leaf), get(other)];
      await session.exchange(whole);
      const answer = await session.exchange(value, none);
      requireEqual(answer.text(value), 'first', leaf);
      answer.require([none, '404']);
    },
  ),
  inSession(
    'ATM-1.4',
    'OMA-DMREPPRO 6.6.3',
    'a Get inside an Atomic fails it',
    async (session, bench) => {
      const { leaf } = await makePlot(session, bench);
      const inner = get(leaf);
      const whole = atomic(replace(leaf, 'x'), inner);
      const answer = await session.exchange(whole);
      needSupport(answer, whole);
      answer.require([whole, '507'], [inner, '500']);
    },
  ),
  inSession(
    'ATM-1.5',
    'OMA-DMREPPRO 6.6.3',
    'what was added by an Atomic that fails is gone',
    async (session, bench) => {
      const { node } = plotOf(bench);
      const whole = atomic(addNode(node), replace(`${node}/KitNone`, 'x'));
      const answer = await session.exchange(whole);
      needSupport(answer, whole);
      const asked = get(node);
      (await session.exchange(asked)).require([asked, '404']);
    },
  ),
];

const COPY_CASES: readonly ClientCase[] = [
  inSession(
    'CPY-1.1',
    'OMA-DMREPPRO 6.6.4',
    'a copied leaf has the value, and is another',
    async (session, bench) => {
      const { leaf, other } = await makePlot(session, bench);
      const copied = copy(leaf, other);
      const answer = await session.exchange(copied);
      needSupport(answer, copied);
      answer.require([copied, '200']);
      const [changed, asked] = [replace(leaf, 'changed'), get(other)];
      requireEqual((await session.exchange(changed, asked)).text(asked), 'first', other);
    },
  ),
  inSession(
    'CPY-1.2',
    'OMA-DMREPPRO 6.6.4',
    'a source that does not exist answers 404',
    async (session, bench) => {
      const { node, other } = await makePlot(session, bench);
      const copied = copy(`${node}/KitNone`, other);
      const answer = await session.exchange(copied);
      needSupport(answer, copied);
      answer.require([copied, '404']);
    },
  ),
  inSession(
    'CPY-1.3',
    'OMA-DMREPPRO 6.6.4',
    'a source that must not be read answers 425 or 405',
    async (session, bench) => {
      const { node, leaf, other } = await makePlot(session, bench);
      const hidden = replace(`${leaf}?prop=ACL`, 'Get=other.example');
      const copied = copy(leaf, other);
      const answer = await session.exchange(hidden, copied);
      needSupport(answer, copied);
      requireOneOf(answer.code(copied), ['425', '405'], `Status of Copy in ${node}`);
    },
  ),
  inSession(
    'EXE-1.1',
    'OMA-DMREPPRO 6.6.6',
    'a node that does not exist cannot be executed',
    async (session) => {
      const run = exec('./DevInfo/KitNone');
      requireOneOf((await session.exchange(run)).code(run), ['404', '406'], 'Status of Exec');
    },
  ),
  inSession(
    'EXE-1.2',
    'OMA-DMREPPRO 6.6.6',
    'a node without Exec in its AccessType is not executed',
    async (session, bench) => {
      const run = exec(bench.ground.readOnly);
      requireOneOf(
        (await session.exchange(run)).code(run),
        ['405', '406', '425'],
        'Status of Exec',
      );
    },
  ),
  inSession(
    'EXE-1.3',
    'OMA-DMREPPRO 6.6.6',
    'a node that can be executed is, at once or later, with a Correlator too',
    async (session, bench) => {
      const uri = bench.need('exec');
      for (const run of [exec(uri), exec(uri, 'kit-correlator')]) {
        const answer = await session.exchange(run);
        needSupport(answer, run);
        requireOneOf(answer.code(run), ['200', '202'], 'Status of Exec');
      }
    },
  ),
];

const ALERT_CASES: readonly ClientCase[] = [
  inSession('UIA-1.1', 'OMA-DMPRO 2.5', 'DISPLAY is shown, or answers 406', async (session) => {
    const shown = alert('1100', 'MINDT=1&MAXDT=1', 'Conformance kit');
    requireOneOf(
      (await session.exchange(shown)).code(shown),
      ['200', '214', '408', '406'],
      'Status',
    );
  }),
  inSession(
    'UIA-1.2',
    'OMA-DMPRO 2.5',
    'an interaction without its text answers 412 or 406',
    async (session) => {
      const shown = alert('1100');
      requireOneOf((await session.exchange(shown)).code(shown), ['412', '406'], 'Status');
    },
  ),
  inSession(
    'UIA-1.3',
    'OMA-DMREPPRO 4.2',
    'an Alert of a reserved code answers 406',
    async (session) => {
      const unknown = alert('1150', '', 'x');
      (await session.exchange(unknown)).require([unknown, '406']);
    },
  ),
  inSession(
    'UIA-1.4',
    'OMA-DMPRO 2.5',
    'an interaction that cannot be had stops no other command',
    async (session) => {
      const [shown, asked] = [alert('1150', '', 'x'), get('./DevInfo/Man')];
      (await session.exchange(shown, asked)).require([asked, '200']);
    },
  ),
];

const TNDS_TYPE = 'application/vnd.syncml.dmtnds+xml';

/** A sub-tree of one interior node with one leaf; `NodeName` below the command's Target. */
function mgmtTree(NodeName: string, leaf: string, value: string): string {
  const rt = (format: string, type: string) =>
    `<RTProperties><Format><${format}/></Format><Type>${type}</Type></RTProperties>`;
  return (
    `<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD><Node><NodeName>${NodeName}</NodeName>` +
    `${rt('node', '<DDFName></DDFName>')}<Node><NodeName>${leaf}</NodeName>` +
    `${rt('chr', '<MIME>text/plain</MIME>')}<Value>${value}</Value></Node></Node></MgmtTree>`
  );
}

function tnds(kind: 'Add' | 'Replace', uri: string, document: string): Draft {
  const Meta = { Format: 'xml', Type: TNDS_TYPE };
  return { kind, Items: [{ Target: { LocURI: uri }, Meta, Data: document }] };
}

function needTnds(answer: Answer, draft: Draft): void {
  if (answer.codes(draft)[0] === '415') throw new NotApplicable('TNDS is not supported');
}

const TNDS_CASES: readonly ClientCase[] = [
  inSession(
    'TNS-1.1',
    'OMA-DMTNDS 5',
    'Add of a MgmtTree makes its nodes',
    async (session, bench) => {
      const { node, leaf } = plotOf(bench);
      const [, parent = '', name = ''] = /^(.*)\/([^/]+)$/.exec(node) ?? [];
      const made = tnds('Add', parent, mgmtTree(name, bench.ground.leaves[0], 'serialized'));
      const answer = await session.exchange(made);
      needTnds(answer, made);
      answer.require([made, '200']);
      const asked = get(leaf);
      requireEqual((await session.exchange(asked)).text(asked), 'serialized', leaf);
    },
  ),
  inSession(
    'TNS-1.2',
    'OMA-DMTNDS 5',
    'with an empty NodeName the Target is the node',
    async (session, bench) => {
      const { node, leaf } = plotOf(bench);
      const made = tnds('Add', node, mgmtTree('', bench.ground.leaves[0], 'serialized'));
      const answer = await session.exchange(made);
      needTnds(answer, made);
      answer.require([made, '200']);
      const asked = get(leaf);
      requireEqual((await session.exchange(asked)).text(asked), 'serialized', leaf);
    },
  ),
  inSession(
    'TNS-1.3',
    'OMA-DMREPPRO 6.6.10',
    'Replace by a MgmtTree takes away what it does not name',
    async (session, bench) => {
      const { node, leaf, other } = await makePlot(session, bench);
      const written = tnds('Replace', node, mgmtTree('', bench.ground.leaves[1], 'serialized'));
      const answer = await session.exchange(written);
      needTnds(answer, written);
      answer.require([written, '200']);
      const [gone, asked] = [get(leaf), get(other)];
      const after = await session.exchange(gone, asked);
      after.require([gone, '404']);
      requireEqual(after.text(asked), 'serialized', other);
    },
  ),
  inSession(
    'TNS-1.4',
    'OMA-DMTNDS 5',
    'a MgmtTree that cannot be made leaves the tree as it was',
    async (session, bench) => {
      const { node } = plotOf(bench);
      const made = tnds('Add', node, mgmtTree('', 'KitNone', 'x'));
      const answer = await session.exchange(made);
      needTnds(answer, made);
      requireThat(!answer.code(made).startsWith('2'), `an error, not ${answer.code(made)}`);
      const asked = get(node);
      (await session.exchange(asked)).require([asked, '404']);
    },
  ),
];

export const COMMAND_CASES = [
  ...SEQUENCE_CASES,
  ...ATOMIC_CASES,
  ...COPY_CASES,
  ...ALERT_CASES,
  ...TNDS_CASES,
];
