import { describe, expect, test } from 'vitest';
import type { SyncML } from '../syncml/message.ts';
import {
  type AuthScheme,
  type Credential,
  credentialOf,
  makeChal,
  makeCred,
  withNonce,
} from './auth.ts';
import { VERIFIER_TRANSITIONS } from './auth-verifier.ts';
import type { Operation } from './server-interface.ts';
import { asksFor, opened, sent } from './testing/opened-client.ts';
import {
  DEV_ID,
  outline,
  Pair,
  type PairOptions,
  seededRandom,
  URL_OF_SERVER,
} from './testing/pair.ts';

const nonce = (octet: number) => new Uint8Array(16).fill(octet);
const clcred = (scheme: AuthScheme, secret = 'client-secret') =>
  credentialOf(scheme, 'device', secret, nonce(1));
const srvcred = (scheme: AuthScheme, secret = 'server-secret') =>
  credentialOf(scheme, 'server', secret, nonce(2));

const WRITE: readonly Operation[] = [
  { id: 'write', kind: 'Replace', uri: './XX/YY/Count', Format: 'int', Data: '10' },
];

interface Sides {
  readonly clientCLCRED?: Credential;
  readonly clientSRVCRED?: Credential;
  readonly serverCLCRED?: Credential;
  readonly serverSRVCRED?: Credential;
}

function play(sides: Sides, options: PairOptions = {}): Pair {
  const CLCRED = sides.serverCLCRED ?? clcred('md5');
  const SRVCRED = sides.serverSRVCRED ?? srvcred('md5');
  return new Pair({
    plan: (round) => (round === 0 ? WRITE : []),
    ...options,
    client: {
      CLCRED: sides.clientCLCRED ?? clcred('md5'),
      SRVCRED: sides.clientSRVCRED ?? srvcred('md5'),
      ...options.client,
    },
    server: { account: { CLCRED, SRVCRED }, ...options.server },
  }).run();
}

function expectDone(pair: Pair): void {
  expect(pair.ends).toEqual(['completed', 'completed']);
  expect(pair.tree.text('./XX/YY/Count')).toBe('10');
  expect(pair.results).toEqual(['write: 200']);
}

function expectNothingDone(pair: Pair): void {
  expect(pair.tree.text('./XX/YY/Count')).toBe('1');
  expect(pair.clientEffects.some(({ kind }) => kind === 'executed')).toBe(false);
  expect(pair.results.filter((result) => result.endsWith('200'))).toEqual([]);
}

const shape = (pair: Pair) => pair.wire.map(({ message }) => outline(message));

