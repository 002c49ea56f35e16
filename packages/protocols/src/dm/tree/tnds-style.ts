/**
 * The two styles of a TNDS document: nodes inside each other, or side by side with a Path.
 * OMA-DMTNDS 6.3.1.5 and 6.3.1.7 show one tree in both. Either is read; whoever applies a document to
 * a tree takes it nested.
 */
import type { Tnds, TndsNode } from './tnds.ts';
import { readPath } from './tnds-path.ts';

/**
 * Every node that a Path puts below another node of the document is moved into it. A Path is left
 * only where the document does not hold the parent.
 */
export function nestTnds(tnds: Tnds): Tnds {
  const planted: Plant[] = [];
  const byAddress = new Map<string, Plant>();
  for (const node of tnds.nodes) plant(node, undefined, [], { planted, byAddress });
  const roots: Plant[] = [];
  for (const each of planted) {
    const target = each.home === undefined ? undefined : byAddress.get(each.home);
    if (target !== undefined) each.node = withoutPath(each.node);
    const siblings = (target ?? each.parent)?.children ?? roots;
    siblings.push(each);
  }
  return { ...tnds, nodes: roots.map(grown) };
}

interface Plant {
  node: TndsNode;
  /** Address of the parent that a Path names. */
  readonly home: string | undefined;
  /** The node that it stands in. */
  readonly parent: Plant | undefined;
  readonly children: Plant[];
}

interface Bed {
  /** In document order. */
  readonly planted: Plant[];
  readonly byAddress: Map<string, Plant>;
}

type Address = readonly string[] | undefined;

function plant(node: TndsNode, parent: Plant | undefined, base: Address, bed: Bed): void {
  const above = pathOf(node, base);
  const home = node.Path === undefined ? undefined : above?.join('/');
  const made: Plant = { node, home, parent, children: [] };
  bed.planted.push(made);
  if (node.kind === 'leaf') return;
  const address = addressOf(node, above);
  if (address !== undefined) bed.byAddress.set(address.join('/'), made);
  for (const child of node.nodes) plant(child, made, address, bed);
}

/** Address of the parent. */
function pathOf({ Path }: TndsNode, base: Address): Address {
  const path = readPath(Path ?? '');
  return base === undefined || path === undefined ? undefined : [...base, ...path];
}

/** Undefined for what gets its place by Type, and for all below it. */
function addressOf({ NodeName }: TndsNode, above: Address): Address {
  if (NodeName === undefined || above === undefined) return undefined;
  return NodeName === '' ? above : [...above, NodeName];
}

function withoutPath({ Path: _, ...node }: TndsNode): TndsNode {
  return node;
}

function grown({ node, children }: Plant): TndsNode {
  return node.kind === 'leaf' ? node : { ...node, nodes: children.map(grown) };
}

/** Every node with an address stands at the top, with the Path to its parent. */
export function flattenTnds(tnds: Tnds): Tnds {
  return { ...tnds, nodes: tnds.nodes.flatMap((node) => flat(node, [])) };
}

function flat(node: TndsNode, base: readonly string[]): TndsNode[] {
  const above = pathOf(node, base);
  const address = addressOf(node, above);
  if (above === undefined || address === undefined) return [node];
  const Path = above.join('/');
  const alone = Path === '' ? withoutPath(node) : { ...withoutPath(node), Path };
  if (alone.kind === 'leaf') return [alone];
  return [{ ...alone, nodes: [] }, ...alone.nodes.flatMap((child) => flat(child, address))];
}
