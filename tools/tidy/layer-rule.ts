/** Imports follow the table of layers.ts: inside protocols, and between packages. */
import { posix } from 'node:path';
import { type Import, importsOf } from './imports.ts';
import { isInProtocols, packageLayerOf, protocolLayerOf } from './layer-of.ts';
import { ACTORS, PROTOCOL_LIBRARIES, PURE_CRYPTO, PURE_MODULES } from './layers.ts';
import { type Finding, isPure, isPureCore, type Source } from './source.ts';

export function* layerRule(source: Source): Generator<Finding> {
  if (source.tree === undefined) return;
  const { path } = source;
  if (isPureCore(path) && protocolLayerOf(path) === undefined) {
    const message =
      'no row of the layer table names this file: move it, or give it a row in layers.ts';
    yield { path, line: 1, rule: 'layer', message };
  }
  for (const each of importsOf(source.tree)) {
    const message = complaint(path, each);
    if (message !== undefined) yield { path, line: each.line, rule: 'layer', message };
  }
}

function complaint(path: string, each: Import): string | undefined {
  if (each.specifier.startsWith('.')) return relativeComplaint(path, each);
  if (each.specifier.startsWith('@ueprov/')) return packageComplaint(path, each);
  if (isPureCore(path)) return libraryComplaint(path, each);
  return isPure(path) && each.specifier.startsWith('node:') ? nodeComplaint(each) : undefined;
}

function relativeComplaint(path: string, each: Import): string | undefined {
  const target = posix.join(posix.dirname(path), each.specifier);
  const from = packageLayerOf(path);
  if (from === undefined || from.imports.includes('*')) return undefined;
  if (!target.startsWith(`${from.name}/`)) {
    return `leaves ${from.name} by a relative path: import a package by its name, if the table allows it`;
  }
  return isPureCore(path) ? protocolComplaint(path, target) : undefined;
}

/** Inside protocols. Tests may try several layers together. */
function protocolComplaint(path: string, target: string): string | undefined {
  const from = protocolLayerOf(path);
  const to = protocolLayerOf(target);
  if (to === 'shared' || from === undefined) return undefined;
  if (from === 'entry') return undefined;
  if (from === 'shared') return 'a shared file imports shared files only';
  if (to === 'entry' || to === undefined) {
    return `${target} is in no layer: import the module of the layer that is meant`;
  }
  if (to === from || from.imports.includes(to.name)) return undefined;
  const allowed = from.imports.length > 0 ? from.imports.join(', ') : 'the shared files';
  return `${from.name} may not import ${to.name}, only ${allowed}`;
}

function packageComplaint(path: string, each: Import): string | undefined {
  const { specifier } = each;
  if (isInProtocols(path)) return 'inside protocols, import by relative path';
  const from = packageLayerOf(path);
  if (from === undefined || from.imports.includes('*')) return undefined;
  const name = specifier.split('/').slice(0, 2).join('/');
  if (from.imports.includes(name)) return undefined;
  if (from.typesOnly?.includes(specifier)) {
    return each.isTypeOnly ? undefined : `only the types of ${specifier}: use \`import type\``;
  }
  const target = name.slice('@ueprov/'.length);
  const actor = ACTORS.find((each) => from.name === `packages/${each}`);
  return actor !== undefined && ACTORS.includes(target)
    ? `${actor} may not import ${target}: actors meet on the wire`
    : `${from.name} may not import ${specifier}`;
}

/** npm and Node modules in protocols. */
function libraryComplaint(path: string, each: Import): string | undefined {
  const { specifier, isTypeOnly } = each;
  const home = PROTOCOL_LIBRARIES[specifier];
  if (home !== undefined) {
    return path.endsWith(`/src/${home}`) ? undefined : `${specifier} is used in ${home} only`;
  }
  if (specifier.startsWith('node:')) return nodeComplaint(each);
  return isTypeOnly ? undefined : `protocols may not import ${specifier}: pass in what it gives`;
}

/** Node's own modules where nothing may touch the world. */
function nodeComplaint({ specifier, isTypeOnly, names }: Import): string | undefined {
  if (isTypeOnly || PURE_MODULES.includes(specifier)) return undefined;
  if (specifier !== 'node:crypto') {
    return `a pure module may not import ${specifier}: let the shell do it as an effect`;
  }
  const impure = names.filter((name) => !PURE_CRYPTO.includes(name));
  return impure.length === 0
    ? undefined
    : `of node:crypto only ${PURE_CRYPTO.join(', ')}, not ${impure.join(', ')}`;
}
