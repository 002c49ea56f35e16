/**
 * The management tree: what a DM server may see and change, and what the device keeps there.
 *
 * OMA-DMTND 1.2 sections 6 and 7, OMA-DMREPPRO 6.6 (what each command does). Used by the DM client
 * engine for every command, and with `LOCAL` by the device itself. An operation costs the depth of
 * its address.
 */
import { decodeUtf8 } from '../../bytes.ts';
import type { Instant } from '../../engine.ts';
import { type Acl, withoutServer } from './acl.ts';
import type { Format } from './format.ts';
import { grow, planGrowth } from './growth.ts';
import { countNodes, type InteriorNode, makeInterior, type TreeNode, touch } from './node.ts';
import { done, type Outcome, refused } from './outcome.ts';
import { readProperty, replaceProperty } from './property-access.ts';
import { type Actor, DEFAULT_ROOT_ACL, isPermitted, LOCAL, refusal } from './rights.ts';
import type { Shape } from './shape.ts';
import { restoreRoot, snapshotNode, type TreeSnapshot } from './snapshot.ts';
import { NO_LIMITS, type NodeUri, readUri, type UriLimits } from './uri.ts';
import { acceptValue, DEFAULT_TYPE, type GivenValue } from './value.ts';

export { type Actor, LOCAL } from './rights.ts';
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
  #root: InteriorNode;
  #limits: UriLimits;
  #count: number;
  #version: number;

  /**
   * A tree with the permanent nodes of `shape`, or with what a snapshot holds. Throws
   * `TREE_SNAPSHOT`.
   */
  constructor(shape: Shape, snapshot?: TreeSnapshot, options: TreeOptions = {}) {
    this.#options = { isCreatorReader: false, nodesMax: NODES_MAX, ...options };
    this.#root =
      snapshot === undefined ? makeInterior('.', shape, undefined) : restoreRoot(shape, snapshot);
    if (this.#root.acl.size === 0) this.#root.acl = DEFAULT_ROOT_ACL;
    this.#count = countNodes(this.#root);
    this.#limits = readLimits(this.#root);
    this.#version = snapshot?.version ?? 0;
  }

  /** Grows by one with each change, so that a shell knows when to keep a snapshot. */
  get version(): number {
    return this.#version;
  }

  /** OMA-DMREPPRO 6.6.7: a leaf's value, an interior node's child names, or a property. */
  get(uri: string, who: Actor): Outcome<NodeView> {
    const found = this.#find(uri);
    if (!found.ok) return found;
    const { node, address } = found.value;
    if (address.prop !== undefined) {
      const text = readProperty(node, address.prop, who);
      return text.ok ? done({ Format: 'chr', Type: DEFAULT_TYPE, Data: text.value }) : text;
    }
    return refusal(node, 'Get', who) ?? done(view(node));
  }

  /**
   * OMA-DMREPPRO 6.6.1: a new node, with the parents that it lacks; an existing one is never
   * changed.
   */
  add(uri: string, value: GivenValue, who: Actor, now: Instant): Outcome {
    const address = readUri(uri, this.#limits);
    if (!address.ok) return address;
    if (address.value.list !== undefined) return refused(406, '?list= is for Get');
    if (address.value.prop !== undefined) return refused(405, 'a property cannot be added');
    const growth = planGrowth(this.#root, address.value, who);
    if (!growth.ok) return growth;
    const { parent, implied } = growth.value;
    if (!isPermitted(parent, 'Add', who)) return refused(425, 'ACL without Add');
    if (this.#count + implied.length >= this.#options.nodesMax) return refused(420, 'tree is full');
    const grown = grow(growth.value, value, who, now, this.#options.isCreatorReader);
    if (!grown.ok) return grown;
    this.#count += grown.value;
    return this.#changed(address.value);
  }

  /**
   * OMA-DMREPPRO 6.6.11: the value of an existing leaf, or one of the properties ACL, Name and
   * Title.
   */
  replace(uri: string, value: GivenValue, who: Actor, now: Instant): Outcome {
    const found = this.#find(uri);
    if (!found.ok) return found;
    const { node, address } = found.value;
    if (address.prop !== undefined) {
      const text = propertyData(value);
      if (!text.ok) return text;
      const limits = this.#limits;
      const replaced = replaceProperty(node, address.prop, text.value, who, now, limits);
      return replaced.ok ? this.#changed(address) : replaced;
    }
    if (node.kind === 'interior') return refused(405, 'an interior node has no value');
    const no = refusal(node, 'Replace', who);
    if (no !== undefined) return no;
    if (value.Data === undefined && value.Format !== 'null')
      return refused(400, 'Item without Data');
    const accepted = acceptValue(node.shape, value, node.value);
    if (!accepted.ok) return accepted;
    node.value = accepted.value;
    touch(node, now);
    return this.#changed(address);
  }

  /**
   * OMA-DMREPPRO 6.6.5: a node with all that is below it; the ACLs of what is below are not asked.
   */
  delete(uri: string, who: Actor, now: Instant): Outcome {
    const found = this.#find(uri);
    if (!found.ok) return found;
    const { node, address } = found.value;
    if (address.prop !== undefined) return refused(405, 'a property cannot be deleted');
    if (node.parent === undefined) return refused(405, 'the root cannot be deleted');
    if (node.shape.scope === 'Permanent' && who !== LOCAL) return refused(405, 'permanent node');
    const no = refusal(node, 'Delete', who);
    if (no !== undefined) return no;
    node.parent.children.delete(node.name);
    this.#count -= countNodes(node);
    touch(node.parent, now);
    return this.#changed(address);
  }

  /** OMA-DMREPPRO 6.6.6: whether the node may be executed; the action is the caller's. */
  exec(uri: string, who: Actor): Outcome {
    const found = this.#find(uri);
    if (!found.ok) return found;
    if (found.value.address.prop !== undefined) return refused(405, 'a property is no action');
    return refusal(found.value.node, 'Exec', who) ?? done();
  }

  /** OMA-DMTND 7.7.1.4: when an account goes, its ServerID goes from every ACL. */
  forgetServer(serverId: string): void {
    forget(this.#root, serverId);
    // A command of the root that nobody is left for goes back to the factory default.
    this.#root.acl = new Map([...DEFAULT_ROOT_ACL, ...this.#root.acl]);
    this.#version += 1;
  }

  /** All that persists, as plain JSON; give it to the constructor to have the tree again. */
  snapshot(): TreeSnapshot {
    return { form: 1, version: this.#version, root: snapshotNode(this.#root) };
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
    const found = this.#find(uri);
    if (!found.ok || found.value.node.kind === 'leaf') return [];
    return [...found.value.node.children.keys()];
  }

  #find(uri: string): Outcome<{ node: TreeNode; address: NodeUri }> {
    const address = readUri(uri, this.#limits);
    if (!address.ok) return address;
    // OMA-DMTND 8: `?list=` is optional.
    if (address.value.list !== undefined) return refused(406, '?list= is not supported');
    let node: TreeNode = this.#root;
    for (const segment of address.value.segments) {
      const child: TreeNode | undefined =
        node.kind === 'interior' ? node.children.get(segment) : undefined;
      if (child === undefined) return refused(404, 'no such node');
      node = child;
    }
    return done({ node, address: address.value });
  }

  #changed(address: NodeUri): Outcome {
    this.#version += 1;
    if (address.segments[0] === 'DevDetail') this.#limits = readLimits(this.#root);
    return done();
  }
}

function view(node: TreeNode): NodeView {
  if (node.kind === 'leaf') return node.value;
  return { Format: 'node', Type: DEFAULT_TYPE, Data: [...node.children.keys()].join('/') };
}

function propertyData({ Data }: GivenValue): Outcome<string> {
  if (Data === undefined) return refused(400, 'Item without Data');
  try {
    return done(typeof Data === 'string' ? Data : decodeUtf8(Data));
  } catch {
    return refused(415, 'not UTF-8 text');
  }
}

function forget(node: TreeNode, serverId: string): void {
  const left: Acl = withoutServer(node.acl, serverId);
  node.acl = left;
  if (node.kind === 'interior') for (const child of node.children.values()) forget(child, serverId);
}

/** OMA-DMSTDOBJ 5.3.3: 16-bit decimal texts; absent or 0 is no limit. */
function readLimits(root: InteriorNode): UriLimits {
  const detail = root.children.get('DevDetail');
  const uri = detail?.kind === 'interior' ? detail.children.get('URI') : undefined;
  if (uri?.kind !== 'interior') return NO_LIMITS;
  const limit = (name: string): number => {
    const leaf = uri.children.get(name);
    const text = leaf?.kind === 'leaf' ? leaf.value.Data : '';
    return typeof text === 'string' && /^\d{1,5}$/.test(text) ? Number(text) : 0;
  };
  return {
    MaxDepth: limit('MaxDepth'),
    MaxTotLen: limit('MaxTotLen'),
    MaxSegLen: limit('MaxSegLen'),
  };
}
