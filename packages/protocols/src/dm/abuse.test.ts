/** Hostile peers against both engines; the ids are those of the list of abuse cases. */
import { describe, expect, test } from 'vitest';
import type { SyncML } from '../syncml/message.ts';
import { credentialOf } from './auth.ts';
import { SILENCE_TIMEOUT_MS } from './server.ts';
import type { Operation } from './server-interface.ts';
import { asksFor, opened, sent, target } from './testing/opened-client.ts';
import { outline, Pair, seededRandom } from './testing/pair.ts';
import { ALERT, reply, serving, status } from './testing/serving.ts';

const nonce = new Uint8Array(16).fill(3);
const CLCRED = credentialOf('md5', 'device', 'client-secret', nonce);
const SRVCRED = credentialOf('md5', 'server', 'server-secret', nonce);
const WRITE: Operation = { id: 'w', kind: 'Replace', uri: './XX/YY/Count', Data: '2' };

describe('AC-04: numbers and references that make no sense', () => {
  test.each(['0', '-1', '1e3', '', '99999999999999999999', ' '])(
    'MsgID %j throws, and nothing changes',
    (MsgID) => {
      const { server, receive } = serving();
      expect(() => receive(MsgID, [ALERT])).toThrow('MsgID');
      expect(server.state).toBe('Setup');
    },
  );

  test('a message of very many commands has a Status for each, over as many messages as it takes', () => {
    const { receive } = opened({ MaxObjSize: 1_000_000 });
    const many = Array.from({ length: 5000 }, (_, index) => ({
      ...asksFor('./nowhere'),
      CmdID: String(index + 1000),
    }));
    const answered = new Set<string>();
    let message = sent(receive(many));
    for (let count = 0; ; count++) {
      for (const command of message.SyncBody.commands) {
        if (command.kind === 'Status' && command.Cmd === 'Get') answered.add(command.CmdRef);
      }
      if (message.SyncBody.Final) break;
      expect(count).toBeLessThan(100);
      message = sent(receive([{ kind: 'Alert', Data: '1222', Items: [] }], {}, false));
    }
    expect(answered.size).toBe(5000);
  });

  test('an object without end is stopped where its Size ends', () => {
    const { receive, tree } = opened({ MaxObjSize: 100 });
    const chunk = (Meta: object) => ({
      kind: 'Replace',
      Meta,
      Items: [target('./XX/YY/Status', { Data: 'x'.repeat(40), MoreData: true })],
    });
    const codes = [{ Size: 90 }, {}, {}, {}].map((meta) =>
      outline(sent(receive([chunk(meta)], {}, false))),
    );
    expect(codes.map((line) => /Replace=(\d+)/.exec(line)?.[1])).toEqual([
      '213',
      '213',
      '424',
      '411',
    ]);
    expect(tree.text('./XX/YY/Status')).toBe('operational');
  });

  test('NoResp is ignored: every command has its Status', () => {
    const { receive } = opened();
    const quiet = { ...asksFor('./XX'), NoResp: true };
    expect(outline(sent(receive([quiet], { NoResp: true })))).toBe(
      'SyncHdr=200, Get=200, Results, Final',
    );
  });
});

describe('AC-05: addresses', () => {
  test.each([
    './XX/../DMAcc',
    './/XX',
    './XX/',
    './__proto__/polluted',
    './XX/constructor/prototype',
    './XX/a\u0000b',
    `./${'a/'.repeat(10_000)}b`,
    `./${'a'.repeat(65_536)}`,
    './XX?list=../..',
    './XX?prop=__proto__',
  ])('%.40s is refused or inert', (uri) => {
    const { receive } = opened();
    const line = outline(sent(receive([asksFor(uri), { kind: 'Delete', Items: [target(uri)] }])));
    expect(line).toMatch(/^SyncHdr=200, Get=4\d\d, Delete=4\d\d, Final$/);
    expect(Object.prototype).not.toHaveProperty('polluted');
  });
});

describe('AC-10: replay', () => {
  test('a package #1 of an earlier session proves nothing in the next', () => {
    const first = new Pair({
      client: { CLCRED, SRVCRED },
      server: { account: { CLCRED, SRVCRED } },
    }).run();
    const kept = first.nonce('server', 'CLCRED')!;
    const { server } = new Pair({
      server: {
        account: { CLCRED: { ...CLCRED, nonce: kept } as typeof CLCRED, SRVCRED },
        random: seededRandom(9),
      },
    });
    const replayed = first.wire[0]!.message;
    const effects = server.step({ kind: 'message', message: replayed }, 0);
    expect(effects.map(({ kind }) => kind)).toEqual(['reply']);
    expect(outline(reply(effects))).toBe('SyncHdr=401, Alert=401, Replace=401, Final');
  });
});

describe('AC-11: an attacker cannot force new nonces for ever', () => {
  test('what is not proved leaves the kept nonce as it was, however often it is tried', () => {
    for (let attempt = 0; attempt < 20; attempt++) {
      const { server } = new Pair({ server: { account: { CLCRED, SRVCRED } } });
      const message: SyncML = {
        SyncHdr: {
          VerDTD: '1.2',
          VerProto: 'DM/1.2',
          SessionID: String(attempt),
          MsgID: '1',
          Target: { LocURI: 'x' },
          Source: { LocURI: 'y' },
        },
        SyncBody: { commands: [], Final: true },
      };
      const effects = server.step({ kind: 'message', message }, 0);
      expect(effects.map(({ kind }) => kind)).toEqual(['reply']);
    }
  });
});

describe('AC-15: a message of somebody else', () => {
  test('under another SessionID or Source does not belong to the session', () => {
    const { receive, operate, server } = serving();
    receive('1', [ALERT]);
    operate([WRITE]);
    const own = [status('1', '3', '200', 'Replace')];
    expect(() => receive('2', own, { SessionID: '2' })).toThrow('another session');
    expect(() => receive('2', own, { Source: { LocURI: 'sip:mallory@example' } })).toThrow();
    expect(server.state).toBe('Management');
    expect(receive('2', own)).toContainEqual({ kind: 'result', id: 'w', status: 200 });
  });
});

describe('AC-19: clocks that jump', () => {
  test.each([
    ['back to 1970', 0],
    ['to 2038 and beyond', 4_102_444_800_000],
  ])('%s in the middle of a session: it goes on, and it still times out', (_, at) => {
    const { server, messageOf } = serving();
    server.step({ kind: 'message', message: messageOf('1', [ALERT]) }, 1_700_000_000_000);
    server.step({ kind: 'operations', operations: [WRITE] }, at);
    expect(server.deadline).toBe(at + SILENCE_TIMEOUT_MS);
    const message = messageOf('2', [status('1', '3', '200', 'Replace')]);
    expect(server.step({ kind: 'message', message }, at)).toContainEqual({
      kind: 'result',
      id: 'w',
      status: 200,
    });
  });

  test('authentication does not depend on the time', () => {
    const pair = new Pair({
      client: { CLCRED, SRVCRED },
      server: { account: { CLCRED, SRVCRED } },
    });
    pair.now = -1;
    expect(pair.run().ends).toEqual(['completed', 'completed']);
  });
});
