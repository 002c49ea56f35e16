/**
 * The management tree: what a DM server may see and change, and what the device keeps there.
 *
 * OMA-DMTND 1.2 sections 6 and 7, OMA-DMREPPRO 6.6 (what each command does). Used by the DM client
 * engine for every command, and with `LOCAL` by the device itself. An operation costs the depth of
 * its address.
 */
import { decodeUtf8 } from '../../bytes.ts';
import type { Instant } from '../../engine.ts';
import { withoutServer } from './acl.ts';
import type { TreeChange } from './change-log.ts';
import { copyLeaf } from './copying.ts';
import type { Format } from './format.ts';
import { grow, planGrowth } from './growth.ts';
import { type ListedNode, listNodes, readListAttribute, subtreeOf } from './listing.ts';
import { childNames, countNodes, formatUriOf, makeInterior, type TreeNode } from './node.ts';
import { done, type Outcome, refused } from './outcome.ts';
import { PROPERTIES, type PropertyName, REPLACEABLE } from './property.ts';
import { type Replacing, readProperty, replaceProperty } from './property-access.ts';
import { type Actor, DEFAULT_ROOT_ACL, isPermitted, LOCAL, refusal } from './rights.ts';
import { isMandatory, type Shape } from './shape.ts';
import { restoreRoot, snapshotNode, type TreeSnapshot } from './snapshot.ts';
import { isInbox } from './subtree-place.ts';
import {
  addSubtree,
  isTndsType,
  type NodeCommands,
  readSubtree,
  replaceSubtree,
} from './subtree-writing.ts';
import { TNDS_TYPES } from './tnds.ts';
import { encodeTnds } from './tnds-encode.ts';
import { type Transaction, TreeState } from './tree-state.ts';
import { type NodeUri, readUri } from './uri.ts';
import { acceptValue, DEFAULT_TYPE, type GivenValue } from './value.ts';

export type { TreeChange } from './change-log.ts';
export type { ListedNode } from './listing.ts';
export { type Actor, LOCAL } from './rights.ts';
export type { Transaction } from './tree-state.ts';
export type { LeafValue } from './value.ts';

/** What a Get answers. */
export interface NodeView {
  readonly Format: Format;
  readonly Type: string;
  /** Of an interior node: the names of its children, joined by `/`. */
  readonly Data: string | Uint8Array;
}

export interface TreeOptions {
  /**
   * Whether the ACL made for the creator of a node holds Get, which the letter of OMA-DMTND 7.7.1.3
   * leaves out.
   */
  readonly isCreatorReader?: boolean;
  readonly nodesMax?: number;
}

/** More nodes than any device has; past it an Add answers 420. */
export const NODES_MAX = 250_000;

export class Tree {
  readonly #options: Required<TreeOptions>;
  readonly #state: TreeState;

  /**
   * A tree with the permanent nodes of `shape`, or with what a snapshot holds. Throws
   * `TREE_SNAPSHOT`.
   */
  constructor(shape: Shape, snapshot?: TreeSnapshot, options: TreeOptions = {}) {
    this.#options = { isCreatorReader: false, nodesMax: NODES_MAX, ...options };
    const root =
      snapshot === undefined ? makeInterior('.', shape, undefined) : restoreRoot(shape, snapshot);
    if (root.acl.size === 0) root.acl = DEFAULT_ROOT_ACL;
    this.#state = new TreeState(root, snapshot?.version ?? 0);
  }

  /**
   * Grows by one with each change, so that a shell knows when to keep a snapshot. Like the snapshot,
   * it knows nothing of a transaction that is open.
   */
  get version(): number {
    return this.#state.version;
  }

  /**
   * What changed after a version, oldest first; undefined if that is too long ago, and everything
   * has to be looked at.
   */
  changesSince(version: number): readonly TreeChange[] | undefined {
    return this.#state.changes.since(version, this.version);
  }

  /**
   * OMA-DMREPPRO 6.6.2: what follows is done whole or not at all. Inside another one, it ends before
   * that does.
   */
  transaction(): Transaction {
    return this.#state.transaction();
  }

