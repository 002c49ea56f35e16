/**
 * Nodes of a MgmtTree document in its two styles: inside each other, or side by side with a Path.
 * OMA-DMTND 9.4.1.5 and 9.4.1.7 (OMA-DMTNDS 6.3.1.5 and 6.3.1.7) show one tree in both. Used by
 * TNDS and DDF alike.
 */
import { readPath } from './tnds-path.ts';

export interface Placed<Node> {
  readonly NodeName?: string;
  readonly Path?: string;
  readonly nodes?: readonly Node[];
}

/** Segments from where the document starts; undefined for what has no address, or none yet. */
type Address = readonly string[] | undefined;

/** Address of the parent, below `base`. */
export function pathOf<Node>({ Path }: Placed<Node>, base: Address): Address {
  const path = readPath(Path ?? '');
  return base === undefined || path === undefined ? undefined : [...base, ...path];
}

/** What an empty NodeName stands for: in TNDS the Target itself, in DDF any name. */
export type EmptyName = 'target' | 'any';

export function addressOf<Node>(
  { NodeName }: Placed<Node>,
  above: Address,
  emptyName: EmptyName,
): Address {
  if (NodeName === undefined || above === undefined) return undefined;
  if (NodeName !== '') return [...above, NodeName];
  return emptyName === 'target' ? above : undefined;
}

/**
 * Every node that a Path puts below another node of the document is moved into it. A Path is left
 * only where the document does not hold the parent.
 */
export function nestNodes<Node extends Placed<Node>>(
  nodes: readonly Node[],
  emptyName: EmptyName,
): Node[] {
  const bed: Bed<Node> = { planted: [], byAddress: new Map(), emptyName };
  for (const node of nodes) plant(node, undefined, [], bed);
  const roots: Plant<Node>[] = [];
  for (const each of bed.planted) {
    const target = each.home === undefined ? undefined : bed.byAddress.get(each.home);
    if (target !== undefined) each.node = withoutPath(each.node);
    const siblings = (target ?? each.parent)?.children ?? roots;
    siblings.push(each);
  }
  return roots.map(grown);
}

interface Plant<Node> {
  node: Node;
  /** Address of the parent that a Path names. */
  readonly home: string | undefined;
  /** The node that it stands in. */
  readonly parent: Plant<Node> | undefined;
  readonly children: Plant<Node>[];
}

interface Bed<Node> {
  /** In document order. */
  readonly planted: Plant<Node>[];
  readonly byAddress: Map<string, Plant<Node>>;
  readonly emptyName: EmptyName;
}

function plant<Node extends Placed<Node>>(
  node: Node,
  parent: Plant<Node> | undefined,
  base: Address,
  bed: Bed<Node>,
): void {
  const above = pathOf(node, base);
  const home = node.Path === undefined ? undefined : above?.join('/');
  const made: Plant<Node> = { node, home, parent, children: [] };
  bed.planted.push(made);
  if (node.nodes === undefined) return;
  const address = addressOf(node, above, bed.emptyName);
  if (address !== undefined) bed.byAddress.set(address.join('/'), made);
  for (const child of node.nodes) plant(child, made, address, bed);
}

function grown<Node extends Placed<Node>>({ node, children }: Plant<Node>): Node {
  return node.nodes === undefined ? node : { ...node, nodes: children.map(grown) };
}

function withoutPath<Node extends Placed<Node>>(node: Node): Node {
  const { Path: _, ...rest } = node;
  return rest as Node;
}
