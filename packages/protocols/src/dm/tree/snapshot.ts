/**
 * The tree as plain JSON, to be kept by a shell, and back.
 *
 * Nodes whose shape says `persistent: false` are left out. On the way back, nodes that the
 * description no longer knows (an older software's) are dropped, and what a permanent node lacks is
 * its default.
 */
import { decodeBase64, encodeBase64 } from '../../bytes.ts';
import { ProtocolError } from '../../error.ts';
import { EMPTY_ACL, formatAcl, parseAcl } from './acl.ts';
import {
  childOf,
  type InteriorNode,
  makeInterior,
  makeLeaf,
  place,
  type TreeNode,
} from './node.ts';
import { childShape, mayBeInterior, mayBeLeaf, type Shape } from './shape.ts';
import { isSegment, URI_DEPTH_MAX } from './uri.ts';
import { acceptValue } from './value.ts';

export interface NodeSnapshot {
  readonly name: string;
  /** `node` for an interior node. */
  readonly Format: string;
  readonly Type?: string;
  readonly Data?: string;
  /** Data of a `bin` node. */
  readonly base64?: string;
  readonly ACL?: string;
  readonly Title?: string;
  readonly TStamp?: string;
  readonly VerNo?: number;
  readonly children?: readonly NodeSnapshot[];
}

export interface TreeSnapshot {
  /** Form of this document, so that a later one can read it. */
  readonly form: 1;
  /** `Tree.version` when it was taken. */
  readonly version: number;
  readonly root: NodeSnapshot;
}

export function snapshotNode(node: TreeNode): NodeSnapshot {
  const properties = {
    ...(node.acl.size > 0 && { ACL: formatAcl(node.acl) }),
    ...(node.Title !== '' && { Title: node.Title }),
    ...(node.TStamp !== '' && { TStamp: node.TStamp }),
    ...(node.VerNo !== 0 && { VerNo: node.VerNo }),
  };
  if (node.kind === 'leaf') {
    const { Format, Type, Data } = node.value;
    const value = typeof Data === 'string' ? { Data } : { base64: encodeBase64(Data) };
    return { name: node.name, Format, Type, ...value, ...properties };
  }
  const kept = [...node.children.values()].filter((child) => child.shape.persistent !== false);
  return {
    name: node.name,
    Format: 'node',
    ...(node.Type !== '' && { Type: node.Type }),
    ...properties,
    children: kept.map(snapshotNode),
  };
}

/**
 * The root of the tree that a snapshot holds. Throws `TREE_SNAPSHOT` with the path that makes no
 * sense.
 */
export function restoreRoot(shape: Shape, snapshot: TreeSnapshot): InteriorNode {
  const root = makeInterior('.', shape, undefined);
  if (snapshot.form !== 1 || snapshot.root.Format !== 'node') throw damaged('.');
  restoreInto(root, snapshot.root, '.', 0);
  return root;
}

function restoreInto(node: InteriorNode, saved: NodeSnapshot, path: string, depth: number): void {
  if (depth > URI_DEPTH_MAX) throw damaged(path);
  restoreProperties(node, saved, path);
  if (node.shape.Type === undefined || node.shape.open) node.Type = saved.Type ?? '';
  for (const child of saved.children ?? []) {
    const shape = childShape(node.shape, child.name, node.isCaseless);
    if (shape === undefined) continue;
    if (child.Format === 'node' ? !mayBeInterior(shape) : !mayBeLeaf(shape)) continue;
    const below = `${path}/${child.name}`;
    if (!isSegment(child.name)) throw damaged(below);
    if (child.Format === 'node') {
      const known = childOf(node, child.name);
      const made = known?.kind === 'interior' ? known : makeInterior(child.name, shape, node);
      place(node, made);
      restoreInto(made, child, below, depth + 1);
    } else {
      place(node, restoreLeaf(child, shape, node, below));
    }
  }
}

function restoreLeaf(
  saved: NodeSnapshot,
  shape: Shape,
  parent: InteriorNode,
  path: string,
): TreeNode {
  const Data = saved.base64 === undefined ? saved.Data : octets(saved.base64, path);
  if (Data === undefined) throw damaged(path);
  const { Format, Type } = saved;
  const value = acceptValue(shape, { Format, ...(Type !== undefined && { Type }), Data });
  // A value that an update of the description made illegal falls back to the default.
  const accepted = value.ok ? value : acceptValue(shape, {});
  const leaf = accepted.ok
    ? makeLeaf(saved.name, shape, parent, accepted.value)
    : makeLeaf(saved.name, shape, parent, { Format: shape.Format, Type: Type ?? '', Data: '' });
  restoreProperties(leaf, saved, path);
  return leaf;
}

function octets(base64: string, path: string): Uint8Array {
  try {
    return decodeBase64(base64);
  } catch {
    throw damaged(path);
  }
}

function restoreProperties(node: TreeNode, saved: NodeSnapshot, path: string): void {
  try {
    node.acl = saved.ACL === undefined ? EMPTY_ACL : parseAcl(saved.ACL);
  } catch {
    throw damaged(path);
  }
  node.Title = saved.Title ?? '';
  node.TStamp = saved.TStamp ?? '';
  node.VerNo = saved.VerNo ?? 0;
}

function damaged(path: string): ProtocolError {
  return new ProtocolError('TREE_SNAPSHOT', 'not a snapshot of this tree', { path });
}
