/**
 * What `npm run build` makes: per target, what it is made from and the folder it fills.
 * Used by build.ts and start.ts; stale.ts decides which of them have to be made again.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface Target {
  /** Name of the package folder. */
  readonly name: string;
  /** `tsc` targets are built by one `tsc -b`, which knows their order; `vite` is the console. */
  readonly tool: 'tsc' | 'vite';
  /** Files and folders that it is made from; folders count with everything in them. */
  readonly sources: readonly string[];
  readonly dist: string;
}

/** The targets of a workspace that have content at this moment. */
export function targets(root: string): readonly Target[] {
  const shared = ['tsconfig.base.json', 'tsconfig.build.json'].map((name) => join(root, name));
  return readdirSync(join(root, 'packages'))
    .sort()
    .flatMap((name): Target[] => {
      const folder = join(root, 'packages', name);
      const dist = join(folder, 'dist');
      const at = (...names: readonly string[]) => names.map((each) => join(folder, each));
      if (existsSync(join(folder, 'tsconfig.json')) && hasContent(join(folder, 'src'))) {
        const sources = [...shared, ...at('package.json', 'tsconfig.json', 'src')];
        return [{ name, tool: 'tsc', sources, dist }];
      }
      if (existsSync(join(folder, 'index.html'))) {
        const sources = at('package.json', 'index.html', 'vite.config.ts', 'public', 'src');
        return [{ name, tool: 'vite', sources, dist }];
      }
      return [];
    });
}

function hasContent(folder: string): boolean {
  return (
    existsSync(folder) &&
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).some((name) => /\.tsx?$/.test(name))
  );
}
