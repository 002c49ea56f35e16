/** A package imports only the libraries that its own package.json names. */
import { builtinModules } from 'node:module';
import { importsOf } from './imports.ts';
import { type Finding, isTest, type Source } from './source.ts';

/** Names of the declared dependencies per package folder (`packages/ue`). */
export type Declared = ReadonlyMap<string, ReadonlySet<string>>;

export function declaredIn(sources: readonly Source[]): Declared {
  return new Map(
    sources.flatMap(({ path, text }) => {
      const folder = /^(packages\/[^/]+)\/package\.json$/.exec(path)?.[1];
      return folder === undefined ? [] : [[folder, namesIn(JSON.parse(text))] as const];
    }),
  );
}

function namesIn(manifest: Readonly<Record<string, object | undefined>>): ReadonlySet<string> {
  const fields = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];
  return new Set(fields.flatMap((field) => Object.keys(manifest[field] ?? {})));
}

export function* dependencyRule({ path, tree }: Source, declared: Declared): Generator<Finding> {
  const folder = /^packages\/[^/]+/.exec(path)?.[0];
  const names = folder === undefined ? undefined : declared.get(folder);
  if (tree === undefined || names === undefined || isTest(path)) return;
  for (const { specifier, line } of importsOf(tree)) {
    if (/^(?:\.|#|node:)/.test(specifier) || builtinModules.includes(specifier)) continue;
    const name = specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/');
    if (names.has(name)) continue;
    const message = `${folder}/package.json does not name ${name}`;
    yield { path, line, rule: 'dependency', message };
  }
}
