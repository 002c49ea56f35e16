/** Runs suites one after the other and counts their checks. */
import type { Suite } from './suite.ts';

/** A suite that hangs must not hang all others. */
export const SUITE_TIMEOUT_MS = 300_000;

export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

export async function runSuite(
  suite: Suite,
  say: (line: string) => void,
  timeoutMs = SUITE_TIMEOUT_MS,
): Promise<Tally> {
  let passed = 0;
  let failed = 0;
  const fail = (name: string, reason: unknown) => {
    failed++;
    say(`FAIL ${suite.name}: ${name}\n${indented(reason)}`);
  };
  const check = async (name: string, body: () => Promise<void> | void) => {
    const startedAt = performance.now();
    try {
      await body();
      passed++;
      say(`ok   ${suite.name}: ${name} (${Math.round(performance.now() - startedAt)} ms)`);
    } catch (error) {
      fail(name, error);
    }
  };
  const alarm = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    alarm.reject(new Error(`not finished after ${timeoutMs / 1000} s`));
  }, timeoutMs);
  try {
    await Promise.race([suite.run({ check }), alarm.promise]);
    if (passed + failed === 0) fail('the suite', new Error('it made no check'));
  } catch (error) {
    fail('the suite', error);
  } finally {
    clearTimeout(timer);
  }
  return { passed, failed };
}

function indented(reason: unknown): string {
  const text = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
  return text.replace(/^/gm, '     ');
}

/** The last line of a run: what CI adds up. */
export function formatTally({ passed, failed }: Tally, skipped: number): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
