/** Sessions that prove every message: syncml:auth-MAC both ways. OMA-DMSEC 5.1.4. */
import { describe, expect, test } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../bytes.ts';
import { decodeSyncML } from '../syncml/decode.ts';
import { encodeSyncML } from '../syncml/encode.ts';
import { type AuthScheme, credentialOf, withNonce } from './auth.ts';
import type { Operation } from './server-interface.ts';
import { outline, Pair, type PairOptions, seededRandom } from './testing/pair.ts';

const nonce = (octet: number) => new Uint8Array(16).fill(octet);
const clcred = (scheme: AuthScheme = 'hmac', secret = 'client-secret') =>
  credentialOf(scheme, 'device', secret, nonce(1));
const srvcred = (scheme: AuthScheme = 'hmac', secret = 'server-secret') =>
  credentialOf(scheme, 'server', secret, nonce(2));
const WRITE: readonly Operation[] = [
  { id: 'write', kind: 'Replace', uri: './XX/YY/Count', Format: 'int', Data: '10' },
];

function play(options: PairOptions = {}): Pair {
  return new Pair({
    plan: (round) => (round === 0 ? WRITE : []),
    ...options,
    client: { CLCRED: clcred(), SRVCRED: srvcred(), ...options.client },
    server: { account: { CLCRED: clcred(), SRVCRED: srvcred() }, ...options.server },
  }).run();
}

const shape = (pair: Pair) => pair.wire.map(({ message }) => outline(message));
const count = (pair: Pair) => pair.tree.text('./XX/YY/Count');

/** The header of each message, by direction, as it left. */
function listening(change: (header: string, index: number) => string | undefined = (h) => h) {
  const headers: string[] = [];
  const tamperMac = (header: string) => {
    headers.push(header);
    return change(header, headers.length);
  };
  return { headers, tamperMac };
}

describe('hmac both ways', () => {
  test('I-6: every message has the header and no Cred, every Status is 200 with the next nonce [DMSEC 5.1.4-1] [DMSEC 5.1.4-2]', () => {
    const { headers, tamperMac } = listening();
    const pair = play({ tamperMac });
    expect(shape(pair)).toEqual([
      'Alert 1200, Replace, Final',
      'SyncHdr=200, Alert=200, Replace=200, Replace, Final',
      'SyncHdr=200, Replace=200, Final',
      'SyncHdr=200, Final',
    ]);
    expect(pair.results).toEqual(['write: 200']);
    expect(pair.ends).toEqual(['completed', 'completed']);
    expect(headers).toHaveLength(4);
    const nonces = pair.wire.slice(1).map(({ message }) => {
      expect(message.SyncHdr.Cred).toBeUndefined();
      const [head] = message.SyncBody.commands;
      return head?.kind === 'Status' ? head.Chal?.Meta : undefined;
    });
    for (const Meta of nonces) expect(Meta).toMatchObject({ Type: 'syncml:auth-MAC' });
    expect(new Set(nonces.map((Meta) => Meta?.NextNonce?.join())).size).toBe(3);
    expect(pair.serverEffects).toContainEqual(
      expect.objectContaining({ kind: 'authenticated', scheme: 'hmac' }),
    );
  });

  test('both sides keep the newest nonces, and the next session needs no challenge [DMSEC 5.3-1]', () => {
    const first = play();
    const kept = (level: 'CLCRED' | 'SRVCRED') => {
      expect(first.nonce('client', level)).toEqual(first.nonce('server', level));
      return first.nonce('client', level)!;
    };
    const CLCRED = withNonce(clcred(), kept('CLCRED'));
    const SRVCRED = withNonce(srvcred(), kept('SRVCRED'));
    const second = play({
      client: { CLCRED, SRVCRED, random: seededRandom(21) },
      server: { account: { CLCRED, SRVCRED }, random: seededRandom(22) },
    });
    expect(shape(second)).toHaveLength(4);
    expect(second.results).toEqual(['write: 200']);
  });

  test('nonces lost on one side, or on both, are repaired in the same session (AC-11) [DMSEC 5.3-2]', () => {
    const lost = {
      client: { client: { CLCRED: withNonce(clcred(), nonce(9)) } },
      server: {
        server: { account: { CLCRED: clcred(), SRVCRED: withNonce(srvcred(), nonce(8)) } },
      },
    };
    for (const options of [lost.client, lost.server, { ...lost.client, ...lost.server }]) {
      const pair = play(options);
      expect(pair.results).toEqual(['write: 200']);
      expect(pair.ends).toEqual(['completed', 'completed']);
    }
  });

  test('AC-12: a header that is missing in the middle ends the session, and nothing more is done [DMSEC 5.1.4-3]', () => {
    const wrong = 'algorithm=MD5, username="server", mac=AAAAAAAAAAAAAAAAAAAAAA==';
    for (const header of [undefined, wrong]) {
      const pair = play({
        tamperMac: (sent, direction) => (direction === 'to-client' ? header : sent),
      });
      expect(count(pair)).toBe('1');
      expect(pair.ends).toEqual(['unauthenticated', 'unauthenticated']);
    }
    const third = listening((sent, index) => (index === 3 ? undefined : sent));
    const pair = play({ tamperMac: third.tamperMac });
    expect(shape(pair)[3]).toBe('SyncHdr=407, Final');
    expect(pair.results).toEqual([]);
    expect(pair.ends[1]).toBe('unauthenticated');
  });

  test('AC-15: a message changed on its way is not acted on', () => {
    const pair = play({
      tamper: (message, direction) => {
        if (direction === 'to-server') return message;
        const text = decodeUtf8(encodeSyncML(message, 'xml'));
        return decodeSyncML(encodeUtf8(text.replace('>10<', '>66<')), 'xml');
      },
    });
    expect(count(pair)).toBe('1');
    expect(pair.results).toEqual([]);
  });

  test('a wrong secret is challenged a bounded number of times, nothing is said about the account', () => {
    const guess = { CLCRED: clcred('hmac', 'guess') };
    const known = play({ client: guess });
    const unknown = play({ client: guess, server: { account: undefined, decoyScheme: 'hmac' } });
    expect(known.ends).toEqual(['unauthenticated', 'unauthenticated']);
    expect(shape(unknown)).toEqual(shape(known));
    expect(count(known)).toBe('1');
    const { headers, tamperMac } = listening();
    play({ client: guess, tamperMac });
    // The server proves nothing to who has proved nothing.
    expect(headers.every((header) => header.includes('username="device"'))).toBe(true);
  });

  test('the same message again has the same answer, its MAC too', () => {
    const pair = play();
    const { wire, server } = pair;
    const last = wire.findLast(({ from }) => from === 'client')!.message;
    const [again] = server.step({ kind: 'message', message: last }, pair.now);
    expect(again).toMatchObject({ kind: 'reply', mac: expect.any(Function) });
  });
});