  /** [TND 8.1-1] OMA-DMREPPRO 6.6.7: a leaf's value, an interior node's child names, or a property. */
  get(uri: string, who: Actor): Outcome<NodeView> {
    const found = this.#findNode(uri, PROPERTIES);
    if (!found.ok) return found;
    const { node, address } = found.value;
    if (address.prop !== undefined) {
      const text = readProperty(node, address.prop, who);
      return text.ok ? done({ Format: 'chr', Type: DEFAULT_TYPE, Data: text.value }) : text;
    }
    return refusal(node, 'Get', who) ?? done(view(node));
  }

  /**
   * OMA-DMTND 8.4: what `?list=` at the end of an address asks for; of TNDS, one document in the
   * wanted spelling.
   */
  list(uri: string, who: Actor, encoding: 'xml' | 'wbxml' = 'xml'): Outcome<readonly ListedNode[]> {
    const address = readUri(uri, this.#state.limits);
    if (!address.ok) return address;
    const { list } = address.value;
    if (list === undefined) return refused(400, 'an address without ?list=');
    const attribute = readListAttribute(list);
    if (!attribute.ok) return attribute;
    const found = this.#find(address.value);
    if (!found.ok) return found;
    const { node } = found.value;
    const no = refusal(node, 'Get', who);
    if (no !== undefined) return no;
    if (attribute.value.kind !== 'TNDS') {
      return done(listNodes(node, attribute.value.kind === 'StructData', who));
    }
    const octets = encodeTnds(subtreeOf(node, attribute.value.details, who), encoding);
    const isText = encoding === 'xml';
    const Data = isText ? decodeUtf8(octets) : octets;
    const Format = isText ? 'xml' : 'bin';
    return done([{ uri: formatUriOf(node), Format, Type: TNDS_TYPES[encoding], Data }]);
  }

  /**
   * OMA-DMREPPRO 6.6.1: a new node, with the parents that it lacks; an existing one is never
   * changed.
   */
  add(uri: string, value: GivenValue, who: Actor, now: Instant): Outcome {
    const address = this.#address(uri, []);
    if (!address.ok) return address;
    if (isTndsType(value.Type)) return this.#write(addSubtree, address.value, value, who, now);
    return this.#add(address.value, value, who, now);
  }

  #add(address: NodeUri, value: GivenValue, who: Actor, now: Instant): Outcome {
    const growth = planGrowth(this.#state.root, address, who);
    if (!growth.ok) return growth;
    if (!isPermitted(growth.value.parent, 'Add', who)) return refused(425, 'ACL without Add');
    const { isCreatorReader, nodesMax } = this.#options;
    const { edits, count } = this.#state;
    const room = nodesMax - count;
    const grown = grow(growth.value, value, { edits, who, now, isCreatorReader, room });
    if (!grown.ok) return grown;
    this.#state.count += grown.value;
    return this.#state.changed('added', address);
  }

  /**
   * OMA-DMREPPRO 6.6.11: the value of an existing leaf, or one of the properties ACL, Name and
   * Title.
   */
  replace(uri: string, value: GivenValue, who: Actor, now: Instant): Outcome {
    const found = this.#findNode(uri, REPLACEABLE);
    if (!found.ok) return found;
    const { node, address } = found.value;
    if (address.prop === undefined && isTndsType(value.Type)) {
      return this.#write(replaceSubtree, address, value, who, now);
    }
    return this.#replace(node, address, value, who, now);
  }

  #replace(node: TreeNode, address: NodeUri, value: GivenValue, who: Actor, now: Instant): Outcome {
    const { prop } = address;
    const edits = this.#state.edits;
    if (prop !== undefined) {
      const replacing: Replacing = { edits, who, now, limits: this.#state.limits };
      const replaced = replaceProperty(node, prop, value, replacing);
      if (!replaced.ok) return replaced;
      return prop === 'Name'
        ? this.#renamed(node, address)
        : this.#state.changed('replaced', address);
    }
    if (node.kind === 'interior') return refused(405, 'an interior node has no value');
    const no = refusal(node, 'Replace', who);
    if (no !== undefined) return no;
    if (value.Data === undefined && value.Format !== 'null')
      return refused(400, 'Item without Data');
    const accepted = acceptValue(node.shape, value, node.value);
    if (!accepted.ok) return accepted;
    edits.set(node, 'value', accepted.value);
    edits.touch(node, now);
    return this.#state.changed('replaced', address);
  }

  /**
   * [TND 8.1-3] OMA-DMREPPRO 6.6.5: a node with all that is below it; the ACLs of what is below are not asked.
   */
  delete(uri: string, who: Actor, now: Instant): Outcome {
    const found = this.#findNode(uri, []);
    if (!found.ok) return found;
    const { node, address } = found.value;
    const isLast = who !== LOCAL && node.shape.scope !== 'Permanent' && isLastWanted(node);
    return this.#delete(node, address, isLast, who, now);
  }

  #delete(node: TreeNode, address: NodeUri, isLast: boolean, who: Actor, now: Instant): Outcome {
    if (node.parent === undefined) return refused(405, 'the root cannot be deleted');
    if (node.shape.scope === 'Permanent' && who !== LOCAL) return refused(405, 'permanent node');
    // [TND 9-3]
    if (isLast) return refused(405, 'the description wants such a node');
    const no = refusal(node, 'Delete', who);
    if (no !== undefined) return no;
    this.#state.edits.detach(node.parent, node);
    this.#state.count -= countNodes(node);
    this.#state.edits.touch(node.parent, now);
    return this.#state.changed('deleted', address);
  }

