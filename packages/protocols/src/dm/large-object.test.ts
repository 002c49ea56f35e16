/** Objects larger than a message, both ways, between both engines and against a peer that breaks the rules. */
import { describe, expect, test } from 'vitest';
import { decodeSyncML } from '../syncml/decode.ts';
import { encodeSyncML } from '../syncml/encode.ts';
import type { Alert, SyncML } from '../syncml/message.ts';
import { credentialOf, makeCred } from './auth.ts';
import type { SessionOperation } from './server-interface.ts';
import { opened, sent, target } from './testing/opened-client.ts';
import { outline, Pair, type PairOptions, sampleTree } from './testing/pair.ts';
import { ALERT, reading, reply, results, resultsOf, serving, status } from './testing/serving.ts';
import { LOCAL } from './tree/tree.ts';

const BIG = Array.from({ length: 300 }, (_, index) => `line ${index} <&>`).join('\n');
const TRUSTED = { isTransportAuthenticated: true };

function play(operations: readonly SessionOperation[], options: PairOptions = {}): Pair {
  return new Pair({
    plan: (round) => (round === 0 ? operations : []),
    tamper: (message) => decodeSyncML(encodeSyncML(message, 'wbxml'), 'wbxml'),
    ...options,
    client: { ...TRUSTED, MaxMsgSize: 2000, ...options.client },
    server: { ...TRUSTED, MaxMsgSize: 3000, ...options.server },
  }).run();
}

const lines = (pair: Pair) =>
  pair.wire.map(({ from, message }) => `${from === 'client' ? 'C' : 'S'} ${outline(message)}`);
const bytes = (message: SyncML) => encodeSyncML(message, 'xml').length;

describe('a large object to the client', () => {
  test('goes over in chunks: 213 and Alert 1222 for each, one Final at the end [DMPRO 7-1]', () => {
    const pair = play([{ id: 'put', kind: 'Replace', uri: './XX/YY/Status', Data: BIG }]);
    expect(pair.results).toEqual(['put: 200']);
    expect(pair.tree.text('./XX/YY/Status')).toBe(BIG);
    expect(pair.ends).toEqual(['completed', 'completed']);
    expect(lines(pair).slice(0, 6)).toEqual([
      'C Alert 1200, Replace, Final',
      'S SyncHdr=200, Alert=200, Replace=200, Replace',
      'C SyncHdr=200, Replace=213, Alert 1222',
      'S SyncHdr=200, Alert=200, Replace',
      'C SyncHdr=200, Replace=213, Alert 1222',
      'S SyncHdr=200, Alert=200, Replace',
    ]);
    expect(lines(pair).slice(-3)).toEqual([
      'S SyncHdr=200, Alert=200, Replace, Final',
      'C SyncHdr=200, Replace=200, Final',
      'S SyncHdr=200, Final',
    ]);
  });

  test('no message has MoreData and Final, and none exceeds MaxMsgSize (I-7)', () => {
    const { wire } = play([{ id: 'put', kind: 'Add', uri: './XX/Big', Data: BIG }]);
    for (const { from, message } of wire) {
      expect(bytes(message)).toBeLessThanOrEqual(from === 'client' ? 3000 : 2000);
      const isCut = JSON.stringify(message).includes('"MoreData":true');
      expect(isCut && message.SyncBody.Final).toBe(false);
    }
  });

  test('I-10: octets arrive as b64 text, cut anywhere', () => {
    const Data = Uint8Array.from({ length: 5000 }, (_, index) => index % 251);
    const pair = play([{ id: 'put', kind: 'Add', uri: './XX/Bin', Format: 'bin', Data }]);
    expect(pair.results).toEqual(['put: 200']);
    expect(pair.tree.text('./XX/Bin')).toBe(Buffer.from(Data).toString('base64'));
  });

  test('goes alone: what stands before and after it in other messages', () => {
    const small = (id: string): SessionOperation => ({ id, kind: 'Get', uri: './XX/YY/Count' });
    const put: SessionOperation = { id: 'put', kind: 'Add', uri: './XX/Big', Data: BIG };
    const pair = play([small('a'), put, small('b')]);
    expect(pair.results).toEqual(['a: 200', 'put: 200', 'b: 200']);
    for (const line of lines(pair)) expect(line).not.toMatch(/Get, Add|Add, Get/);
  });

  test('that the tree refuses is told by the status of its last chunk', () => {
    const pair = play([{ id: 'put', kind: 'Replace', uri: './XX/Nowhere', Data: BIG }]);
    expect(pair.results).toEqual(['put: 404']);
    expect(pair.ends).toEqual(['completed', 'completed']);
  });

  test('beyond the MaxObjSize of the client is never begun: 413', () => {
    const pair = play([{ id: 'put', kind: 'Add', uri: './XX/Big', Data: BIG }], {
      client: { MaxObjSize: BIG.length - 1 },
    });
    expect(pair.results).toEqual(['put: 413']);
    expect(lines(pair).join()).not.toContain('Add');
  });
});

