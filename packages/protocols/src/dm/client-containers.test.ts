/** Atomic, Sequence, Copy and lists, run on a real tree. OMA-DMREPPRO 6.6. */
import { describe, expect, test } from 'vitest';
import type { DmClientInput, DmClientOptions } from './client-interface.ts';
import { asksFor, NOW, opened, sent, target } from './testing/opened-client.ts';
import { outline, SERVER_ID } from './testing/pair.ts';

const COUNT = './XX/YY/Count';
const set = (CmdID: string, Data: string, uri = COUNT) => ({
  kind: 'Replace',
  CmdID,
  Meta: { Format: 'int' },
  Items: [target(uri, { Data })],
});
const add = (CmdID: string, uri: string) => ({
  kind: 'Add',
  CmdID,
  Items: [target(uri, { Data: 'x' })],
});
const confirm = (CmdID: string) => ({
  kind: 'Alert',
  CmdID,
  Data: '1101',
  Items: [{ Data: 'MAXDT=60' }, { Data: 'Sure?' }],
});
const atomic = (...commands: object[]) => ({ kind: 'Atomic', commands });
const sequence = (...commands: object[]) => ({ kind: 'Sequence', commands });

function play(command: object, options: Partial<DmClientOptions> = {}) {
  const session = opened(options);
  const first = session.receive([command]);
  return {
    ...session,
    first,
    answer: (answer: Extract<DmClientInput, { kind: 'answered' }>['answer']) =>
      session.client.step({ kind: 'answered', answer }, NOW),
  };
}

describe('Atomic (AC-37)', () => {
  test('is 200, then a Status for each, where all goes well', () => {
    const { first, tree } = play(atomic(set('21', '5'), add('22', './XX/New')));
    expect(outline(sent(first))).toBe('SyncHdr=200, Atomic=200, Replace=200, Add=200, Final');
    expect([tree.text(COUNT), tree.text('./XX/New')]).toEqual(['5', 'x']);
  });

  test('is taken back where one fails: 507, 216 before it, its own code, 215 after it', () => {
    const { first, tree } = play(
      atomic(
        set('21', '5'),
        add('22', './XX/New'),
        { kind: 'Delete', CmdID: '23', Items: [target('./XX/YY/Status')] },
        add('24', COUNT),
        set('25', '7'),
      ),
    );
    expect(outline(sent(first))).toBe(
      'SyncHdr=200, Atomic=507, Replace=216, Add=216, Delete=216, Add=418, Replace=215, Final',
    );
    expect(tree.text(COUNT)).toBe('1');
    expect(tree.find('./XX/New')).toBeUndefined();
    expect(tree.text('./XX/YY/Status')).toBe('operational');
    expect(first.filter((effect) => effect.kind === 'executed')).toMatchObject([
      { status: 216 },
      { status: 216 },
      { status: 216 },
      { status: 418 },
    ]);
  });

  test('leaves nothing that tells of it: properties are what they were', () => {
    const session = opened();
    const before = JSON.stringify(session.tree.snapshot().root);
    session.receive([atomic(set('21', '5'), add('22', './XX/A/B/C'), add('23', COUNT))]);
    expect(JSON.stringify(session.tree.snapshot().root)).toBe(before);
  });

  test('stops within a command: Items before the failure 216, behind it 215', () => {
    const items = ['./XX/A', COUNT, './XX/B'].map((uri) => target(uri, { Data: 'x' }));
    const { first, tree } = play(atomic({ kind: 'Add', CmdID: '21', Items: items }));
    expect(outline(sent(first))).toBe('SyncHdr=200, Atomic=507, Add=216, Add=418, Add=215, Final');
    expect(tree.find('./XX/A')).toBeUndefined();
  });

  test.each([
    ['Get', { ...asksFor(COUNT), CmdID: '22' }, 'Get=500'],
    ['Atomic', { ...atomic(), CmdID: '22' }, 'Atomic=500'],
    ['Exec', { kind: 'Exec', CmdID: '22', Items: [target(COUNT)] }, 'Exec=500'],
    ['Sequence', { ...sequence(set('31', '2')), CmdID: '22' }, 'Sequence=500, Replace=215'],
    ['a command that nobody knows', { kind: 'Unknown', name: 'Foo', CmdID: '22' }, 'Foo=501'],
    ['an Alert without anybody to ask', confirm('22'), 'Alert=406'],
    ['a CmdID that was used before', set('21', '6'), 'Replace=400'],
  ])('with %s in it fails', (_, command, status) => {
    const { first, tree } = play(atomic(set('21', '5'), command));
    expect(outline(sent(first))).toBe(`SyncHdr=200, Atomic=507, Replace=216, ${status}, Final`);
    expect(tree.text(COUNT)).toBe('1');
  });

  test('its Meta holds for what is in it', () => {
    const { tree } = play({
      ...atomic({ kind: 'Add', CmdID: '21', Items: [target('./XX/N', { Data: '5' })] }),
      Meta: { Format: 'int' },
    });
    expect(tree.find('./XX/N')?.Format).toBe('int');
  });

  test('AC-36: rights are asked in it as outside: 425 takes all of it back', () => {
    const session = opened({ ServerID: 'other.example' });
    session.tree.replace('./XX/YY?prop=ACL', { Data: `Replace=${SERVER_ID}` }, SERVER_ID, 0);
    const effects = session.receive([atomic(add('21', './XX/New'), set('22', '5'))]);
    expect(outline(sent(effects))).toBe('SyncHdr=200, Atomic=507, Add=216, Replace=425, Final');
    expect(session.tree.find('./XX/New')).toBeUndefined();
  });

  test('holds nothing open while the user is asked, and has all of it after a Yes', () => {
    const asked = play(atomic(set('21', '5'), confirm('22'), set('23', '6')), { hasUser: true });
    expect(asked.first).toMatchObject([{ kind: 'ask', question: { kind: 'confirm' } }]);
    expect(asked.tree.text(COUNT)).toBe('1');
    expect(outline(sent(asked.answer({ kind: 'accepted' })))).toBe(
      'SyncHdr=200, Atomic=200, Replace=200, Alert=200, Replace=200, Final',
    );
    expect(asked.tree.text(COUNT)).toBe('6');
  });

  test('No fails it: 304 for the Alert, and nothing is done [DMPRO 10-3]', () => {
    const asked = play(atomic(set('21', '5'), confirm('22'), set('23', '6')), { hasUser: true });
    expect(outline(sent(asked.answer({ kind: 'rejected' })))).toBe(
      'SyncHdr=200, Atomic=507, Replace=216, Alert=304, Replace=215, Final',
    );
    expect(asked.tree.text(COUNT)).toBe('1');
  });
});

