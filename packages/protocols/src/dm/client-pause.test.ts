/** What a client has to wait for in the middle of a message: its user, and its actions. */
import { describe, expect, test } from 'vitest';
import { EXEC_TIMEOUT_MS } from './client.ts';
import { SILENCE_TIMEOUT_MS } from './server.ts';
import type { SessionOperation } from './server-interface.ts';
import { asksFor, NOW, opened, sent, sentBy, target } from './testing/opened-client.ts';
import { outline, Pair } from './testing/pair.ts';
import { ALERT, serving } from './testing/serving.ts';

const alert = (Data: string, ...items: object[]) => ({ kind: 'Alert', Data, Items: items });
const ASK = alert('1101', { Data: 'MAXDT=60' }, { Data: 'Sure?' });
const EXEC = { kind: 'Exec', Correlator: 'c1', Items: [target('./XX/YY', { Data: 'now' })] };

describe('a question to the user', () => {
  test('without a user interface is 406 [DMPRO 10-1]', () => {
    for (const code of ['1100', '1101', '1102', '1103', '1104']) {
      const reply = sent(opened().receive([alert(code, {}, { Data: 't' }, { Data: 'c' })]));
      expect(outline(reply)).toBe('SyncHdr=200, Alert=406, Final');
    }
  });

  test('stops the message until it is answered; what was typed is in the Status [DMPRO 10-2]', () => {
    const { receive, client } = opened({ hasUser: true });
    const effects = receive([alert('1102', {}, { Data: 'Name?' }), asksFor('./XX')]);
    expect(effects).toMatchObject([{ kind: 'ask', question: { kind: 'text', text: 'Name?' } }]);
    expect(client.state).toBe('Executing');
    const answer = { kind: 'typed', text: 'Ada' } as const;
    const reply = sent(client.step({ kind: 'answered', answer }, NOW + 5000));
    expect(outline(reply)).toBe('SyncHdr=200, Alert=200, Get=200, Results, Final');
    expect(reply.SyncBody.commands[1]).toMatchObject({ Items: [{ Data: 'Ada' }] });
    expect(client.state).toBe('Management');
  });

  test('answered No in the body of a message has no effect on other commands', () => {
    const { receive, client } = opened({ hasUser: true });
    receive([ASK, asksFor('./XX')]);
    const effects = client.step({ kind: 'answered', answer: { kind: 'rejected' } }, NOW);
    expect(outline(sent(effects))).toBe('SyncHdr=200, Alert=304, Get=200, Results, Final');
  });

  test('cancelled ends what the message asks for: 214, the rest 215 [DMPRO 10-4]', () => {
    const { receive, client } = opened({ hasUser: true });
    receive([
      asksFor('./XX'),
      { kind: 'Sequence', commands: [{ ...ASK, CmdID: '31' }] },
      asksFor('./XX'),
    ]);
    const effects = client.step({ kind: 'answered', answer: { kind: 'cancelled' } }, NOW);
    expect(outline(sent(effects))).toBe(
      'SyncHdr=200, Get=200, Sequence=200, Alert=214, Get=215, Results, Final',
    );
  });

  test('not answered within MAXDT is withdrawn and 408; a late answer is ignored [DMPRO 10-5]', () => {
    const { receive, client } = opened({ hasUser: true });
    receive([ASK, asksFor('./XX')]);
    expect(client.deadline).toBe(NOW + 60_000);
    const effects = client.step({ kind: 'timeout' }, NOW + 60_000);
    expect(effects[0]).toEqual({ kind: 'withdraw' });
    expect(outline(sent(effects))).toBe('SyncHdr=200, Alert=408, Get=215, Final');
    expect(client.step({ kind: 'answered', answer: { kind: 'accepted' } }, NOW + 61_000)).toEqual(
      [],
    );
  });

  test('several are put one after the other', () => {
    const { receive, client } = opened({ hasUser: true });
    const second = alert('1103', {}, { Data: 'Which?' }, { Data: 'a' }, { Data: 'b' });
    expect(receive([ASK, second])).toMatchObject([{ question: { kind: 'confirm' } }]);
    expect(client.step({ kind: 'answered', answer: { kind: 'accepted' } }, NOW)).toMatchObject([
      { kind: 'ask', question: { kind: 'choice' } },
    ]);
    const answer = { kind: 'chosen', numbers: [2] } as const;
    expect(outline(sent(client.step({ kind: 'answered', answer }, NOW)))).toBe(
      'SyncHdr=200, Alert=200, Alert=200, Final',
    );
  });

  test('while it is open nothing else is taken: no message, no failure, no answer of another kind', () => {
    const { receive, client } = opened({ hasUser: true });
    receive([ASK]);
    expect(receive([asksFor('./XX')])).toEqual([]);
    expect(client.step({ kind: 'failed', reason: 'late' }, NOW)).toEqual([]);
    expect(client.step({ kind: 'executed', status: 200 }, NOW)).toEqual([]);
    expect(client.state).toBe('Executing');
  });

  test('of the server engine has its answer as result, and time for it', () => {
    const question = {
      kind: 'choices',
      text: 'Which?',
      choices: ['a', 'b', 'c'],
      options: { MAXDT: 90 },
    } as const;
    const ask: SessionOperation = { id: 'ask', kind: 'Ask', question };
    const pair = new Pair({
      client: { isTransportAuthenticated: true, hasUser: true },
      server: { isTransportAuthenticated: true },
      plan: (round) => (round === 0 ? [ask] : []),
      device: (effect) =>
        effect.kind === 'ask'
          ? { kind: 'answered', answer: { kind: 'chosen', numbers: [1, 3] } }
          : undefined,
    }).run();
    const result = pair.serverEffects.find((effect) => effect.kind === 'result');
    expect(result).toMatchObject({
      id: 'ask',
      status: 200,
      values: [{ Data: '1' }, { Data: '3' }],
    });
    const { server, receive, operate } = serving();
    receive('1', [ALERT]);
    operate([ask]);
    expect(server.deadline).toBe(NOW + SILENCE_TIMEOUT_MS + 90_000);
  });
});

