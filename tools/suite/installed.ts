/** Which Debian packages this machine has. */
import { spawnSync } from 'node:child_process';

/** On a machine without dpkg none is installed. */
export function installedPackages(names: readonly string[]): ReadonlySet<string> {
  if (names.length === 0) return new Set();
  // biome-ignore lint/suspicious/noTemplateCurlyInString: placeholders of dpkg-query
  const format = ['-W', '-f', '${Package} ${db:Status-Status}\n'];
  const { stdout } = spawnSync('dpkg-query', [...format, ...names], { encoding: 'utf8' });
  const lines = (stdout ?? '').split('\n').map((line) => line.split(' '));
  return new Set(lines.flatMap(([name, state]) => (name && state === 'installed' ? [name] : [])));
}
