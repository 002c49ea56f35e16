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
 * Runs `command` for each session that a case needs. It finds Package #0 in UEPROV_PACKAGE0, in hex; one that
 * delivers those octets (`isNotified`) lets the notification itself be tried.
 */
export function triggeredBy(
  command: string,
  isNotified: boolean,
  ground: ClientGround,
): ClientUnderTest {
  return {
    isNotified,
    ground,
    open: (package0) =>
      runCommand(command, { UEPROV_PACKAGE0: Buffer.from(package0).toString('hex') }),
  };
}

/** Begins a command of the person who runs the kit, in a shell. */
export function runCommand(
  command: string,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...more };
    const child = spawn(command, { shell: true, env, stdio: 'ignore', timeout: TRIGGER_MS });
    child.on('error', reject);
    child.on('spawn', () => resolve());
  });
}

/** Whoever holds the client is told. */
export function triggeredByHand(tell: () => void, ground: ClientGround): ClientUnderTest {
  return { isNotified: false, ground, open: async () => tell() };
}
