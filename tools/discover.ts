/** The modules of a folder that a runner may run: name of the file to what it exports. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Sorted by name. Only files directly in the folder that match; tests never. */
export async function discover(folder: string, pattern = /^[a-z0-9-]+\.ts$/) {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => pattern.test(name) && !/\.test\./.test(name));
  return Promise.all(
    files.sort().map(async (file) => {
      const exports: Readonly<Record<string, unknown>> = await import(
        pathToFileURL(join(folder, file)).href
      );
      return { name: file.replace(/\.ts$/, ''), exports };
    }),
  );
}

/** `npm run bench -- B1 B10` with a name that is not there is a mistake, not an empty run. */
export function unknownNames(
  asked: readonly string[],
  known: readonly string[],
): readonly string[] {
  return asked.filter((name) => !known.includes(name));
}