describe('a large object to the server', () => {
  const holding = (Data: string) => {
    const tree = sampleTree();
    tree.replace('./XX/YY/Status', { Data }, LOCAL, 0);
    return tree;
  };

  test('Results go over in chunks: 213 and Alert 1222 of the server [DMPRO 7-1] [DMPRO 6-1]', () => {
    const tree = holding(BIG);
    const get: SessionOperation = { id: 'get', kind: 'Get', uri: './XX/YY/Status' };
    const pair = play([get], { client: { tree } });
    expect(lines(pair).slice(1, 6)).toEqual([
      'S SyncHdr=200, Alert=200, Replace=200, Get, Final',
      'C SyncHdr=200, Get=200, Results',
      'S SyncHdr=200, Results=213, Alert 1222',
      'C SyncHdr=200, Alert=200, Results',
      'S SyncHdr=200, Results=213, Alert 1222',
    ]);
    const [result] = resultsOf(pair.serverEffects);
    expect(result).toMatchObject({ id: 'get', status: 200, value: { Data: BIG } });
    expect(pair.ends).toEqual(['completed', 'completed']);
  });

  test('an Alert 1226 too, and it counts as one alert', () => {
    const alert: Alert = {
      kind: 'Alert',
      CmdID: '1',
      Data: '1226',
      Items: [{ Meta: { Type: 'Reversed-Domain-Name: example.test', Format: 'chr' }, Data: BIG }],
    };
    const pair = play([], { client: { alerts: [alert] } });
    const heard = pair.serverEffects.flatMap((effect) =>
      effect.kind === 'alert' && effect.alert.Data === '1226' ? effect.alert.Items : [],
    );
    expect(heard.map(({ Data }) => Data)).toEqual([BIG]);
    expect(pair.clientEffects).toContainEqual({ kind: 'alert-status', index: 0, status: 200 });
    expect(pair.clientEffects.filter(({ kind }) => kind === 'alert-status')).toHaveLength(1);
  });

  test('beyond the MaxObjSize of the server is a Get with 413', () => {
    const get: SessionOperation = { id: 'get', kind: 'Get', uri: './XX/YY/Status' };
    const tree = holding('x'.repeat(101));
    const server = { MaxObjSize: 100 };
    expect(play([get], { client: { tree }, server }).results).toEqual(['get: 413']);
    tree.replace('./XX/YY/Status', { Data: 'x'.repeat(100) }, LOCAL, 0);
    expect(play([get], { client: { tree }, server }).results).toEqual(['get: 200']);
  });

  test('the worked flow: Results over two messages, then one object to the client [DMPRO 6-1]', () => {
    const tree = holding('r'.repeat(2500));
    const plan = (round: number): readonly SessionOperation[] =>
      [
        [{ id: 'get', kind: 'Get', uri: './XX/YY/Status' } as const],
        [{ id: 'put', kind: 'Add', uri: './XX/Big', Data: 'd'.repeat(1500) } as const],
      ][round] ?? [];
    const pair = play([], { plan, client: { tree } });
    expect(lines(pair).slice(2)).toEqual([
      'C SyncHdr=200, Get=200, Results',
      'S SyncHdr=200, Results=213, Alert 1222',
      'C SyncHdr=200, Alert=200, Results, Final',
      'S SyncHdr=200, Add',
      'C SyncHdr=200, Add=213, Alert 1222',
      'S SyncHdr=200, Alert=200, Add, Final',
      'C SyncHdr=200, Add=200, Final',
      'S SyncHdr=200, Final',
    ]);
    expect(pair.results).toEqual(['get: 200', 'put: 200']);
  });
});

