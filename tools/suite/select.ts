/** Which suites run, which are left out for want of a Debian package, and what to say about it. */
import { unknownNames } from '../discover.ts';
import type { Suite } from './suite.ts';

export interface Selection {
  readonly run: readonly Suite[];
  readonly skipped: readonly Suite[];
  /** Packages that are not installed, of the suites in question. */
  readonly missing: readonly string[];
  /** Why a run by name is refused. */
  readonly refusal?: string;
}

/** A suite asked for by name has to run; without names, what cannot run is left out and counted. */
export function select(
  suites: readonly Suite[],
  asked: readonly string[],
  installed: ReadonlySet<string>,
): Selection {
  const known = suites.map(({ name }) => name);
  const unknown = unknownNames(asked, known);
  if (unknown.length > 0) {
    const refusal = `no suite ${unknown.join(', ')}; there are ${known.join(', ') || 'none'}`;
    return { run: [], skipped: [], missing: [], refusal };
  }
  const chosen = asked.length === 0 ? suites : suites.filter(({ name }) => asked.includes(name));
  const isRunnable = (suite: Suite) => suite.packages.every((name) => installed.has(name));
  const run = chosen.filter(isRunnable);
  const skipped = chosen.filter((suite) => !isRunnable(suite));
  const missing = packagesOf(chosen).filter((name) => !installed.has(name));
  if (asked.length > 0 && skipped.length > 0) {
    const refusal = `${skipped.map(({ name }) => name).join(', ')} cannot run`;
    return { run: [], skipped, missing, refusal };
  }
  return { run, skipped, missing };
}

/** All packages that the suites need, sorted. */
export function packagesOf(suites: readonly Suite[]): readonly string[] {
  return [...new Set(suites.flatMap(({ packages }) => packages))].sort();
}

export function formatMissing(missing: readonly string[]): string {
  const names = missing.join(' ');
  return `missing Debian packages: ${names} (apt-get install -y --no-install-recommends ${names})`;
}
