/**
 * The wake-up path through a core and UEs that are not ours, when the network is bad: every wake ends in a session or
 * in a reason that an operator can read. PKT-SP-UE-PROV 6.7 UE-1 to UE-3.
 */
import assert from 'node:assert/strict';
import type { Check, Suite } from '../../tools/suite/suite.ts';
import { wakeFleet } from './sip/fleet.ts';
import { playHere, playWithLoss } from './sip/namespace.ts';
import { hasEnded, type Played } from './sip/played.ts';

const PACKAGES = ['kamailio', 'kamailio-extra-modules', 'sip-tester', 'nftables', 'iproute2'];
const FLEET = 5000;
const LOSS_PERCENT = 30;
const TRANSPORTS = ['udp', 'tcp'] as const;

export const suite: Suite = {
  name: 'sip',
  packages: PACKAGES,
  async run(t) {
    await fleet(t);
    await underLoss(t);
    await throughRestart(t);
  },
};

/** SIPp's UEs answer, and never open a session: that, too, is an end that the funnel shows. */
async function fleet(t: Check): Promise<void> {
  const name = `${FLEET} UEs of SIPp are all woken, and the funnel adds up [R-6.7-6]`;
  await t.check(name, async () => {
    const { wakes, taken } = await wakeFleet(FLEET);
    const { requested, coalesced, sent, queued, answered, inFlight, awaiting } = wakes;
    const unsent = sum(wakes.unsent);
    const failed = sum(wakes.failed);
    assert.equal(requested, coalesced + sent + unsent + queued, JSON.stringify(wakes));
    assert.equal(sent, answered + failed + inFlight, JSON.stringify(wakes));
    assert.equal(answered, wakes.session + wakes.silent + awaiting, JSON.stringify(wakes));
    assert.deepEqual(
      { sent, answered, failed, inFlight, queued, unsent, taken },
      {
        sent: FLEET,
        answered: FLEET,
        failed: 0,
        inFlight: 0,
        queued: 0,
        unsent: 0,
        taken: FLEET,
      },
    );
  });
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

/** All at once, each in a namespace of its own: most of it is waiting for timers. */
async function underLoss(t: Check): Promise<void> {
  const plays = TRANSPORTS.map((transport) => ({
    transport,
    played: playWithLoss({ ues: 10, transport, patienceMs: 150_000 }, LOSS_PERCENT),
  }));
  await Promise.allSettled(plays.map(({ played }) => played));
  for (const { transport, played } of plays) {
    await t.check(`with ${LOSS_PERCENT} % loss on ${transport} every wake ends`, async () => {
      assertAllEnded(await played, 10);
    });
  }
}

async function throughRestart(t: Check): Promise<void> {
  for (const transport of TRANSPORTS) {
    await t.check(`Kamailio restarts in the middle, on ${transport}: every wake ends`, async () => {
      const play = { ues: 40, transport, restartAfter: 3, patienceMs: 120_000 };
      assertAllEnded(await playHere(play), 40);
    });
  }
}

function assertAllEnded({ devices }: Played, ues: number): void {
  assert.equal(devices.length, ues);
  assert.deepEqual(
    devices.filter((device) => !hasEnded(device)),
    [],
    'wakes without an end',
  );
  // One that never registered was never woken, and is no proof of anything.
  const verified = devices.filter(({ config }) => config === 'verified').length;
  assert.ok(verified > 0, `${verified} of ${ues} devices verified`);
}