describe('right credentials', () => {
  test.each([
    ['basic', 'basic'],
    ['md5', 'basic'],
    ['basic', 'md5'],
    ['md5', 'md5'],
  ] as const)('client %s, server %s: 212 both ways, in four messages', (client, server) => {
    const pair = play({
      clientCLCRED: clcred(client),
      serverCLCRED: clcred(client),
      clientSRVCRED: srvcred(server),
      serverSRVCRED: srvcred(server),
    });
    expectDone(pair);
    expect(shape(pair)).toEqual([
      'Alert 1200, Replace, Final',
      'SyncHdr=212, Alert=200, Replace=200, Replace, Final',
      'SyncHdr=212, Replace=200, Final',
      'SyncHdr=200, Final',
    ]);
    expect(pair.serverEffects[0]).toMatchObject({ kind: 'authenticated', scheme: client });
  });

  test('212 spares the Cred of all later messages', () => {
    const pair = play({});
    expect(pair.wire.map(({ message }) => message.SyncHdr.Cred !== undefined)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test('transport authentication of both sides asks for no Cred at all', () => {
    const account = { CLCRED: clcred('md5'), SRVCRED: srvcred('md5') };
    const pair = new Pair({
      plan: (round) => (round === 0 ? WRITE : []),
      client: { isTransportAuthenticated: true },
      server: { account, isTransportAuthenticated: true },
    }).run();
    expectDone(pair);
    expect(pair.wire[0]?.message.SyncHdr.Cred).toBeUndefined();
  });
});

describe('nonces', () => {
  test('are renewed both ways in every session, and both sides keep the same', () => {
    const first = play({});
    for (const level of ['CLCRED', 'SRVCRED'] as const) {
      expect(first.nonce('client', level)).toBeDefined();
      expect(first.nonce('client', level)).toEqual(first.nonce('server', level));
    }
    const next = {
      CLCRED: withNonce(clcred('md5'), first.nonce('client', 'CLCRED')!),
      SRVCRED: withNonce(srvcred('md5'), first.nonce('client', 'SRVCRED')!),
    };
    const second = play(
      {
        clientCLCRED: next.CLCRED,
        serverCLCRED: next.CLCRED,
        clientSRVCRED: next.SRVCRED,
        serverSRVCRED: next.SRVCRED,
      },
      { client: { random: seededRandom(11) }, server: { random: seededRandom(12) } },
    );
    expectDone(second);
    expect(shape(second)).toHaveLength(4);
    expect(second.nonce('client', 'CLCRED')).not.toEqual(first.nonce('client', 'CLCRED'));
    expect(second.nonce('client', 'SRVCRED')).not.toEqual(first.nonce('client', 'SRVCRED'));
  });

  test('a stale one costs one challenge, and the session goes on', () => {
    const pair = play({ clientCLCRED: withNonce(clcred('md5'), nonce(9)) });
    expectDone(pair);
    expect(shape(pair).slice(0, 3)).toEqual([
      'Alert 1200, Replace, Final',
      'SyncHdr=401, Alert=401, Replace=401, Final',
      'SyncHdr=407, Alert 1200, Replace, Final',
    ]);
    const [first, , again] = pair.wire.map(({ message }) => message.SyncHdr);
    expect(again?.SessionID).toBe(first?.SessionID);
    expect([first?.MsgID, again?.MsgID]).toEqual(['1', '2']);
  });

  test('a stale one of the server costs one challenge by the client', () => {
    const pair = play({ serverSRVCRED: withNonce(srvcred('md5'), nonce(9)) });
    expectDone(pair);
    expect(shape(pair)).toEqual([
      'Alert 1200, Replace, Final',
      'SyncHdr=212, Alert=200, Replace=200, Replace, Final',
      'SyncHdr=401, Replace=401, Final',
      'SyncHdr=200, Replace, Final',
      'SyncHdr=212, Replace=200, Final',
      'SyncHdr=200, Final',
    ]);
    expect(pair.nonce('client', 'SRVCRED')).toEqual(pair.nonce('server', 'SRVCRED'));
  });

  test('both stale at once are repaired in the same session', () => {
    expectDone(
      play({
        clientCLCRED: withNonce(clcred('md5'), nonce(8)),
        serverSRVCRED: withNonce(srvcred('md5'), nonce(9)),
      }),
    );
  });

  test('of a challenge that the server has met is kept, also where the session ends without a word', () => {
    const SRVCRED = srvcred('md5');
    const { receive } = opened({ isTransportAuthenticated: false, SRVCRED });
    const refused = receive([asksFor('./XX')]);
    const [head] = sent(refused).SyncBody.commands;
    const challenge = (head?.kind === 'Status' && head.Chal?.Meta.NextNonce) || nonce(0);
    expect(refused.some(({ kind }) => kind === 'nonce')).toBe(false);
    const Cred = makeCred(withNonce(SRVCRED, challenge))!;
    expect(receive([], { Cred, Source: { LocURI: URL_OF_SERVER, LocName: 'server' } })).toEqual([
      { kind: 'nonce', level: 'SRVCRED', nonce: challenge },
      { kind: 'ended', result: 'completed' },
    ]);
  });

  test('that comes with a Session Abort of a server that is known is kept', () => {
    const SRVCRED = srvcred('md5');
    const session = opened({
      isTransportAuthenticated: false,
      CLCRED: clcred('md5'),
      SRVCRED,
    });
    const effects = session.receive(
      [{ kind: 'Alert', Data: '1223', Items: [] }],
      { Cred: makeCred(SRVCRED)!, Source: { LocURI: URL_OF_SERVER, LocName: 'server' } },
      true,
      makeChal('md5', nonce(7)),
    );
    expect(effects).toMatchObject([
      { kind: 'nonce', level: 'CLCRED', nonce: nonce(7) },
      { kind: 'ended', result: 'aborted' },
    ]);
  });

  test('of a peer that never proved itself is not kept [DMSEC 5.3-3]', () => {
    const pair = play({ serverSRVCRED: srvcred('md5', 'guess') });
    expect(pair.nonce('client', 'CLCRED')).toBeUndefined();
    expect(pair.nonce('client', 'SRVCRED')).toBeUndefined();
  });
});

describe('wrong credentials', () => {
  test.each(['basic', 'md5'] as const)(
    'of the client (%s): bounded, and nothing is done',
    (scheme) => {
      const pair = play({ clientCLCRED: clcred(scheme, 'guess'), serverCLCRED: clcred(scheme) });
      expectNothingDone(pair);
      expect(pair.ends).toEqual(['unauthenticated', 'unauthenticated']);
      expect(shape(pair)).toHaveLength(6);
      expect(pair.serverEffects.map(({ kind }) => kind)).not.toContain('ready');
      expect(pair.serverEffects.map(({ kind }) => kind)).not.toContain('DevInfo');
      for (const { from, message } of pair.wire) {
        // Nobody who is not authenticated gets anything made from the server's secret.
        if (from === 'server') expect(message.SyncHdr.Cred).toBeUndefined();
        if (from === 'server') expect(message.SyncBody.commands[0]).toHaveProperty('Chal');
      }
    },
  );

  test('of the server, basic and md5: bounded, and no command of it is run [DMPRO 9-3]', () => {
    for (const scheme of ['basic', 'md5'] as const) {
      const pair = play({
        clientSRVCRED: srvcred(scheme),
        serverSRVCRED: srvcred(scheme, 'guess'),
      });
      expectNothingDone(pair);
      expect(pair.ends).toEqual(['unauthenticated', 'unauthenticated']);
      expect(shape(pair).length).toBeLessThanOrEqual(8);
    }
  });

  test('of a server that asks for nothing: the client ends without a word', () => {
    const pair = play({ serverSRVCRED: srvcred('md5', 'guess') }, { plan: () => [] });
    expect(pair.ends).toEqual(['unauthenticated', 'completed']);
    expect(shape(pair)).toHaveLength(2);
  });

  test('no credential on the client: challenged, never let in', () => {
    const account = { CLCRED: clcred('md5'), SRVCRED: srvcred('md5') };
    const pair = new Pair({ client: { SRVCRED: srvcred('md5') }, server: { account } }).run();
    expect(pair.ends[0]).toBe('unauthenticated');
    expect(shape(pair)[1]).toBe('SyncHdr=407, Alert=407, Replace=407, Final');
  });

  test('no credential to check the server by: no command of it is run', () => {
    const account = { CLCRED: clcred('md5'), SRVCRED: srvcred('md5') };
    const pair = new Pair({
      plan: () => WRITE,
      client: { CLCRED: clcred('md5') },
      server: { account },
    }).run();
    expectNothingDone(pair);
    expect(pair.ends).toEqual(['unauthenticated', 'unauthenticated']);
  });

  test('a client that goes on for ever is answered a bounded number of times (interop 9)', () => {
    const account = { CLCRED: clcred('md5'), SRVCRED: srvcred('md5') };
    const { server, wire } = new Pair({
      client: { CLCRED: clcred('md5', 'guess') },
      server: { account },
    }).run();
    const last = wire.findLast(({ from }) => from === 'client')!.message;
    const next = { ...last, SyncHdr: { ...last.SyncHdr, MsgID: '4' } };
    expect(() => server.step({ kind: 'message', message: next }, 0)).toThrow('over');
  });
});

describe('who is not known', () => {
  test('is challenged like a known one with a wrong secret, to the letter (AC-13)', () => {
    const guess = { clientCLCRED: clcred('md5', 'guess') };
    const known = play(guess);
    const unknown = play(guess, { server: { account: undefined } });
    expect(unknown.ends).toEqual(['unauthenticated', 'unauthenticated']);
    const answers = (pair: Pair) =>
      pair.wire.filter(({ from }) => from === 'server').map(({ message }) => withoutNonce(message));
    expect(answers(unknown)).toEqual(answers(known));
    expect(answers(unknown)).toHaveLength(3);
  });

  test('is asked for the scheme that the known ones use', () => {
    const pair = play(
      { clientCLCRED: clcred('basic') },
      { server: { account: undefined, decoyScheme: 'basic' } },
    );
    expect(pair.wire[1]?.message.SyncBody.commands[0]).toMatchObject({
      Chal: { Meta: { Type: 'syncml:auth-basic', Format: 'b64' } },
    });
  });
});

describe('policy', () => {
  test('basic where md5 is required is refused, right secret or not (AC-12) [DMPRO 9-2]', () => {
    const basic = clcred('basic');
    const pair = play({ clientCLCRED: basic });
    // A client that has the secret can step up, and does.
    expect(shape(pair)[1]).toContain('SyncHdr=401');
    expectDone(pair);
  });

  test('a client that holds only the hash never steps down to basic', () => {
    const pair = play({ clientCLCRED: clcred('md5'), serverCLCRED: clcred('basic') });
    expect(pair.ends[0]).toBe('unauthenticated');
    expect(pair.wire.filter(({ from }) => from === 'client')).toHaveLength(1);
  });

  test.each([0, 1, 2, 5])(
    'challengesMax %d is the bound of what a guess is answered',
    (challengesMax) => {
      const guess = clcred('md5', 'guess');
      const account = { CLCRED: clcred('md5'), SRVCRED: srvcred('md5') };
      const { server } = new Pair({ server: { account, challengesMax } });
      const answers: string[] = [];
      for (let MsgID = 1; server.state !== 'Ended'; MsgID++) {
        const message = package1By(guess, String(MsgID));
        for (const effect of server.step({ kind: 'message', message }, 0)) {
          if (effect.kind === 'reply') answers.push(outline(effect.message));
        }
      }
      expect(answers).toEqual(Array(challengesMax + 1).fill('SyncHdr=401, Alert=401, Final'));
    },
  );

  test('an event without an entry leaves a proven peer proven: 212 spares later Creds', () => {
    expect(VERIFIER_TRANSITIONS.Proven.missing).toBeUndefined();
    expect(VERIFIER_TRANSITIONS.Proven.wrong).toBe('Unproven');
  });
});

function withoutNonce(message: SyncML): string {
  return JSON.stringify(message, (name, value) => (name === 'NextNonce' ? 'nonce' : value));
}

function package1By(credential: Credential, MsgID: string): SyncML {
  return {
    SyncHdr: {
      VerDTD: '1.2',
      VerProto: 'DM/1.2',
      SessionID: '1',
      MsgID,
      Target: { LocURI: URL_OF_SERVER },
      Source: { LocURI: DEV_ID },
      Cred: makeCred(credential)!,
    },
    SyncBody: { commands: [{ kind: 'Alert', CmdID: '1', Data: '1201', Items: [] }], Final: true },
  };
}