describe('Sequence', () => {
  test('goes on past a failure', () => {
    const { first } = play(sequence(add('21', COUNT), set('22', '2')));
    expect(outline(sent(first))).toBe('SyncHdr=200, Sequence=200, Add=418, Replace=200, Final');
  });

  test('may hold an Atomic, which fails alone', () => {
    const inner = { ...atomic(set('31', '5'), add('32', COUNT)), CmdID: '21' };
    const { first, tree } = play(sequence(inner, set('22', '7')));
    expect(outline(sent(first))).toBe(
      'SyncHdr=200, Sequence=200, Atomic=507, Replace=216, Add=418, Replace=200, Final',
    );
    expect(tree.text(COUNT)).toBe('7');
  });

  test('No skips the rest with 215; what stands after the Sequence is run [DMPRO 10-3]', () => {
    const session = opened({ hasUser: true });
    session.receive([sequence(set('21', '5'), confirm('22'), set('23', '6')), asksFor(COUNT)]);
    const input = { kind: 'answered', answer: { kind: 'rejected' } } as const;
    expect(outline(sent(session.client.step(input, NOW)))).toBe(
      'SyncHdr=200, Sequence=200, Replace=200, Alert=304, Replace=215, Get=200, Results, Final',
    );
    expect(session.tree.text(COUNT)).toBe('5');
  });
});

describe('Copy', () => {
  const copy = (Source: string, Target: string) => ({
    kind: 'Copy',
    Items: [{ Source: { LocURI: Source }, Target: { LocURI: Target } }],
  });

  test('gives one leaf the value of another, which are apart afterwards', () => {
    const { first, tree } = play(copy('./XX/YY/Status', './XX/Copied'));
    expect(outline(sent(first))).toBe('SyncHdr=200, Copy=200, Final');
    expect(tree.text('./XX/Copied')).toBe('operational');
  });

  test.each([
    [copy('./nowhere', './XX/A'), '404'],
    [{ kind: 'Copy', Items: [target('./XX/A')] }, '412'],
    [{ kind: 'Copy', Items: [] }, '412'],
  ])('%j is %s', (command, code) => {
    expect(outline(sent(play(command).first))).toBe(`SyncHdr=200, Copy=${code}, Final`);
  });
});

describe('a Get of a list', () => {
  test('StructData is one Results per node, with its own address', () => {
    const { commands } = sent(play(asksFor('./XX/YY?list=StructData')).first).SyncBody;
    const items = commands.flatMap((command) => (command.kind === 'Results' ? command.Items : []));
    expect(items.map(({ Source, Data }) => `${Source?.LocURI} ${Data ?? '-'}`)).toEqual([
      './XX/YY -',
      './XX/YY/Count 1',
      './XX/YY/Status operational',
    ]);
  });

  test('of an attribute that nobody knows is 406', () => {
    expect(outline(sent(play(asksFor('./XX?list=Frob')).first))).toBe(
      'SyncHdr=200, Get=406, Final',
    );
  });
});

test('an implicit Add that fails names the node that it failed at', () => {
  const { first } = play(add('21', './XX/YY/Count/A/B'));
  const [, status] = sent(first).SyncBody.commands;
  expect(status).toMatchObject({ Cmd: 'Add', Data: '405' });
});