describe('a server that breaks the rules', () => {
  const chunk = (Data: string, more: object = {}) => ({
    kind: 'Replace',
    Items: [target('./XX/YY/Status', { Data, ...more })],
  });
  const first = chunk('abc', { Meta: { Size: 6 }, MoreData: true });

  test('another command before the end: Alert 1225 with the address, and that command is run [DMPRO 7-4]', () => {
    const { receive, tree } = opened();
    expect(outline(sent(receive([first], {}, false)))).toBe('SyncHdr=200, Replace=213, Alert 1222');
    const next = sent(receive([{ kind: 'Get', Items: [target('./XX')] }]));
    expect(outline(next)).toBe('SyncHdr=200, Get=200, Alert 1225, Results, Final');
    expect(next.SyncBody.commands[2]).toMatchObject({
      Items: [{ Target: { LocURI: './XX/YY/Status' } }],
    });
    expect(tree.text('./XX/YY/Status')).toBe('operational');
  });

  test('a length other than Size: 424, and the tree keeps what it had [DMPRO 7-3]', () => {
    const { receive, tree } = opened();
    receive([first], {}, false);
    expect(outline(sent(receive([chunk('d')])))).toBe('SyncHdr=200, Replace=424, Final');
    expect(tree.text('./XX/YY/Status')).toBe('operational');
  });

  test('I-7: a chunk with Final is refused, and nothing of it is kept', () => {
    const { receive, tree } = opened();
    expect(outline(sent(receive([first])))).toBe('SyncHdr=200, Replace=413, Final');
    receive([{ kind: 'Get', Items: [target('./XX')] }]);
    expect(tree.text('./XX/YY/Status')).toBe('operational');
  });

  test('a chunk is not told as executed; the object is, once', () => {
    const { receive } = opened();
    const kindsOf = (effects: readonly { kind: string }[]) => effects.map(({ kind }) => kind);
    expect(kindsOf(receive([first], {}, false))).toEqual(['send']);
    expect(kindsOf(receive([chunk('def')]))).toEqual(['executed', 'send']);
  });

  test.each([
    ['by its Status', [{ kind: 'Status', Cmd: 'Results', Data: '416' }]],
    ['by Alert 1225', [{ kind: 'Alert', Data: '1225', Items: [] }]],
  ])('that refuses our object %s is not sent the rest of it', (_, [answer]) => {
    const { receive, tree } = opened();
    tree.replace('./XX/YY/Status', { Data: 'r'.repeat(3000) }, LOCAL, 0);
    const get = { kind: 'Get', Items: [target('./XX/YY/Status')] };
    const begun = sent(receive([get], { Meta: { MaxMsgSize: 1500 } }));
    expect(outline(begun)).toBe('SyncHdr=200, Get=200, Results');
    const refs = { MsgRef: '2', CmdRef: '3', TargetRef: [], SourceRef: [], Items: [] };
    const next = receive(
      [
        { ...refs, ...answer },
        { kind: 'Alert', Data: '1222', Items: [] },
      ],
      {},
      false,
    );
    expect(outline(sent(next))).not.toContain('Results');
    expect(sent(next).SyncBody.Final).toBe(true);
  });

  test('a chunk of an Exec is refused, and nothing is begun', () => {
    const { receive } = opened();
    const Items = [target('./XX/YY', { Data: 'x', Meta: { Size: 9 }, MoreData: true })];
    const effects = receive([{ kind: 'Exec', Items }], {}, false);
    expect(outline(sent(effects))).toBe('SyncHdr=200, Exec=413, Alert 1222');
    expect(effects.some(({ kind }) => kind === 'exec')).toBe(false);
  });

  test('that has to prove itself in the middle of an object sends it again from its beginning', () => {
    const credential = credentialOf('basic', 'server', 'secret');
    const { receive, tree } = opened({ SRVCRED: credential });
    receive([first], {}, false);
    const wrong = makeCred(credentialOf('basic', 'server', 'guess'))!;
    expect(outline(sent(receive([chunk('def')], { Cred: wrong })))).toBe(
      'SyncHdr=401, Replace=401, Final',
    );
    const Cred = makeCred(credential)!;
    expect(outline(sent(receive([first], { Cred }, false)))).toContain('Replace=213');
    expect(outline(sent(receive([chunk('xyz')])))).toBe('SyncHdr=200, Replace=200, Final');
    expect(tree.text('./XX/YY/Status')).toBe('abcxyz');
  });

  test('a chunk in a Sequence or an Atomic is refused: they are in one message', () => {
    for (const kind of ['Sequence', 'Atomic']) {
      const { receive } = opened();
      const commands = [{ ...first, CmdID: '21' }];
      expect(outline(sent(receive([{ kind, commands }])))).toContain('Replace=500');
    }
  });
});

