/**
 * Severities: their level, their place in a syslog PRI, their Mark in a Generic Alert.
 *
 * PKT-SP-UE-PROV 6.8.3.1.3.1 and Table 10. Where the words of Table 10 differ from RFC 3164 (5 and
 * 6), its numbers count.
 */
import { SEVERITIES, type Severity } from '../mo/index.ts';

export { SEVERITIES, type Severity } from '../mo/index.ts';

/** [R-6.8.3.1.5.1-1] local0. */
export const FACILITY = 16;

/** Table 10, the legacy column, for events of earlier PacketCable specifications. */
export const LEGACY_SEVERITIES = [
  'emergency',
  'alert',
  'critical',
  'error',
  'warning',
  'info',
  'notice',
  'debug',
] as const;

/** [R-6.8.3.1.6-4] The values that a Mark has, the most important first. */
export const MARKS = [
  'fatal',
  'critical',
  'minor',
  'warning',
  'informational',
  'harmless',
  'indeterminate',
] as const;

export type Mark = (typeof MARKS)[number];

/** 0 is the most important, 7 the least. */
export function levelOf(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** The severity of a level from 0 to 7; beyond, the least important. */
export function severityOfLevel(level: number): Severity {
  return SEVERITIES[level] ?? 'indeterminate';
}

/** The severity that a word of either column of Table 10 names, in any case. */
export function severityOfWord(word: string): Severity | undefined {
  const name = word.trim().toLowerCase();
  const level = (LEGACY_SEVERITIES as readonly string[]).indexOf(name);
  return SEVERITIES.find((severity) => severity === name) ?? SEVERITIES[level];
}

/**
 * [R-6.8.3.1.5.1-i2] 128 to 135. [R-6.8.3.1.5.2-i1] [R-6.8.3.1.5.1-i1] 16 times 8 plus the level.
 */
export function priorityOf(severity: Severity): number {
  return FACILITY * 8 + levelOf(severity);
}

/**
 * The Mark of a severity; `alert` has none of its own and is sent as the next one that OMA knows.
 */
export function markOf(severity: Severity): Mark {
  return severity === 'alert' ? 'critical' : severity;
}

/** OMA-DMPRO: an alert without a Mark is informational; so is one whose Mark says nothing. */
export function severityOfMark(Mark: string | undefined): Severity {
  return severityOfWord(Mark ?? '') ?? 'informational';
}
