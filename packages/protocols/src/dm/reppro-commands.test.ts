/** The commands that a client takes, the Alerts that both use, and objects in pieces. OMA-DMREPPRO 6.6 and 7. */
import { describe, expect, test } from 'vitest';
import { ALERT_TEXTS } from '../syncml/alert.ts';
import type { Item, SyncML } from '../syncml/message.ts';
import type { SessionOperation } from './server-interface.ts';
import { BIG, busySession, commandsIn, SIDES, sentFrom } from './testing/busy-session.ts';
import { asksFor, NOW, opened, sent, target } from './testing/opened-client.ts';
import { outline, Pair, sampleTree } from './testing/pair.ts';
import { ALERT, reply, resultsOf, serving } from './testing/serving.ts';
import { OPEN_ROOT } from './tree/shape.ts';
import { LOCAL, Tree } from './tree/tree.ts';

const COUNT = './XX/YY/Count';
const TRUSTED = { isTransportAuthenticated: true };
const set = (CmdID: string, Data: string) => ({
  kind: 'Replace',
  CmdID,
  Items: [target(COUNT, { Data })],
});

function answerOf(...commands: object[]) {
  const session = opened();
  const effects = session.receive(commands);
  return { ...session, effects, line: outline(sent(effects)) };
}

describe('the client takes', () => {
  test('Add, Delete, Get, Replace and Sequence [REPPRO 6.6-1]', () => {
    const { line, tree, effects } = answerOf(
      { kind: 'Add', Items: [target('./XX/New', { Data: 'a' })] },
      { kind: 'Delete', Items: [target('./XX/YY/Status')] },
      asksFor('./XX/New'),
      { kind: 'Replace', Items: [target(COUNT, { Data: '2' })] },
      { kind: 'Sequence', commands: [set('21', '3')] },
    );
    expect(line).toBe(
      'SyncHdr=200, Add=200, Delete=200, Get=200, Replace=200, Sequence=200, Replace=200, Results, Final',
    );
    expect(sent(effects).SyncBody.commands.at(-1)).toMatchObject({ Items: [{ Data: 'a' }] });
    expect(tree.find('./XX/YY/Status')).toBeUndefined();
    expect(tree.text(COUNT)).toBe('3');
  });

  test('Atomic [REPPRO 6.6-2]', () => {
    const { line, tree } = answerOf({ kind: 'Atomic', commands: [set('21', '3')] });
    expect(line).toBe('SyncHdr=200, Atomic=200, Replace=200, Final');
    expect(tree.text(COUNT)).toBe('3');
  });

  test('Copy and Exec [REPPRO 6.6-3]', () => {
    const copied = { ...target('./XX/Copied'), Source: { LocURI: './XX/YY/Status' } };
    const { line, tree, effects } = answerOf(
      { kind: 'Copy', Items: [copied] },
      { kind: 'Exec', Items: [target('./XX/YY')] },
    );
    expect(line).toBe('SyncHdr=200, Copy=200, Exec=202, Final');
    expect(tree.text('./XX/Copied')).toBe('operational');
    expect(effects).toContainEqual({ kind: 'exec', uri: './XX/YY' });
  });
});

test.each([
  ['Put', '406'],
  ['Search', '406'],
  ['Sync', '406'],
  ['Map', '406'],
  ['Move', '406'],
  ['Frobnicate', '501'],
])(
  '%s, which DM does not use, is answered %s by the client and 501 by the server [REPPRO 6.6-5]',
  (name, code) => {
    const session = opened();
    const before = JSON.stringify(session.tree.snapshot().root);
    const effects = session.receive([{ kind: 'Unknown', name }]);
    expect(outline(sent(effects))).toBe(`SyncHdr=200, ${name}=${code}, Final`);
    expect(effects.map(({ kind }) => kind)).toEqual(['send']);
    expect(JSON.stringify(session.tree.snapshot().root)).toBe(before);
    const served = serving();
    served.receive('1', [ALERT, { kind: 'Unknown', name }]);
    expect(outline(reply(served.operate([])))).toBe(`SyncHdr=200, Alert=200, ${name}=501, Final`);
  },
);

