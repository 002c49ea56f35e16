/**
 * THIRD-PARTY.md: what is shipped with us, found by walking package-lock.json from what our packages need
 * at run time. The console's libraries count, because they are part of its built pages.
 */

export interface LockEntry {
  readonly version?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export interface Lock {
  /** By path: `packages/ue`, `node_modules/a/node_modules/b`. */
  readonly packages: Readonly<Record<string, LockEntry>>;
}

export interface ThirdParty {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
}

/** The package that is bundled: its devDependencies ship, except what only builds or types it. */
const BUNDLED = 'packages/console';
const BUILDS_ONLY = /^(?:vite|@vitejs\/.*|@types\/.*)$/;

export function thirdParties({ packages }: Lock): readonly ThirdParty[] {
  const seen = new Set<string>();
  const visit = (from: string, names: readonly string[]) => {
    for (const name of names) {
      const path = locate(packages, from, name);
      if (path === undefined || seen.has(path)) continue;
      seen.add(path);
      visit(path, needsOf(packages[path]));
    }
  };
  for (const [path, entry] of Object.entries(packages)) {
    if (!path.startsWith('packages/')) continue;
    visit(path, path === BUNDLED ? bundledNeeds(entry) : needsOf(entry));
  }
  const found = [...seen].flatMap((path): ThirdParty[] => {
    const entry = packages[path];
    if (entry === undefined || entry.link === true || path.startsWith('packages/')) return [];
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    return [{ name, version: entry.version ?? '?', licence: entry.license ?? 'unknown' }];
  });
  const unique = new Map(found.map((each) => [`${each.name} ${each.version}`, each]));
  return [...unique.values()].sort((a, b) =>
    `${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1,
  );
}

function bundledNeeds(entry: LockEntry): readonly string[] {
  const names = Object.keys({ ...entry.dependencies, ...entry.devDependencies });
  return names.filter((name) => !BUILDS_ONLY.test(name));
}

function needsOf(entry: LockEntry | undefined): readonly string[] {
  const { dependencies, optionalDependencies, peerDependencies } = entry ?? {};
  const names = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
  return names.filter((name) => !BUILDS_ONLY.test(name));
}

/** Where Node would find a package: in the nearest node_modules upwards. */
function locate(packages: Lock['packages'], from: string, name: string): string | undefined {
  for (let folder = from; ; folder = parentOf(folder)) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (packages[path] !== undefined) return path;
    if (folder === '') return undefined;
  }
}

function parentOf(folder: string): string {
  const nested = folder.lastIndexOf('/node_modules/');
  return nested === -1 ? '' : folder.slice(0, nested);
}

export function formatThirdParties(parties: readonly ThirdParty[]): string {
  const rows = parties.map(({ name, version, licence }) => {
    const page = `https://www.npmjs.com/package/${name}/v/${version}`;
    return `| [${name}](${page}) | ${version} | ${licence} |`;
  });
  return [
    '# Third-party software',
    '',
    'What our packages need at run time, and what the console has in its built pages. Each comes with its',
    'own licence text in its own package. Written by `node tools/licences.ts` from package-lock.json; a test',
    'compares.',
    '',
    '| Package | Version | Licence |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
