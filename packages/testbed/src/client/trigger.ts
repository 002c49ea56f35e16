/** A client that is not ours: made to open a session by a command, or by the person who holds it. */
import { spawn } from 'node:child_process';
import type { ClientGround, ClientUnderTest } from './bench.ts';

/** What every client has that keeps to OMA-DMSTDOBJ. */
export const STANDARD_GROUND: ClientGround = {
  parent: './DMAcc',
  leaves: ['Name', 'PrefConRef'],
  readOnly: './DevInfo/Man',
  permanent: './DevInfo',
};

/** A trigger that takes longer is ended. */
const TRIGGER_MS = 30_000;

/**
 * Runs `command` in a shell for each session that a case needs. It finds Package #0 in UEPROV_PACKAGE0, in hex; one that
 * delivers those octets (`isNotified`) lets the notification itself be tried.
 */
export function triggeredBy(command: string, isNotified: boolean): ClientUnderTest {
  return {
    isNotified,
    ground: STANDARD_GROUND,
    open: (package0) =>
      new Promise((resolve, reject) => {
        const env = { ...process.env, UEPROV_PACKAGE0: Buffer.from(package0).toString('hex') };
        const child = spawn(command, { shell: true, env, stdio: 'ignore', timeout: TRIGGER_MS });
        child.on('error', reject);
        child.on('spawn', () => resolve());
      }),
  };
}

/** Whoever holds the client is told. */
export function triggeredByHand(tell: () => void): ClientUnderTest {
  return {
    isNotified: false,
    ground: STANDARD_GROUND,
    open: async () => tell(),
  };
}
