/** Row NOT-1: what a client makes of a Package #0. OMA-DMNOT 6.2, interop findings 1 to 4. */
import { randomBytes } from 'node:crypto';
import { triggerDigest } from '@ueprov/protocols/digest';
import { get } from '../../conformance/draft.ts';
import { requireEqual, requireThat } from '../../conformance/require.ts';
import { type ClientBench, SILENCE_MS } from '../bench.ts';
import type { ClientCase } from '../case.ts';

const CLAUSE = 'OMA-DMNOT 6.2';

function notified(
  id: string,
  title: string,
  script: (bench: ClientBench) => Promise<void>,
): ClientCase {
  return {
    id,
    clause: CLAUSE,
    title,
    run: async (bench) => {
      bench.needNotification();
      await script(bench);
    },
  };
}

/** A notification that must open no session; `make` gives it for this SessionID. */
function ignored(
  id: string,
  title: string,
  make: (bench: ClientBench, SessionID: number) => Uint8Array,
): ClientCase {
  return notified(id, title, async (bench) => {
    const SessionID = bench.newSessionID();
    await bench.notify(make(bench, SessionID));
    const arrival = await bench.sessionFor(SessionID, SILENCE_MS);
    requireThat(arrival === undefined, 'no session');
    // It was the notification that was refused: a right one still opens a session.
    await bench.arrive();
  });
}

/** Octets of a trigger changed, and the digest made right again. */
function redigested(
  bench: ClientBench,
  SessionID: number,
  change: (trigger: Uint8Array) => Uint8Array,
): Uint8Array {
  const { server } = bench.account;
  const trigger = change(bench.package0(SessionID).slice(16));
  return Buffer.concat([triggerDigest(server.hash, server.nonce, trigger), trigger]);
}

function withOctet(trigger: Uint8Array, at: number, value: number): Uint8Array {
  const changed = trigger.slice();
  changed[at] = value;
  return changed;
}

export const NOT_CASES: readonly ClientCase[] = [
  notified('NOT-1.1', 'a right digest opens the session that it names', async (bench) => {
    const SessionID = bench.newSessionID();
    const session = await bench.arrive(SessionID);
    requireEqual(session.SessionID, SessionID.toString(16).toUpperCase(), 'SessionID');
  }),
  ignored('NOT-1.2', 'a wrong digest is ignored', (bench, SessionID) => {
    const package0 = bench.package0(SessionID);
    return withOctet(package0, 3, (package0[3] ?? 0) ^ 1);
  }),
  ignored('NOT-1.3', 'the digest of another password is ignored', (bench, SessionID) =>
    bench.package0(SessionID, {}, bench.account.server.nonce, 'not the secret'),
  ),
  ignored('NOT-1.4', 'the digest of another nonce is ignored', (bench, SessionID) =>
    bench.package0(SessionID, {}, randomBytes(16)),
  ),
  ignored('NOT-1.5', 'a server that is not known is ignored', (bench, SessionID) =>
    bench.package0(SessionID, { ServerID: 'other.example' }),
  ),
  ignored('NOT-1.6', 'what ends inside the header is ignored', (bench, SessionID) =>
    bench.package0(SessionID).slice(0, 22),
  ),
  ignored('NOT-1.7', 'an identifier longer than the message is ignored', (bench, SessionID) =>
    redigested(bench, SessionID, (trigger) => withOctet(trigger, 7, 0xff)),
  ),
  ignored('NOT-1.8', 'sessionid 0 is ignored', (bench, SessionID) =>
    redigested(bench, SessionID, (trigger) => withOctet(withOctet(trigger, 5, 0), 6, 0)),
  ),
  notified(
    'NOT-1.9',
    'the digest of four zero octets opens a session in which they are the nonces',
    async (bench) => {
      const zero = new Uint8Array(4);
      const SessionID = bench.newSessionID();
      const session = await bench.arrive(SessionID, bench.package0(SessionID, {}, zero));
      bench.account.client.nonce = zero;
      bench.account.server.nonce = zero;
      requireEqual(session.isProven, true, 'the proof made with four zero octets');
      const asked = get('./DevInfo/Man');
      const chal = bench.account.client.challenge(randomBytes(16));
      await session.reply({ chal, commands: [asked] });
      (await session.answer()).require([asked, '200']);
    },
  ),
  notified('NOT-1.10', 'a notification that comes again opens no second session', async (bench) => {
    const SessionID = bench.newSessionID();
    const package0 = bench.package0(SessionID);
    const session = await bench.arrive(SessionID, package0);
    await bench.notify(package0);
    requireThat((await bench.next(SILENCE_MS)) === undefined, 'no second session');
    await session.authenticate();
    await session.finish();
    // The session renewed no nonce: the digest is right for ever.
    await bench.notify(package0);
    requireThat(
      (await bench.next(SILENCE_MS)) === undefined,
      'no session after the end of the first',
    );
  }),
  notified(
    'NOT-1.11',
    'vendor data at the end is covered by the digest and does no harm',
    async (bench) => {
      const SessionID = bench.newSessionID();
      const vendor = Buffer.from('vendor data');
      await bench.arrive(SessionID, bench.package0(SessionID, { vendor }));
    },
  ),
  ignored(
    'NOT-1.12',
    'vendor data that the digest does not cover is a wrong digest',
    (bench, SessionID) => Buffer.concat([bench.package0(SessionID), Buffer.from('x')]),
  ),
  notified('NOT-1.13', 'bits of future use are ignored', async (bench) => {
    const package0 = redigested(bench, bench.newSessionID(), (trigger) =>
      withOctet(trigger, 4, 0xa5),
    );
    const number = Buffer.from(package0).readUInt16BE(21);
    const session = await bench.arrive(number, package0);
    requireEqual(session.SessionID, number.toString(16).toUpperCase(), 'SessionID');
  }),
  notified('NOT-1.14', 'the version of DM 1.2 is 11, and 10 and 12 are like it', async (bench) => {
    const SessionID = bench.newSessionID();
    await bench.arrive(SessionID, bench.package0(SessionID, { version: 11 }));
  }),
];
