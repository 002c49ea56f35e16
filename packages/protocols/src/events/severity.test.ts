import { expect, it } from 'vitest';
import {
  LEGACY_SEVERITIES,
  levelOf,
  MARKS,
  markOf,
  priorityOf,
  SEVERITIES,
  severityOfLevel,
  severityOfMark,
  severityOfWord,
} from './index.ts';

/** Table 10: level, OMA, legacy, then the priority of 6.8.3.1.5.1. */
const TABLE_10 = [
  [0, 'fatal', 'emergency', 128],
  [1, 'alert', 'alert', 129],
  [2, 'critical', 'critical', 130],
  [3, 'minor', 'error', 131],
  [4, 'warning', 'warning', 132],
  [5, 'informational', 'info', 133],
  [6, 'harmless', 'notice', 134],
  [7, 'indeterminate', 'debug', 135],
] as const;

it.each(TABLE_10)(
  'level %i is %s, once %s, and has priority %i [R-6.8.3.1.5.1-1] [R-6.8.3.1.5.1-i1] [R-6.8.3.1.5.1-i2] [R-6.8.3.1.5.2-i1]',
  (level, severity, legacy, priority) => {
    expect(SEVERITIES[level]).toBe(severity);
    expect(LEGACY_SEVERITIES[level]).toBe(legacy);
    expect(levelOf(severity)).toBe(level);
    expect(severityOfLevel(level)).toBe(severity);
    expect(severityOfWord(legacy.toUpperCase())).toBe(severity);
    expect(priorityOf(severity)).toBe(priority);
  },
);

it('every severity has one of the seven Marks [R-6.8.3.1.6-4]', () => {
  expect(MARKS).toHaveLength(7);
  for (const severity of SEVERITIES) expect(MARKS).toContain(markOf(severity));
  for (const mark of MARKS) expect(markOf(severityOfMark(mark))).toBe(mark);
  expect(markOf('alert')).toBe('critical');
});

it('a Mark is read in any case, and without a known one an alert is informational', () => {
  expect(severityOfMark(' Fatal ')).toBe('fatal');
  expect(severityOfMark(undefined)).toBe('informational');
  expect(severityOfMark('terrible')).toBe('informational');
  expect(severityOfLevel(8)).toBe('indeterminate');
});