describe('Atomic', () => {
  test('of which one command fails is undone [REPPRO 6.6.3-1]', () => {
    const session = opened();
    const before = JSON.stringify(session.tree.snapshot().root);
    const fails = { kind: 'Add', CmdID: '23', Items: [target(COUNT, { Data: '4' })] };
    const made = { kind: 'Add', CmdID: '22', Items: [target('./XX/New', { Data: 'x' })] };
    const commands = [set('21', '3'), made, fails, set('24', '5')];
    const effects = session.receive([{ kind: 'Atomic', commands }]);
    expect(outline(sent(effects))).toBe(
      'SyncHdr=200, Atomic=507, Replace=216, Add=216, Add=418, Replace=215, Final',
    );
    expect(JSON.stringify(session.tree.snapshot().root)).toBe(before);
  });

  test.each([
    ['Get', { ...asksFor(COUNT), CmdID: '22' }],
    ['Atomic', { kind: 'Atomic', CmdID: '22', commands: [] }],
  ])('that holds %s fails for it [REPPRO 6.6.3-1]', (name, inner) => {
    const { line, tree } = answerOf({ kind: 'Atomic', commands: [set('21', '3'), inner] });
    expect(line).toBe(`SyncHdr=200, Atomic=507, Replace=216, ${name}=500, Final`);
    expect(tree.text(COUNT)).toBe('1');
  });
});

describe('Sequence', () => {
  test('is run in its order: each command finds what those before it left [REPPRO 6.6.14-1]', () => {
    const at = (CmdID: string, kind: string, Data?: string) => ({
      kind,
      CmdID,
      Items: [target('./XX/New', Data === undefined ? {} : { Data })],
    });
    const commands = [
      at('21', 'Replace', 'too early'),
      at('22', 'Add', 'a'),
      at('23', 'Get'),
      at('24', 'Replace', 'b'),
      at('25', 'Get'),
      at('26', 'Delete'),
      at('27', 'Get'),
    ];
    const { effects, line } = answerOf({ kind: 'Sequence', commands });
    expect(line).toBe(
      'SyncHdr=200, Sequence=200, Replace=404, Add=200, Get=200, Replace=200, Get=200, ' +
        'Delete=200, Get=404, Results, Results, Final',
    );
    const values = sent(effects).SyncBody.commands.flatMap((command) =>
      command.kind === 'Results' ? command.Items.map(({ Data }) => Data) : [],
    );
    expect(values).toEqual(['a', 'b']);
  });
});

describe('Correlator', () => {
  const RUN: SessionOperation = { id: 'run', kind: 'Exec', uri: './XX/YY', Correlator: 'c-17' };
  const READ: SessionOperation = { id: 'read', kind: 'Get', uri: COUNT };

  test('of an Exec comes with the action, and back in the Alert that tells its end [REPPRO 6.3.4-1]', () => {
    const Items = [{ Meta: { Type: 'Reversed-Domain-Name: example.test' }, Data: '200' }];
    const pair = new Pair({
      client: TRUSTED,
      server: TRUSTED,
      // The action goes on while the server reads something; its end is told with that.
      plan: (round) => [RUN, READ].slice(round, round + 1),
      device: (effect) => {
        if (effect.kind !== 'exec' || effect.Correlator === undefined) return undefined;
        const { Correlator } = effect;
        const alert = { kind: 'Alert', CmdID: '', Data: '1226', Correlator, Items } as const;
        return { kind: 'alert', alert };
      },
    }).run();
    expect(pair.results).toEqual(['run: 202', 'read: 200']);
    const alerts = pair.serverEffects.flatMap((effect) =>
      effect.kind === 'alert' ? [effect.alert] : [],
    );
    expect(alerts).toMatchObject([{ Data: '1200' }, { Data: '1226', Correlator: 'c-17' }]);
  });
});

