/**
 * The two styles of a TNDS document: nodes inside each other, or side by side with a Path.
 *
 * Either is read; whoever applies a document to a tree takes it nested.
 */
import { addressOf, nestNodes, pathOf } from './placed-nodes.ts';
import type { Tnds, TndsNode } from './tnds.ts';

/**
 * Every node that a Path puts below another node of the document is moved into it. A Path is left
 * only where the document does not hold the parent.
 */
export function nestTnds(tnds: Tnds): Tnds {
  return { ...tnds, nodes: nestNodes(tnds.nodes, 'target') };
}

/** Every node with an address stands at the top, with the Path to its parent. */
export function flattenTnds(tnds: Tnds): Tnds {
  return { ...tnds, nodes: tnds.nodes.flatMap((node) => flat(node, undefined)) };
}

/** `parent` is the address of the node that this one stands in. */
function flat(node: TndsNode, parent: readonly string[] | undefined): TndsNode[] {
  const above = pathOf(node, parent ?? []);
  const address = addressOf(node, above, 'target');
  if (above === undefined || address === undefined) return [node];
  const alone = parent === undefined ? node : { ...node, Path: above.join('/') };
  if (alone.kind === 'leaf') return [alone];
  return [{ ...alone, nodes: [] }, ...alone.nodes.flatMap((child) => flat(child, address))];
}
