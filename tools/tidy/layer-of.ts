/** The row of the layer table that a file belongs to. */
import {
  PACKAGE_LAYERS,
  type PackageLayer,
  PROTOCOL_LAYERS,
  type ProtocolLayer,
  SHARED_FILES,
} from './layers.ts';

const PROTOCOLS_SRC = 'packages/protocols/src/';

/**
 * The layer of a file of protocols. `shared` are the few files at its top; `entry` are index files that
 * open several layers (`dm/index.ts`, `index.ts`); undefined: the table has no row for it.
 */
export function protocolLayerOf(path: string): ProtocolLayer | 'shared' | 'entry' | undefined {
  const name = path.slice(PROTOCOLS_SRC.length);
  if (SHARED_FILES.includes(name.replace(/\.test\.ts$/, '.ts'))) return 'shared';
  if (name === 'index.ts' || name === 'dm/index.ts') return 'entry';
  return PROTOCOL_LAYERS.find(
    (layer) => name.startsWith(layer.name) && '/-.'.includes(name.charAt(layer.name.length)),
  );
}

export function isInProtocols(path: string): boolean {
  return path.startsWith(PROTOCOLS_SRC);
}

/** `packages/ue` of `packages/ue/src/flow.ts`, `test` of `test/lab.test.ts`. */
export function packageLayerOf(path: string): PackageLayer | undefined {
  return PACKAGE_LAYERS.find((layer) => path.startsWith(`${layer.name}/`));
}
