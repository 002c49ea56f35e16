/** Row NOT-2: the Package #0 by which a server wakes its device. OMA-DMNOT 6, PKT-SP-UE-PROV 6.2.4 and 6.7 UE-3. */
import { randomBytes } from 'node:crypto';
import { syncmlHash } from '@ueprov/protocols/digest';
import { decodePackage0, sessionIdText, verifyPackage0 } from '@ueprov/protocols/push';
import { headerOf } from '@ueprov/protocols/sip';
import { Inconclusive } from '../../conformance/case.ts';
import { commandsOf, headerCode } from '../../conformance/received.ts';
import {
  requireEqual,
  requireMatch,
  requireOneOf,
  requireThat,
} from '../../conformance/require.ts';
import type { Notified, ServerBench, ServerCase } from '../bench.ts';
import type { DeviceSession } from '../device-session.ts';

/** A case about one notification; the session that it asks for is opened and served afterwards. */
function notified(
  id: string,
  clause: string,
  title: string,
  check: (notified: Notified, bench: ServerBench) => void,
): ServerCase {
  return {
    id,
    clause,
    title,
    run: async (bench) => {
      const notification = await bench.wake();
      try {
        check(notification, bench);
      } finally {
        // A server that waits for its device would not wake it again.
        await (await answered(bench, notification)).serve();
      }
    },
  };
}

/** The session that a notification asks for. */
async function answered(bench: ServerBench, { package0 }: Notified): Promise<DeviceSession> {
  const session = bench.session(sessionIdText(decodePackage0(package0).SessionID));
  await session.open({ commands: session.package1('1200') });
  return session;
}

export const NOTIFICATION_CASES: readonly ServerCase[] = [
  {
    id: 'NOT-2.1',
    clause: 'OMA-DMNOT 6.2.1',
    title: 'the digest of Package #0 is that of the last nonce',
    run: async (bench) => {
      const session = await bench.open();
      if (commandsOf(session.answer).length === 0)
        throw new Inconclusive('the server asks for nothing, and is handed no nonce');
      const { server, facts } = bench.account;
      await session.say({ code: '212', chal: server.challenge(randomBytes(16)) });
      await session.serve();
      const hash = syncmlHash(facts.ServerID, server.secret);
      const notification = await bench.wake();
      const verdict = verifyPackage0(decodePackage0(notification.package0), hash, server.nonce);
      await (await answered(bench, notification)).serve();
      requireEqual(verdict, 'ok', 'digest');
    },
  },
  notified(
    'NOT-2.2',
    'OMA-DMNOT 6.2.2',
    'Package #0 names the server, in version 11, with no bit of future use',
    ({ package0: bytes }, bench) => {
      const { version, ServerID, vendor } = decodePackage0(bytes);
      requireEqual([version, ServerID], [11, bench.options.facts.ServerID], 'version and ServerID');
      requireEqual(
        [(bytes[17] ?? 0) & 7, ...bytes.slice(18, 21)],
        [0, 0, 0, 0],
        'bits of future use',
      );
      requireEqual(bytes[23], Buffer.byteLength(ServerID), 'length-identifier');
      requireThat(bytes.length === 24 + Buffer.byteLength(ServerID) + vendor.length, 'its length');
    },
  ),
  {
    id: 'NOT-2.3',
    clause: 'OMA-DMNOT 6.2.2.5',
    title: 'each session that a server asks for has a sessionid of its own, and never 0',
    run: async (bench) => {
      const ids: number[] = [];
      for (let count = 0; count < 2; count++) {
        const notification = await bench.wake();
        ids.push(decodePackage0(notification.package0).SessionID);
        await (await answered(bench, notification)).serve();
      }
      requireThat(!ids.includes(0), 'no sessionid 0');
      requireEqual(new Set(ids).size, 2, 'different sessionids');
    },
  },
  {
    id: 'NOT-2.4',
    clause: 'OMA-DMPRO 8.3',
    title: 'the session that Package #0 asked for is served under its sessionid',
    run: async (bench) => {
      const notification = await bench.wake();
      const session = await answered(bench, notification);
      requireOneOf(headerCode(session.answer), ['212', '200'], 'Status of the SyncHdr');
      const { SessionID } = session.answer.message.SyncHdr;
      const asked = sessionIdText(decodePackage0(notification.package0).SessionID);
      requireEqual(SessionID, asked, 'SessionID');
      await session.serve();
    },
  },
  notified(
    'NOT-2.5',
    'PKT-SP-UE-PROV Appendix I step 3',
    'the MESSAGE is a push for the DM client, and asks for contacts that take one',
    ({ message }) => {
      requireMatch(
        headerOf(message, 'Content-Type'),
        /^application\/vnd\.oma\.push/i,
        'Content-Type',
      );
      requireMatch(
        headerOf(message, 'Accept-Contact'),
        /pusheventapp=.*syncml\.dm/i,
        'Accept-Contact',
      );
    },
  ),
];
