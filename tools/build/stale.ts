/**
 * Is a target older than its sources? Decided by modification times alone, in a few milliseconds,
 * because `npm start` asks it each time. Folders count too: their time changes when a file goes.
 */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Target } from './target.ts';

/** Its modification time is the moment before the last good build of the folder it lies in. */
export const STAMP = '.stamp';

export function isStale(target: Target): boolean {
  const stamp = join(target.dist, STAMP);
  if (!existsSync(stamp)) return true;
  const built = statSync(stamp).mtimeMs;
  return target.sources.some((source) => existsSync(source) && newest(source) > built);
}

/** Marks a target as built from what its sources were at `startedAt` (milliseconds). */
export function stamp(target: Target, startedAt: number): void {
  mkdirSync(target.dist, { recursive: true });
  const path = join(target.dist, STAMP);
  closeSync(openSync(path, 'w'));
  utimesSync(path, startedAt / 1000, startedAt / 1000);
}

/** The latest modification time of a file, or of a folder and all that is in it. */
function newest(path: string): number {
  const entry = statSync(path);
  if (!entry.isDirectory()) return isTest(path) ? 0 : entry.mtimeMs;
  const inside = readdirSync(path).map((name) => newest(join(path, name)));
  return Math.max(entry.mtimeMs, ...inside);
}

/** Tests are not built; a change in one makes nothing stale. */
function isTest(path: string): boolean {
  return /\.test\.tsx?$/.test(path);
}