describe('an action (Exec)', () => {
  test('that is awaited is answered with what came of it, Correlator and all', () => {
    for (const [status, expected] of [
      [200, 200],
      [500, 500],
      [202, 202],
    ] as const) {
      const { receive, client } = opened({ isExecAwaited: true });
      expect(receive([EXEC, asksFor('./XX')])).toEqual([
        { kind: 'exec', uri: './XX/YY', Data: 'now', Correlator: 'c1' },
      ]);
      const effects = client.step({ kind: 'executed', status }, NOW);
      expect(outline(sent(effects))).toBe(`SyncHdr=200, Exec=${expected}, Get=200, Results, Final`);
    }
  });

  test('that takes long is 202, and its end goes with a later Alert 1226', () => {
    const { receive, client } = opened({ isExecAwaited: true });
    receive([EXEC]);
    expect(client.deadline).toBe(NOW + EXEC_TIMEOUT_MS);
    const late = client.step({ kind: 'timeout' }, NOW + EXEC_TIMEOUT_MS);
    expect(outline(sent(late))).toBe('SyncHdr=200, Exec=202, Final');
    expect(client.step({ kind: 'executed', status: 200 }, NOW)).toEqual([]);
    const Items = [{ Meta: { Type: 'Reversed-Domain-Name: example.test' }, Data: '1200' }];
    const done = { kind: 'Alert', CmdID: '', Data: '1226', Correlator: 'c1', Items } as const;
    expect(client.step({ kind: 'alert', alert: done }, NOW)).toEqual([]);
    const reply = sent(receive([]));
    expect(outline(reply)).toBe('SyncHdr=200, Alert 1226, Final');
    expect(reply.SyncBody.commands[1]).toMatchObject({ Correlator: 'c1', CmdID: '2' });
  });

  test('that the tree does not allow is not begun', () => {
    const { receive } = opened({ isExecAwaited: true });
    const effects = receive([{ ...EXEC, Items: [target('./nowhere')] }]);
    expect(outline(sent(effects))).toBe('SyncHdr=200, Exec=404, Final');
  });
});

describe('an alert while the session is open', () => {
  const event = { kind: 'Alert', CmdID: '', Data: '1226', Items: [{ Data: 'e' }] } as const;

  test('keeps it open, and its answer comes back by its index', () => {
    const { receive, client } = opened({ alerts: [event] });
    client.step({ kind: 'alert', alert: event }, NOW);
    const reply = sent(receive([]));
    expect(outline(reply)).toBe('SyncHdr=200, Alert 1226, Final');
    const status = { kind: 'Status', MsgRef: '2', CmdRef: '2', Cmd: 'Alert', Data: '200' };
    const effects = receive([{ ...status, TargetRef: [], SourceRef: [], Items: [] }]);
    expect(effects).toContainEqual({ kind: 'alert-status', index: 1, status: 200 });
  });

  test('before the start goes with package #1', () => {
    const pair = new Pair({ client: { isTransportAuthenticated: true } });
    pair.client.step({ kind: 'alert', alert: event }, NOW);
    const effects = pair.client.step({ kind: 'start' }, NOW);
    expect(outline(sent(effects))).toBe('Alert 1200, Replace, Alert 1226, Final');
  });
});

describe('an abort by the device', () => {
  const abort = { kind: 'abort', reason: 'power' } as const;

  test('while it waits for the server: with its next message, and nothing of that is run [DMPRO 8.1-1]', () => {
    const { receive, client, tree } = opened();
    expect(client.step(abort, NOW)).toEqual([]);
    const effects = receive([{ kind: 'Delete', Items: [target('./XX/YY')] }]);
    expect(outline(sent(effects))).toBe('SyncHdr=200, Delete=215, Alert 1223, Final');
    expect(effects.at(-1)).toMatchObject({ kind: 'ended', result: 'aborted' });
    expect(tree.find('./XX/YY')).toBeDefined();
  });

  test('while its user is asked: at once, with what was done before', () => {
    const { receive, client } = opened({ hasUser: true });
    receive([asksFor('./XX'), ASK]);
    const effects = client.step(abort, NOW);
    expect(outline(sent(effects))).toBe('SyncHdr=200, Get=200, Alert 1223, Final');
    expect(effects.at(-1)).toMatchObject({ kind: 'ended', result: 'aborted', reason: 'power' });
    expect(client.deadline).toBeUndefined();
  });

  test('before it began sends nothing', () => {
    const { client } = new Pair();
    expect(client.step(abort, NOW)).toMatchObject([{ kind: 'ended', result: 'aborted' }]);
    expect(sentBy(client.step({ kind: 'start' }, NOW))).toBeUndefined();
  });
});
