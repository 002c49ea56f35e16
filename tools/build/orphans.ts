/**
 * Files that a compiler once wrote for a source that is gone. `tsc -b` leaves them,
 * and a package would go on exporting them.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const OUTPUT = /\.(?:js|js\.map|d\.ts|d\.ts\.map)$/;

/** Paths in `dist` whose source in `src` does not exist any more. */
export function orphans(src: string, dist: string): readonly string[] {
  if (!existsSync(dist)) return [];
  return readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .filter((name) => OUTPUT.test(name))
    .filter((name) => {
      const stem = join(src, name.replace(OUTPUT, ''));
      return !existsSync(`${stem}.ts`) && !existsSync(`${stem}.tsx`);
    })
    .map((name) => join(dist, name));
}
