/** What a case may require. Each throws a Violation in words that name what was expected and what came. */
import { Violation } from './case.ts';

export function requireThat(condition: boolean, rule: string): asserts condition {
  if (!condition) throw new Violation(rule);
}

export function requireEqual<Value>(actual: Value, expected: Value, what: string): void {
  if (JSON.stringify(actual) === JSON.stringify(expected)) return;
  throw new Violation(`${what}: ${shown(actual)}, not ${shown(expected)}`);
}

/** One of several values, where the standard leaves a choice. */
export function requireOneOf<Value>(actual: Value, allowed: readonly Value[], what: string): void {
  if (allowed.includes(actual)) return;
  throw new Violation(`${what}: ${shown(actual)}, not ${allowed.map(shown).join(' or ')}`);
}

export function requireMatch(actual: string | undefined, pattern: RegExp, what: string): void {
  if (actual !== undefined && pattern.test(actual)) return;
  throw new Violation(`${what}: ${shown(actual)} does not match ${pattern}`);
}

const SHOWN_MAX = 200;

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}...` : text;
}
