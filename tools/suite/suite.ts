/**
 * What `test/peers/*.ts` export as `suite`: checks of our programs against programs that are not ours.
 * peers.ts finds and runs them.
 */
export interface Check {
  /** Runs the body; a throw is a failed check, and the suite goes on. */
  check(name: string, body: () => Promise<void> | void): Promise<void>;
}

export interface Suite {
  readonly name: string;
  /** Debian packages without which it cannot run. */
  readonly packages: readonly string[];
  run(t: Check): Promise<void>;
}

export function isSuite(value: unknown): value is Suite {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    typeof value.name === 'string' &&
    'packages' in value &&
    Array.isArray(value.packages) &&
    'run' in value &&
    typeof value.run === 'function'
  );
}
