/**
 * Sessions over a network that loses and repeats messages, on virtual time and seeded: a failing seed is in the
 * test's output. Whatever is lost, what the server believes is what the tree holds.
 */
import { expect, test } from 'vitest';
import { decodeSyncML } from '../syncml/decode.ts';
import { encodeSyncML } from '../syncml/encode.ts';
import type { SyncML } from '../syncml/message.ts';
import { credentialOf } from './auth.ts';
import type { Operation } from './server-interface.ts';
import { type Direction, Pair, seededRandom } from './testing/pair.ts';

const SEEDS = 300;
const NODES = 6;
const nonce = new Uint8Array(16).fill(1);
const CLCRED = credentialOf('md5', 'device', 'client-secret', nonce);
const SRVCRED = credentialOf('md5', 'server', 'server-secret', nonce);

interface Played {
  readonly pair: Pair;
  readonly lost: number;
  readonly repeated: number;
}

function play(seed: number): Played {
  const random = seededRandom(seed);
  const chance = (percent: number) => (random(1)[0] ?? 0) < percent * 2.56;
  let lost = 0;
  let repeated = 0;
  const tamper = (message: SyncML, direction: Direction): SyncML | undefined => {
    if (chance(15)) {
      lost += 1;
      return undefined;
    }
    const arrived = decodeSyncML(encodeSyncML(message, 'wbxml'), 'wbxml');
    // The network delivers a request twice: the second time the server has to say the same again.
    if (direction === 'to-server' && chance(15) && repeatedBefore(pair, message)) repeated += 1;
    return arrived;
  };
  const pair = new Pair({
    client: { CLCRED, SRVCRED },
    server: { account: { CLCRED, SRVCRED } },
    tamper,
    plan: (round) => PLAN[round] ?? [],
  });
  pair.run();
  return { pair, lost, repeated };
}

/** Gives the server once more what it answered last. */
function repeatedBefore(pair: Pair, message: SyncML): boolean {
  const before = pair.wire.findLast(({ from }) => from === 'server')?.message;
  const received = pair.wire.findLast(
    (sent) => sent.from === 'client' && sent.message !== message,
  )?.message;
  if (before === undefined || received === undefined || pair.server.state === 'Ended') return false;
  if (received.SyncHdr.MsgID !== before.SyncHdr.MsgID) return false;
  const again = decodeSyncML(encodeSyncML(received, 'wbxml'), 'wbxml');
  const effects = pair.server.step({ kind: 'message', message: again }, pair.now);
  expect(effects).toEqual([{ kind: 'reply', message: before }]);
  return true;
}

const uris = Array.from({ length: NODES }, (_, index) => `./XX/N${index}`);
const PLAN: readonly (readonly Operation[])[] = [
  // Add is the command that shows a second run: it would answer 418.
  uris.map((uri) => ({ id: `add ${uri}`, kind: 'Add', uri, Data: uri })),
  uris.map((uri) => ({ id: `get ${uri}`, kind: 'Get', uri })),
];

test(`what the server was told is what the tree holds, over ${SEEDS} seeds of loss and repetition`, () => {
  const totals = { completed: 0, failed: 0, lost: 0, repeated: 0 };
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { pair, lost, repeated } = play(seed);
    totals.lost += lost;
    totals.repeated += repeated;
    const [clientEnd] = pair.ends;
    expect(clientEnd, `seed ${seed}`).toMatch(/^(?:completed|timeout)$/);
    totals[clientEnd === 'completed' ? 'completed' : 'failed'] += 1;
    for (const result of pair.serverEffects.filter((effect) => effect.kind === 'result')) {
      expect(result.status, `seed ${seed}, ${result.id}`).toBe(200);
      const [verb = '', uri = ''] = result.id.split(' ');
      expect(pair.tree.text(uri), `seed ${seed}`).toBe(uri);
      if (verb === 'get') expect(result.value?.Data, `seed ${seed}`).toBe(uri);
    }
    const executed = pair.clientEffects.filter((effect) => effect.kind === 'executed');
    expect(executed.length, `seed ${seed}`).toBeLessThanOrEqual(2 * NODES);
    if (clientEnd === 'completed') {
      expect(pair.results, `seed ${seed}`).toHaveLength(2 * NODES);
      expect(pair.nonce('client', 'CLCRED'), `seed ${seed}`).toEqual(
        pair.nonce('server', 'CLCRED'),
      );
    }
  }
  // The run means something only if both ends were seen, and each kind of trouble.
  expect(totals.completed).toBeGreaterThan(SEEDS / 2);
  expect(totals.failed).toBeGreaterThan(0);
  expect(totals.lost).toBeGreaterThan(SEEDS);
  expect(totals.repeated).toBeGreaterThan(SEEDS / 10);
});