  /** [TND 8.1-2] OMA-DMREPPRO 6.6.4: the value of one leaf becomes that of another, which may be new. */
  copy(source: string, target: string, who: Actor, now: Instant): Outcome {
    const from = this.#address(source, []);
    if (!from.ok) return from;
    const to = this.#address(target, []);
    if (!to.ok) return to;
    return copyLeaf({
      get: () => this.get(source, who),
      replace: (value) => {
        const node = this.#state.nodeAt(to.value.segments);
        if (node === undefined) return refused(404, 'no such node');
        return this.#replace(node, to.value, value, who, now);
      },
      add: (value) => this.#add(to.value, value, who, now),
    });
  }

  /** OMA-DMREPPRO 6.6.6: whether the node may be executed; the action is the caller's. */
  exec(uri: string, who: Actor): Outcome {
    const found = this.#findNode(uri, []);
    return found.ok ? (refusal(found.value.node, 'Exec', who) ?? done()) : found;
  }

  /** [TND 7.7.1-6] OMA-DMTND 7.7.1.4: when an account goes, its ServerID goes from every ACL. */
  forgetServer(serverId: string): void {
    const forget = (node: TreeNode): void => {
      if (node.acl.size > 0) this.#state.edits.set(node, 'acl', withoutServer(node.acl, serverId));
      if (node.kind === 'interior') for (const child of node.children.values()) forget(child);
    };
    forget(this.#state.root);
    // A command of the root that nobody is left for goes back to the factory default.
    this.#state.edits.set(
      this.#state.root,
      'acl',
      new Map([...DEFAULT_ROOT_ACL, ...this.#state.root.acl]),
    );
    this.#state.changes.add('replaced', { segments: [], prop: 'ACL' });
  }

  /**
   * All that persists, as plain JSON; give it to the constructor to have the tree again. What an open
   * transaction has done is not in it.
   */
  snapshot(): TreeSnapshot {
    const root = this.#state.edits.withoutOpen(() => snapshotNode(this.#state.root));
    return { form: 1, version: this.version, root };
  }

  /** The node as the device itself sees it, secrets included; undefined if there is none. */
  find(uri: string): NodeView | undefined {
    const seen = this.get(uri, LOCAL);
    return seen.ok ? seen.value : undefined;
  }

  /**
   * The text of a leaf, for the device itself; undefined for octets, interior nodes and what does
   * not exist.
   */
  text(uri: string): string | undefined {
    const seen = this.find(uri);
    if (seen === undefined || seen.Format === 'node') return undefined;
    return typeof seen.Data === 'string' ? seen.Data : undefined;
  }

  /** The octets of a `bin` leaf, for the device itself. */
  octets(uri: string): Uint8Array | undefined {
    const Data = this.find(uri)?.Data;
    return typeof Data === 'string' ? undefined : Data;
  }

  /** The names of a node's children in the order of their making, for the device itself. */
  children(uri: string): readonly string[] {
    const found = this.#findNode(uri, PROPERTIES);
    if (!found.ok || found.value.node.kind === 'leaf') return [];
    return childNames(found.value.node);
  }

  /** 406 for `?list=`, which is for `list` alone; 405 for a property that the command has no use for. */
  #address(uri: string, properties: readonly PropertyName[]): Outcome<NodeUri> {
    const address = readUri(uri, this.#state.limits);
    if (!address.ok) return address;
    const { list, prop } = address.value;
    if (list !== undefined) return refused(406, '?list= is for Get alone');
    // [TND 7.1-5]
    if (prop === undefined || properties.includes(prop)) return address;
    return refused(405, `not a command for ${prop}`);
  }

  #findNode(uri: string, properties: readonly PropertyName[]): Outcome<Found> {
    const address = this.#address(uri, properties);
    return address.ok ? this.#find(address.value) : address;
  }

  #find(address: NodeUri): Outcome<Found> {
    const node = this.#state.nodeAt(address.segments);
    if (node !== undefined) return done({ node, address });
    // OMA-DMSTDOBJ: objects are added to the Inbox, and there is nothing in it.
    return isInbox(address.segments)
      ? refused(405, 'the Inbox is for Add alone')
      : refused(404, 'no such node');
  }

