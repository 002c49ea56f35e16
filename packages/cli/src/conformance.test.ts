import { expect, test } from 'vitest';
import { clientByKit, serverByKit } from './testing/kit-processes.ts';
import type { Ended } from './testing/program.ts';

/** Three processes that start, on a busy machine. */
const PROCESSES_MS = 60_000;

/** A sample; `npm run test:peers -- conformance` runs every case. */
function verdicts({ stdout }: Ended): readonly string[] {
  const { results } = JSON.parse(stdout) as {
    results: readonly { id: string; verdict: string; evidence: readonly unknown[] }[];
  };
  expect(results.every(({ evidence }) => evidence.length > 0)).toBe(true);
  return results.map(({ id, verdict }) => `${id} ${verdict}`);
}

test(
  'ueprov conformance server tries a server by its URL, and its Package #0 by SIP',
  async () => {
    const ended = await serverByKit(['--only', 'HDR-1.3,LOB-1.1,NOT-2.1,NOT-2.3']);
    expect([ended.code, ended.stderr]).toEqual([0, expect.stringContaining('pass  NOT-2.3')]);
    const passed = ['HDR-1.3 pass', 'LOB-1.1 pass', 'NOT-2.1 pass', 'NOT-2.3 pass'];
    expect(verdicts(ended)).toEqual(passed);
  },
  PROCESSES_MS,
);

test(
  'ueprov conformance client tries a client that registers with the kit',
  async () => {
    const ended = await clientByKit(['--only', 'PKG-3.3,GET-1.9,NOT-1.1,NOT-1.2']);
    expect([ended.code, ended.stderr]).toEqual([0, expect.stringContaining('pass  PKG-3.3')]);
    const passed = ['PKG-3.3 pass', 'GET-1.9 pass', 'NOT-1.1 pass', 'NOT-1.2 pass'];
    expect(verdicts(ended)).toEqual(passed);
  },
  PROCESSES_MS,
);
