/** The files of the repository as they are on disk: tracked or new, not ignored, not deleted. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface WorkFile {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly text: string;
}

export function filesOf(root: string, isWanted: (path: string) => boolean): readonly WorkFile[] {
  const args = ['ls-files', '-z', '-co', '--exclude-standard'];
  const paths = execFileSync('git', args, { cwd: root }).toString().split('\0');
  return paths
    .filter((path) => path !== '' && isWanted(path))
    .sort()
    .flatMap((path) => {
      const text = read(join(root, path));
      return text === undefined ? [] : [{ path, text }];
    });
}

/** git still lists a file that was deleted a moment ago. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