  /** [REPPRO 6.6.1-1] OMA-DMTNDS 5: the whole document, or nothing of it. */
  #write(
    write: typeof addSubtree,
    { segments }: NodeUri,
    value: GivenValue,
    who: Actor,
    now: Instant,
  ): Outcome {
    const tnds = readSubtree(value);
    if (!tnds.ok) return tnds;
    const transaction = this.transaction();
    const written = write(tnds.value, segments, this.#commands(who, now));
    if (written.ok) transaction.commit();
    else transaction.rollback();
    return written;
  }

  #commands(who: Actor, now: Instant): NodeCommands {
    const onFound = (uri: string, run: (found: Found) => Outcome): Outcome => {
      const found = this.#findNode(uri, REPLACEABLE);
      return found.ok ? run(found.value) : found;
    };
    return {
      find: (segments) => this.#state.nodeAt(segments),
      add: (uri, value) => {
        const address = readUri(uri, this.#state.limits);
        return address.ok ? this.#add(address.value, value, who, now) : address;
      },
      replace: (uri, value) =>
        onFound(uri, ({ node, address }) => this.#replace(node, address, value, who, now)),
      delete: (uri) =>
        onFound(uri, ({ node, address }) => this.#delete(node, address, false, who, now)),
    };
  }

  #renamed(node: TreeNode, { segments }: NodeUri): Outcome {
    this.#state.changed('deleted', { segments });
    return this.#state.changed('added', { segments: [...segments.slice(0, -1), node.name] });
  }
}

interface Found {
  readonly node: TreeNode;
  readonly address: NodeUri;
}

/** Whether the parent would lack what the description wants. */
function isLastWanted({ shape, parent }: TreeNode): boolean {
  if (!isMandatory(shape.occurrence) || parent === undefined) return false;
  let count = 0;
  for (const child of parent.children.values()) {
    if (child.shape === shape) count += 1;
    if (count > 1) return false;
  }
  return true;
}

function view(node: TreeNode): NodeView {
  if (node.kind === 'leaf') return node.value;
  return { Format: 'node', Type: DEFAULT_TYPE, Data: childNames(node).join('/') };
}
