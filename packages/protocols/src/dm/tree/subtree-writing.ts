/**
 * A TNDS document as Data of Add or Replace: the commands for single nodes that it stands for.
 *
 * OMA-DMREPPRO 6.6.1 and 6.6.11, OMA-DMTNDS 5. [R-6.3.1-3] Used by the tree, inside a transaction: the first
 * refusal is the command's, and the tree is as it was. What is the same already takes no right.
 */
import { decodeBase64, encodeUtf8, isEqualBytes } from '../../bytes.ts';
import { ProtocolError } from '../../error.ts';
import { type Acl, EMPTY_ACL, formatAcl } from './acl.ts';
import { type InteriorNode, keyIn, type LeafNode, type TreeNode } from './node.ts';
import { done, type Outcome, type Refused, refused } from './outcome.ts';
import { isMandatory, type Shape } from './shape.ts';
import { placeOf } from './subtree-place.ts';
import { TNDS_TYPES, type Tnds, type TndsInterior, type TndsLeaf, type TndsNode } from './tnds.ts';
import { decodeTnds } from './tnds-decode.ts';
import { nestTnds } from './tnds-style.ts';
import { formatUri } from './uri.ts';
import { essence, type GivenValue } from './value.ts';

/** The largest document, in octets: what the codecs read. */
export const SUBTREE_SIZE_MAX = 512 * 1024;

/** The commands for single nodes, in the name of whoever sent the document. */
export interface NodeCommands {
  readonly find: (segments: readonly string[]) => TreeNode | undefined;
  readonly add: (uri: string, value: GivenValue) => Outcome;
  readonly replace: (uri: string, value: GivenValue) => Outcome;
  /** Also of the last node that the description wants: another may follow. */
  readonly delete: (uri: string) => Outcome;
}

export function isTndsType(type: string | undefined): boolean {
  if (type === undefined) return false;
  const media = essence(type);
  return media === TNDS_TYPES.xml || media === TNDS_TYPES.wbxml;
}

/** 400 without Data, 413 if it is too large, 415 if it is no TNDS document. */
export function readSubtree({ Format, Data }: GivenValue): Outcome<Tnds> {
  if (Data === undefined) return refused(400, 'Item without Data');
  try {
    const isCoded = typeof Data === 'string' && Format === 'b64';
    const carried = isCoded ? decodeBase64(Data) : Data;
    const octets = typeof carried === 'string' ? encodeUtf8(carried) : carried;
    if (octets.length > SUBTREE_SIZE_MAX) return refused(413, 'sub-tree too large');
    return done(nestTnds(decodeTnds(octets)));
  } catch (error) {
    if (error instanceof ProtocolError) return refused(415, error.toString());
    throw error;
  }
}

/** [TNDS 5.3-1] As if the nodes were added one after the other; the first that cannot be ends it. */
export function addSubtree(
  { nodes }: Tnds,
  target: readonly string[],
  commands: NodeCommands,
): Outcome {
  const writing = new SubtreeWriting(commands);
  for (const node of nodes) {
    const place = placeOf(node, target, 'Add', commands.find);
    const no = place.ok ? writing.add(place.value, node) : place;
    if (no !== undefined) return no;
  }
  return writing.isAnythingAdded ? done() : refused(418, 'every node exists');
}

/** [REPPRO 6.6.11-1] As if all below was deleted, the top node replaced and the rest added. */
export function replaceSubtree(
  { nodes }: Tnds,
  target: readonly string[],
  commands: NodeCommands,
): Outcome {
  const writing = new SubtreeWriting(commands);
  for (const node of nodes) {
    const place = placeOf(node, target, 'Replace', commands.find);
    const no = place.ok ? writing.replace(place.value, node, true) : place;
    if (no !== undefined) return no;
  }
  return done();
}

type Address = readonly string[];

class SubtreeWriting {
  readonly #commands: NodeCommands;
  /** Made by this command; what came along with them as permanent may still be written. */
  readonly #fresh = new Set<TreeNode>();
  isAnythingAdded = false;

  constructor(commands: NodeCommands) {
    this.#commands = commands;
  }

  add(address: Address, node: TndsNode): Refused | undefined {
    const existing = this.#commands.find(address);
    if (existing === undefined) return this.#make(address, node);
    const isPermanent = existing.shape.scope === 'Permanent';
    const isFresh = existing.parent !== undefined && this.#fresh.has(existing.parent);
    if (isPermanent && existing.kind === 'interior' && node.kind === 'interior') {
      // Nobody can add it: to name it is to say where the rest goes.
      if (isFresh) this.#fresh.add(existing);
      return this.#addBelow(address, node) ?? this.#properties(address, node, existing, false);
    }
    if (isPermanent && isFresh && existing.kind === 'leaf' && node.kind === 'leaf') {
      return this.#write(address, node, existing);
    }
    return refused(418, 'node exists', formatUri({ segments: address }));
  }

  replace(address: Address, node: TndsNode, isTop: boolean): Refused | undefined {
    const existing = this.#commands.find(address);
    if (existing === undefined) {
      if (!isTop) return this.#make(address, node);
      return refused(404, 'no such node', formatUri({ segments: address }));
    }
    if (existing.kind === 'leaf' && node.kind === 'leaf') {
      return (
        this.#write(address, node, existing) ?? this.#properties(address, node, existing, !isTop)
      );
    }
    if (existing.kind === 'interior' && node.kind === 'interior') {
      return (
        this.#replaceBelow(address, node, existing) ??
        this.#properties(address, node, existing, !isTop)
      );
    }
    if (isTop) return refused(405, 'a leaf is no interior node', formatUri({ segments: address }));
    return this.#delete(address) ?? this.#make(address, node);
  }