describe('Alert and Results', () => {
  test('go both ways: the values that were read arrive, and so do the alerts [REPPRO 6.6-4]', () => {
    const pair = busySession();
    for (const [side] of SIDES) {
      const all = sentFrom(pair, side).flatMap(({ SyncBody }) => SyncBody.commands);
      expect(all.some(({ kind }) => kind === 'Alert')).toBe(true);
    }
    const [get] = resultsOf(pair.serverEffects).filter(({ id }) => id === 'get');
    expect(get).toMatchObject({ status: 200, value: { Data: 'a' } });
    const heard = pair.serverEffects.flatMap((effect) =>
      effect.kind === 'alert' ? [effect.alert.Data] : [],
    );
    expect(heard).toEqual(['1200', '1226']);
    expect(pair.clientEffects.some(({ kind }) => kind === 'ask')).toBe(true);
    expect(pair.clientEffects).toContainEqual({ kind: 'alert-status', index: 0, status: 200 });
  });

  test.each(SIDES)('the %s uses no alert that is not of OMA DM [REPPRO 7-1]', (side) => {
    const used = sentFrom(busySession(), side)
      .flatMap(({ SyncBody }) => commandsIn(SyncBody.commands))
      .flatMap((command) => (command.kind === 'Alert' ? [Number(command.Data)] : []));
    expect(used.length).toBeGreaterThan(3);
    expect(used.filter((code) => !ALERT_TEXTS.has(code))).toEqual([]);
  });

  // Of data synchronisation, of nobody, and what only the other side sends.
  test.each(['200', '1099', '1105', '1221', '1227'])(
    'alert %s is answered 406 by both [REPPRO 7-1]',
    (Data) => {
      const alert = { kind: 'Alert', Data, Items: [{ Data: 'x' }, { Data: 'y' }] };
      const { receive } = opened({ hasUser: true });
      expect(outline(sent(receive([alert])))).toBe('SyncHdr=200, Alert=406, Final');
      const served = serving();
      served.receive('1', [ALERT, alert]);
      expect(outline(reply(served.operate([])))).toMatch(
        /^SyncHdr=200, Alert=200, (Alert=406, )+Final$/,
      );
    },
  );
});

describe('MoreData', () => {
  const pieces = (messages: readonly SyncML[], kind: 'Replace' | 'Results'): readonly Item[] =>
    messages.flatMap(({ SyncBody }) =>
      SyncBody.commands.flatMap((command) => (command.kind === kind ? command.Items : [])),
    );

  test('is sent by the server and read by the client [REPPRO 6.1.11-1] [REPPRO 6.1.11-2]', () => {
    const pair = new Pair({
      client: { ...TRUSTED, MaxMsgSize: 2000 },
      server: TRUSTED,
      plan: (round) =>
        round === 0 ? [{ id: 'put', kind: 'Replace', uri: './XX/YY/Status', Data: BIG }] : [],
    }).run();
    const sentPieces = pieces(sentFrom(pair, 'server'), 'Replace');
    expect(sentPieces.length).toBeGreaterThan(2);
    expect(sentPieces.map(({ MoreData }) => MoreData === true)).toEqual(
      sentPieces.map((_, index) => index < sentPieces.length - 1),
    );
    expect(pair.tree.text('./XX/YY/Status')).toBe(BIG);
  });

  test('is sent by the client and read by the server [REPPRO 6.1.11-1] [REPPRO 6.1.11-2]', () => {
    const tree = sampleTree();
    tree.replace('./XX/YY/Status', { Data: BIG }, LOCAL, 0);
    const pair = new Pair({
      client: { ...TRUSTED, tree },
      server: { ...TRUSTED, MaxMsgSize: 2000 },
      plan: (round) => (round === 0 ? [{ id: 'get', kind: 'Get', uri: './XX/YY/Status' }] : []),
    }).run();
    const sentPieces = pieces(sentFrom(pair, 'client'), 'Results');
    expect(sentPieces.length).toBeGreaterThan(2);
    expect(sentPieces.map(({ MoreData }) => MoreData === true)).toEqual(
      sentPieces.map((_, index) => index < sentPieces.length - 1),
    );
    expect(resultsOf(pair.serverEffects)).toMatchObject([{ value: { Data: BIG } }]);
  });
});

describe('Meta that is silent', () => {
  test('makes a leaf chr and text/plain where no description says more [REPPRO 6.4-1]', () => {
    const tree = new Tree(OPEN_ROOT);
    expect(tree.add('./A', { Data: 'x' }, LOCAL, NOW)).toMatchObject({ ok: true });
    expect(tree.find('./A')).toMatchObject({ Format: 'chr', Type: 'text/plain', Data: 'x' });
  });

  test('is read as chr and text/plain in Results [REPPRO 6.4-1]', () => {
    const [get] = resultsOf(busySession().serverEffects).filter(({ id }) => id === 'get');
    expect(get?.value).toEqual({ Format: 'chr', Type: 'text/plain', Data: 'a' });
    const wire = sentFrom(busySession(), 'client').flatMap(({ SyncBody }) => SyncBody.commands);
    const results = wire.find(({ kind }) => kind === 'Results');
    expect(results?.kind === 'Results' && results.Items[0]?.Meta).toBeUndefined();
  });
});
