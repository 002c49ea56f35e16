import type { TracedMessage } from '@ueprov/provisioning-server/api';
import { expect, test } from 'vitest';
import { COLUMN_NAMES, GUTTER_PX, layOutLadder } from './ladder-layout.ts';

function message(ms: number, from = 'UE', to = 'DM server'): TracedMessage {
  return {
    seq: ms,
    at: new Date(Date.UTC(2026, 0, 1) + ms).toISOString(),
    protocol: 'HTTP',
    from,
    to,
    label: 'Pkg#1',
    contentType: null,
    bytes: 0,
    raw: '',
    text: null,
    error: null,
    notes: [],
    commands: [],
  };
}

test('the four boxes of the figures are columns from left to right, also in an empty trace', () => {
  const { columns, rows } = layOutLadder([], 640);
  expect(columns.map((column) => column.name)).toEqual(COLUMN_NAMES);
  expect(columns.map((column) => column.x)).toEqual(columns.map((c) => c.x).sort((a, b) => a - b));
  expect(columns[0]?.x).toBeGreaterThan(GUTTER_PX);
  expect(rows).toEqual([]);
});

test('a box that is not one of the four gets a column after them', () => {
  const { columns, rows } = layOutLadder([message(0, 'UE', 'File server')], 640);
  expect(columns.at(-1)).toEqual({ name: 'File server', x: rows[0]?.toX });
  expect(columns).toHaveLength(5);
});

test('an arrow starts and ends at the columns it names', () => {
  const { columns, rows } = layOutLadder([message(0, 'Core', 'DM notifier')], 640);
  expect([rows[0]?.fromX, rows[0]?.toX]).toEqual([columns[1]?.x, columns[2]?.x]);
});

test('more time between two messages is more way on the axis', () => {
  const { rows } = layOutLadder([message(0), message(10), message(400)], 640);
  const [a, b, c] = rows.map((row) => row.y);
  expect(c! - b!).toBeGreaterThan(b! - a!);
  expect(rows.map((row) => row.sinceBeforeMs)).toEqual([0, 10, 390]);
  expect(rows.map((row) => row.sinceStartMs)).toEqual([0, 10, 400]);
});

test('a gap of one second is drawn whole, a longer one as a break with its length', () => {
  expect(layOutLadder([message(0), message(1000)], 640).breaks).toEqual([]);
  const { breaks, rows } = layOutLadder([message(0), message(1001)], 640);
  expect(breaks.map((gap) => gap.ms)).toEqual([1001]);
  expect(breaks[0]!.y).toBeGreaterThan(rows[0]!.y);
  expect(breaks[0]!.y).toBeLessThan(rows[1]!.y);
});

test('a gap of an hour takes no more room than one of two seconds', () => {
  const height = (ms: number) => layOutLadder([message(0), message(ms)], 640).height;
  expect(height(3_600_000)).toBe(height(2_000));
});

test('messages of the same instant do not lie on each other', () => {
  const { rows } = layOutLadder([message(5), message(5)], 640);
  expect(rows[1]!.y - rows[0]!.y).toBeGreaterThanOrEqual(30);
});
