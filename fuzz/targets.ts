/** The fuzz targets, found by what their files export, and their kept corpora. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { discover } from '../tools/discover.ts';
import type { FuzzTarget } from './target.ts';

const FOLDER = import.meta.dirname;

/** Every `fuzz/*.ts` that exports a `target`, by name. */
export async function discoverTargets(): Promise<FuzzTarget[]> {
  const modules = await discover(FOLDER, /^(?!main\.ts|.*\.test\.ts).*\.ts$/);
  return modules.flatMap(({ exports: { target } }) => (isTarget(target) ? [target] : []));
}

function isTarget(value: unknown): value is FuzzTarget {
  return typeof value === 'object' && value !== null && 'seeds' in value && 'run' in value;
}

export function corpusFolder(name: string): string {
  return join(FOLDER, 'corpus', name);
}

/** What once failed, or shows something of its own. */
export function corpusOf(name: string): Uint8Array[] {
  const folder = corpusFolder(name);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((file) => new Uint8Array(readFileSync(join(folder, file))));
}