describe('the least scheme (AC-12)', () => {
  test.each([
    ['basic', 'md5'],
    ['basic', 'hmac'],
    ['md5', 'hmac'],
  ] as const)(
    '%s is not accepted where %s is the least; who has the secret steps up [DMSEC 5.1-1]',
    (held, least) => {
      const pair = play({
        client: { CLCRED: clcred(held), SRVCRED: srvcred(least) },
        server: {
          account: { CLCRED: clcred(held), SRVCRED: srvcred(least) },
          minimumScheme: least,
        },
      });
      expect(shape(pair)[1]).toBe('SyncHdr=401, Alert=401, Replace=401, Final');
      expect(pair.results).toEqual(['write: 200']);
      expect(pair.serverEffects).toContainEqual(
        expect.objectContaining({ kind: 'authenticated', scheme: least }),
      );
    },
  );

  test('a client never sends its password where md5 is the least', () => {
    const pair = play({
      client: { CLCRED: clcred('basic'), SRVCRED: srvcred(), minimumScheme: 'md5' },
      server: { account: { CLCRED: clcred('basic'), SRVCRED: srvcred() } },
    });
    expect(pair.ends[0]).toBe('unauthenticated');
    for (const { message } of pair.wire) {
      expect(message.SyncHdr.Cred?.Meta?.Type).not.toBe('syncml:auth-basic');
    }
  });

  test('an unknown device is asked for the least scheme like a known one (AC-13)', () => {
    const guess = { CLCRED: clcred('basic', 'guess') };
    const answer = (account: PairOptions['server']) =>
      JSON.stringify(
        play({ client: guess, server: { ...account, minimumScheme: 'md5', decoyScheme: 'basic' } })
          .wire[1]?.message,
        (name, value) => (name === 'NextNonce' ? '' : value),
      );
    expect(answer({ account: undefined })).toBe(
      answer({ account: { CLCRED: clcred('basic'), SRVCRED: srvcred() } }),
    );
  });
});
