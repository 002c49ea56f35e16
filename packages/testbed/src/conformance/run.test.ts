import { expect, test } from 'vitest';
import { type Case, Inconclusive, NotApplicable, Violation } from './case.ts';
import { add, get, numbered, sequence } from './draft.ts';
import { isChosen, type RunnableBench, runCases } from './run.ts';

const bench: RunnableBench = { begin: () => {}, settle: async () => [] };

function caseThat(run: () => Promise<void>): Case<RunnableBench> {
  return { id: 'GET-1.1', clause: 'clause', title: 'rule', run };
}

async function verdictOf(run: () => Promise<void>) {
  const [result] = await runCases([caseThat(run)], bench);
  return [result?.verdict, result?.reason];
}

test('a verdict follows from what a case throws', async () => {
  expect(await verdictOf(async () => {})).toEqual(['pass', undefined]);
  const thrown = (error: Error) => verdictOf(() => Promise.reject(error));
  expect(await thrown(new Violation('no Final'))).toEqual(['fail', 'no Final']);
  expect(await thrown(new Inconclusive('silent'))).toEqual(['inconclusive', 'silent']);
  expect(await thrown(new NotApplicable('none'))).toEqual(['not-applicable', 'none']);
  expect(await thrown(new TypeError('x'))).toEqual(['fail', 'TypeError: x']);
});

test('a bench is settled after every case, whatever came of it', async () => {
  const calls: string[] = [];
  const watched: RunnableBench = {
    begin: () => void calls.push('begin'),
    settle: async () => {
      calls.push('settle');
      return [];
    },
  };
  const bad = caseThat(() => Promise.reject(new Error('x')));
  await runCases([bad, bad], watched);
  expect(calls).toEqual(['begin', 'settle', 'begin', 'settle']);
});

test('cases are chosen by group, row or id, and GET-1 is not GET-11', () => {
  expect(isChosen('GET-1.3', [])).toBe(true);
  for (const name of ['GET', 'GET-1', 'GET-1.3']) expect(isChosen('GET-1.3', [name])).toBe(true);
  expect(isChosen('GET-11.1', ['GET-1'])).toBe(false);
  expect(isChosen('GET-1.31', ['GET-1.3'])).toBe(false);
});

test('CmdIDs count from 1 in document order, containers before what is in them', () => {
  const [one, two, three] = [get('./A'), add('./B', 'x'), get('./C')];
  const both = sequence(two, three);
  const { commands, ids } = numbered([one, both]);
  expect([one, both, two, three].map((draft) => ids.get(draft))).toEqual(['1', '2', '3', '4']);
  expect(commands[1]).toMatchObject({
    kind: 'Sequence',
    CmdID: '2',
    commands: [{ CmdID: '3' }, { CmdID: '4' }],
  });
});
