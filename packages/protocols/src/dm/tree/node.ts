/**
 * One node of the tree in memory, with its properties. OMA-DMTND 7.
 *
 * Children sit in a Map, so that no name (`__proto__`, `constructor`) means anything but itself.
 */
import type { Instant } from '../../engine.ts';
import { type Acl, EMPTY_ACL } from './acl.ts';
import { isCaselessBelow, nameKey, type Shape } from './shape.ts';
import { formatUri } from './uri.ts';
import { acceptValue, type LeafValue } from './value.ts';

interface Common {
  name: string;
  /** Grows from sibling to sibling in the order of their making. */
  rank: number;
  readonly shape: Shape;
  readonly parent: InteriorNode | undefined;
  acl: Acl;
  Title: string;
  TStamp: string;
  VerNo: number;
}

export interface InteriorNode extends Common {
  readonly kind: 'interior';
  /** Identifier of a management object, or empty. */
  Type: string;
  /** By `nameKey` of their names. */
  readonly children: Map<string, TreeNode>;
  readonly isCaseless: boolean;
  /** Of the child that is made next. */
  nextRank: number;
}

export interface LeafNode extends Common {
  readonly kind: 'leaf';
  value: LeafValue;
}

export type TreeNode = InteriorNode | LeafNode;

/** OMA-DMTND 7.7.8: FFFF is followed by 0000. */
const VER_NO_MODULUS = 0x10000;

function plain(name: string, shape: Shape, parent: InteriorNode | undefined): Common {
  // [TND 7.7.1-9]
  return { name, rank: 0, shape, parent, acl: EMPTY_ACL, Title: '', TStamp: '', VerNo: 0 };
}

/** An interior node with the permanent nodes that always stand below it, at their defaults. */
export function makeInterior(
  name: string,
  shape: Shape,
  parent: InteriorNode | undefined,
): InteriorNode {
  const node: InteriorNode = {
    ...plain(name, shape, parent),
    kind: 'interior',
    Type: shape.Type ?? '',
    children: new Map(),
    nextRank: 0,
    isCaseless: isCaselessBelow(shape, parent?.isCaseless ?? false),
  };
  for (const child of shape.children ?? []) {
    if (child.scope !== 'Permanent' || child.occurrence !== 'One' || child.name === '') continue;
    place(node, makeDefault(child, node));
  }
  return node;
}

function makeDefault(shape: Shape, parent: InteriorNode): TreeNode {
  if (shape.Format === 'node') return makeInterior(shape.name, shape, parent);
  return makeLeaf(shape.name, shape, parent, defaultValue(shape));
}

export function makeLeaf(
  name: string,
  shape: Shape,
  parent: InteriorNode,
  value: LeafValue,
): LeafNode {
  return { ...plain(name, shape, parent), kind: 'leaf', value };
}

/** What a leaf holds before anybody wrote it: the DefaultValue, else nothing. */
function defaultValue(shape: Shape): LeafValue {
  const accepted = shape.DefaultValue === undefined ? undefined : acceptValue(shape, {});
  if (accepted?.ok) return accepted.value;
  const Data = shape.Format === 'bin' ? new Uint8Array() : '';
  return { Format: shape.Format, Type: shape.Type ?? 'text/plain', Data };
}

/** Puts a child under its name: at the end, or where one of that name was. */
export function place(parent: InteriorNode, node: TreeNode): void {
  const key = keyIn(parent, node.name);
  node.rank = parent.children.get(key)?.rank ?? parent.nextRank++;
  parent.children.set(key, node);
}

export function keyIn(parent: InteriorNode, name: string): string {
  return nameKey(name, parent.isCaseless);
}

export function childOf(parent: InteriorNode, name: string): TreeNode | undefined {
  return parent.children.get(keyIn(parent, name));
}

export function childNames({ children }: InteriorNode): string[] {
  return Array.from(children.values(), ({ name }) => name);
}

/** [TND 7.7.6-1] UTC in basic form. */
export function timeStamp(now: Instant): string {
  return new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
}

/** [TND 7.7.8-1] */
export function nextVerNo(VerNo: number): number {
  return (VerNo + 1) % VER_NO_MODULUS;
}

/** From the root, without the root. */
export function segmentsOf(node: TreeNode): string[] {
  const segments: string[] = [];
  for (let at: TreeNode = node; at.parent !== undefined; at = at.parent) segments.push(at.name);
  return segments.reverse();
}

/** OMA-DMREPPRO 6: the full address from the root. */
export function formatUriOf(node: TreeNode): string {
  return formatUri({ segments: segmentsOf(node) });
}

export function countNodes(node: TreeNode): number {
  if (node.kind === 'leaf') return 1;
  let count = 1;
  for (const child of node.children.values()) count += countNodes(child);
  return count;
}