describe('a client that breaks the rules', () => {
  const big = (id: string): SessionOperation => ({
    id,
    kind: 'Replace',
    uri: './A/B',
    Data: 'x'.repeat(3000),
  });
  const begun = () => {
    const server = serving();
    server.receive('1', [ALERT], { Meta: { MaxMsgSize: 1500 } });
    expect(outline(reply(server.operate([big('put'), reading('b')])))).toBe(
      'SyncHdr=200, Alert=200, Replace',
    );
    return server;
  };
  const head = (MsgRef: string) => status(MsgRef, '0', '200', 'SyncHdr');
  const NEXT = { kind: 'Alert', Data: '1222', Items: [] };

  test.each([
    ['413', 413],
    ['406', 406],
    ['200', 424],
  ])(
    '%s for a chunk: the rest is not sent, the result is %d, and the session goes on',
    (Data, told) => {
      const { receive } = begun();
      const effects = receive('2', [head('1'), status('1', '3', Data, 'Replace')], {}, false);
      expect(resultsOf(effects)).toEqual([{ kind: 'result', id: 'put', status: told }]);
      expect(outline(reply(effects))).toBe('SyncHdr=200, Get, Final');
    },
  );

  test('DevInfo in chunks is refused: only Results and Alerts come so', () => {
    const { receive } = serving();
    const Items = [{ Source: { LocURI: './DevInfo/Man' }, Data: 'x', MoreData: true }];
    const effects = receive('1', [{ kind: 'Replace', Meta: { Size: 9 }, Items }], {}, false);
    expect(outline(reply(effects))).toBe('SyncHdr=200, Replace=413, Alert 1222');
    expect(effects.some(({ kind }) => kind === 'DevInfo')).toBe(false);
  });

  test('Alert 1225 for our object: it was not taken', () => {
    const { receive } = begun();
    const answers = [head('1'), status('1', '3', '213', 'Replace')];
    const lost = { kind: 'Alert', Data: '1225', Items: [{ Target: { LocURI: './A/B' } }] };
    const effects = receive('2', [...answers, lost], {}, false);
    expect(resultsOf(effects)).toEqual([{ kind: 'result', id: 'put', status: 0 }]);
  });

  test('a chunk that is not answered yet is waited for by Next Message', () => {
    const { receive } = begun();
    expect(outline(reply(receive('2', [head('1'), NEXT], {}, false)))).toBe(
      'SyncHdr=200, Alert=200, Alert 1222',
    );
    const later = receive('3', [head('2'), status('1', '3', '213', 'Replace')], {}, false);
    expect(outline(reply(later))).toBe('SyncHdr=200, Replace');
  });

  test('Final in place of an answer to the chunk: the operation is unanswered', () => {
    const { receive } = begun();
    const effects = receive('2', [head('1')]);
    expect(resultsOf(effects)).toEqual([{ kind: 'result', id: 'put', status: 0 }]);
  });

  test('Results of another length than their Size: 424, and the operation has no value [DMPRO 7-3]', () => {
    const server = serving();
    server.receive('1', [ALERT]);
    server.operate([reading('x')]);
    const part = (Data: string, more: object) =>
      results('1', '3', { Source: { LocURI: './A/x' }, Data, ...more });
    const one = part('abc', { Meta: { Size: 6 }, MoreData: true });
    const taken = server.receive('2', [head('1'), status('1', '3'), one], {}, false);
    expect(outline(reply(taken))).toBe('SyncHdr=200, Results=213, Alert 1222');
    const effects = server.receive('3', [head('2'), part('d', {})]);
    expect(resultsOf(effects)).toEqual([{ kind: 'result', id: 'x', status: 424 }]);
    expect(outline(reply(server.operate([])))).toBe('SyncHdr=200, Results=424, Final');
  });

  test('an Alert with a chunk, a refused one and a whole Item has one Status for each', () => {
    const server = serving();
    const Type = 'text/plain';
    const Items = [
      { Source: { LocURI: './a' }, Meta: { Type }, Data: 'xx', MoreData: true },
      { Source: { LocURI: './b' }, Meta: { Type }, Data: 'whole' },
      { Source: { LocURI: './c' }, Meta: { Type, Size: 9 }, Data: 'xx', MoreData: true },
    ];
    const alert = { kind: 'Alert', Data: '1226', Items };
    const effects = server.receive('1', [ALERT, alert], {}, false);
    const statuses = reply(effects).SyncBody.commands.flatMap((each) =>
      each.kind === 'Status' ? [[each.Cmd, ...each.SourceRef, each.Data].join(' ')] : [],
    );
    expect(statuses.slice(2)).toEqual(['Alert ./a 411', 'Alert ./b 200', 'Alert ./c 213']);
    const told = effects.flatMap((each) => (each.kind === 'alert' ? [each.alert] : []));
    expect(told.map(({ Data, Items: all }) => [Data, all.length])).toEqual([
      ['1201', 0],
      ['1226', 1],
    ]);
  });

  test('of two Results of one Get one is spoilt: the operation has failed, with one Status each', () => {
    const server = serving();
    server.receive('1', [ALERT]);
    server.operate([reading('x')]);
    const both = results('1', '3', { Source: { LocURI: './A/x' }, Data: 'good' });
    const bad = { Source: { LocURI: './A/y' }, Data: 'x', MoreData: true };
    const answer = [head('1'), status('1', '3'), { ...both, Items: [...both.Items, bad] }];
    const effects = server.receive('2', answer);
    expect(resultsOf(effects)).toEqual([{ kind: 'result', id: 'x', status: 411 }]);
    expect(outline(reply(server.operate([])))).toBe('SyncHdr=200, Results=200, Results=411, Final');
  });

  test('Results that stop in the middle: Alert 1225 of the server, and the session is not over [DMPRO 7-4]', () => {
    const server = serving();
    server.receive('1', [ALERT]);
    server.operate([reading('x')]);
    const part = results('1', '3', {
      Source: { LocURI: './A/x' },
      Data: 'abc',
      Meta: { Size: 6 },
      MoreData: true,
    });
    server.receive('2', [head('1'), status('1', '3'), part], {}, false);
    const effects = server.receive('3', [head('2'), ALERT]);
    expect(resultsOf(effects)).toMatchObject([{ id: 'x', status: 200 }]);
    expect(outline(reply(server.operate([])))).toBe('SyncHdr=200, Alert=200, Alert 1225, Final');
    expect(server.server.state).toBe('Management');
    const answer = [head('3'), status('3', '3', '200', 'Alert')];
    expect(server.receive('4', answer).at(-1)).toEqual({ kind: 'ready' });
    expect(server.operate([]).at(-1)).toEqual({ kind: 'ended', result: 'completed' });
  });
});