  #make(address: Address, node: TndsNode): Refused | undefined {
    const { Format, Type } = node.RTProperties;
    const Data = node.kind === 'leaf' ? node.Value : undefined;
    const format = node.kind === 'interior' ? 'node' : Format;
    const no = this.#run(address, (uri) =>
      this.#commands.add(uri, {
        ...(format !== undefined && { Format: format }),
        ...(Type !== undefined && { Type }),
        ...(Data !== undefined && { Data }),
      }),
    );
    if (no !== undefined) return no;
    this.isAnythingAdded = true;
    const made = this.#commands.find(address);
    if (made === undefined) return undefined;
    this.#fresh.add(made);
    const below = node.kind === 'interior' ? this.#addBelow(address, node) : undefined;
    return below ?? this.#properties(address, node, made, false);
  }

  #addBelow(address: Address, { nodes }: TndsInterior): Refused | undefined {
    return firstRefusal(nodes, (child) => this.add(addressIn(address, child), child));
  }

  #replaceBelow(
    address: Address,
    { nodes }: TndsInterior,
    existing: InteriorNode,
  ): Refused | undefined {
    const keyOf = (name = '') => keyIn(existing, name);
    const kept = new Set(nodes.map((child) => keyOf(addressIn(address, child)[address.length])));
    const gone: Shape[] = [];
    const leaving = [...existing.children.values()].filter(({ name }) => !kept.has(keyOf(name)));
    return (
      firstRefusal(leaving, (child) => this.#vanish([...address, child.name], child, gone)) ??
      firstRefusal(nodes, (child) => this.replace(addressIn(address, child), child, false)) ??
      firstRefusal(gone, (shape) => this.#missing(address, existing, shape))
    );
  }

  /** What the document does not hold; a permanent node stays, and only what is below it goes. */
  #vanish(address: Address, node: TreeNode, gone: Shape[]): Refused | undefined {
    if (node.shape.scope !== 'Permanent') {
      gone.push(node.shape);
      return this.#delete(address);
    }
    if (node.kind === 'leaf') return undefined;
    const below: Shape[] = [];
    return (
      firstRefusal([...node.children.values()], (child) =>
        this.#vanish([...address, child.name], child, below),
      ) ?? firstRefusal(below, (shape) => this.#missing(address, node, shape))
    );
  }

  /** OMA-DMTND 9: the description wants one, and the document has none. */
  #missing(address: Address, { children }: InteriorNode, shape: Shape): Refused | undefined {
    if (!isMandatory(shape.occurrence)) return undefined;
    for (const child of children.values()) if (child.shape === shape) return undefined;
    return refused(405, 'the description wants such a node', formatUri({ segments: address }));
  }

  #delete(address: Address): Refused | undefined {
    return this.#run(address, (uri) => this.#commands.delete(uri));
  }

  #write(address: Address, node: TndsLeaf, existing: LeafNode): Refused | undefined {
    const { Value, RTProperties } = node;
    const { Format = existing.value.Format, Type = existing.value.Type } = RTProperties;
    if (Value === undefined || isHeld(existing, { Format, Type, Data: Value })) return undefined;
    return this.#run(address, (uri) => this.#commands.replace(uri, { Format, Type, Data: Value }));
  }

  /**
   * `isWhole`: the node stands for one that was deleted and added, so an ACL that is not given is
   * empty. OMA-DMTND 7.7.1.3 says who may write it.
   */
  #properties(
    address: Address,
    { RTProperties: { ACL, Title } }: TndsNode,
    existing: TreeNode,
    isWhole: boolean,
  ): Refused | undefined {
    const set = (prop: string, Data: string): Refused | undefined =>
      this.#run(address, (uri) => this.#commands.replace(`${uri}?prop=${prop}`, { Data }));
    const given = ACL !== undefined && ACL.size > 0 ? ACL : undefined;
    const acl: Acl | undefined = given ?? (isWhole ? EMPTY_ACL : undefined);
    const isOwn = acl === undefined || formatAcl(acl) === formatAcl(existing.acl);
    const no = Title === undefined || Title === existing.Title ? undefined : set('Title', Title);
    return no ?? (isOwn ? undefined : set('ACL', formatAcl(acl)));
  }

  /** A refusal names the node that it is about. */
  #run(address: Address, command: (uri: string) => Outcome): Refused | undefined {
    const uri = formatUri({ segments: address });
    const outcome = command(uri);
    return outcome.ok ? undefined : refused(outcome.status, outcome.reason, outcome.at ?? uri);
  }
}

/** Of a node inside another: `nestTnds` has left a Path only where the document lacks the parent. */
function addressIn(address: Address, { NodeName = '', Path }: TndsNode): Address {
  return Path === undefined ? [...address, NodeName] : [...address, ...Path.split('/'), NodeName];
}

function firstRefusal<Each>(
  all: readonly Each[],
  attempt: (each: Each) => Refused | undefined,
): Refused | undefined {
  for (const each of all) {
    const no = attempt(each);
    if (no !== undefined) return no;
  }
  return undefined;
}

function isHeld({ value }: LeafNode, { Format, Type, Data }: Required<GivenValue>): boolean {
  if (value.Format !== Format || value.Type !== Type) return false;
  if (typeof value.Data === 'string' || typeof Data === 'string') return value.Data === Data;
  return isEqualBytes(value.Data, Data);
}
