/**
 * Get and Replace of a node's properties: `?prop=ACL` and the other seven.
 *
 * OMA-DMTND 7.7. Used by the tree. Rights on properties come from the ACL alone: AccessType speaks
 * of the value.
 */

import { decodeUtf8, encodeUtf8 } from '../../bytes.ts';
import type { Instant } from '../../engine.ts';
import { ACL_LENGTH_MAX, type Acl, formatAcl, isAllowed, parseAcl } from './acl.ts';
import type { Edits } from './edits.ts';
import { childOf, type InteriorNode, segmentsOf, type TreeNode } from './node.ts';
import { done, type Outcome, type Refused, refused } from './outcome.ts';
import type { PropertyName } from './property.ts';
import { type Actor, isPermitted, LOCAL } from './rights.ts';
import { childShape } from './shape.ts';
import { isSegment, lengthMax, type UriLimits } from './uri.ts';
import { type GivenValue, sizeOf } from './value.ts';

/** [TND 7.7.5-1] In octets. */
export const TITLE_SIZE_MAX = 255;

export function readProperty(node: TreeNode, prop: PropertyName, who: Actor): Outcome<string> {
  // [TND 7.1-3] OMA-DMTND 7.7.4: an interior node has no Size.
  if (prop === 'Size' && node.kind === 'interior') return refused(406, 'no Size of interior nodes');
  // The length of a secret is part of the secret.
  if (prop === 'Size' && who !== LOCAL && !node.shape.AccessType.includes('Get')) {
    return refused(405, 'AccessType without Get');
  }
  if (!isPermitted(node, 'Get', who)) return refused(425, 'ACL without Get');
  return done(textOf(node, prop));
}

function textOf(node: TreeNode, prop: PropertyName): string {
  switch (prop) {
    case 'ACL':
      // [TND 7.7.1-7] The node's own, not the inherited one.
      return formatAcl(node.acl);
    case 'Format':
      return node.kind === 'leaf' ? node.value.Format : 'node';
    case 'Name':
      return node.name;
    case 'Size':
      return node.kind === 'leaf' ? String(sizeOf(node.value.Format, node.value.Data)) : '';
    case 'Title':
      return node.Title;
    case 'TStamp':
      return node.TStamp;
    case 'Type':
      // [TND 7.7.7-1]
      return node.kind === 'leaf' ? node.value.Type : node.Type;
    case 'VerNo':
      return String(node.VerNo);
  }
}

/** Who replaces, when, and what an address of this device may be. */
export interface Replacing {
  readonly edits: Edits;
  readonly who: Actor;
  readonly now: Instant;
  readonly limits: UriLimits;
}

/** OMA-DMTND 7.7: only ACL, Name and Title can be replaced. */
export function replaceProperty(
  node: TreeNode,
  prop: PropertyName,
  value: GivenValue,
  replacing: Replacing,
): Outcome {
  switch (prop) {
    case 'ACL':
      return replaceAcl(node, value, replacing);
    case 'Name':
      return rename(node, value, replacing);
    case 'Title':
      return replaceTitle(node, value, replacing);
    default:
      return refused(405, `${prop} cannot be replaced`);
  }
}

function propertyText({ Data }: GivenValue): Outcome<string> {
  if (Data === undefined) return refused(400, 'Item without Data');
  try {
    return done(typeof Data === 'string' ? Data : decodeUtf8(Data));
  } catch {
    return refused(415, 'not UTF-8 text');
  }
}

function replaceAcl(node: TreeNode, value: GivenValue, { edits, who, now }: Replacing): Outcome {
  // [TND 7.7.1-3] OMA-DMTND 7.7.1.3: the right is Replace on the parent, or for an interior node on the node
  // itself.
  const isOwner = node.kind === 'interior' && isPermitted(node, 'Replace', who);
  const isParentOwner = node.parent !== undefined && isPermitted(node.parent, 'Replace', who);
  if (!isOwner && !isParentOwner) return refused(425, 'ACL without Replace');
  const text = propertyText(value);
  if (!text.ok) return text;
  if (text.value.length > ACL_LENGTH_MAX) return refused(420, 'ACL too long');
  const acl = readAcl(text.value);
  if (!acl.ok) return acl;
  // OMA-DMTND 7.7.1.2: the root always has a value, and everybody may add.
  if (node.parent === undefined && !isAllowed(acl.value, 'Add', '*')) {
    return refused(405, 'the root ACL keeps Add=*');
  }
  edits.set(node, 'acl', acl.value);
  edits.touch(node, now);
  return done();
}

function readAcl(text: string): Outcome<Acl> {
  try {
    return done(parseAcl(text));
  } catch {
    return refused(400, 'not an ACL');
  }
}

function rename(node: TreeNode, value: GivenValue, replacing: Replacing): Outcome {
  const { parent } = node;
  if (parent === undefined) return refused(405, 'the root has no other name');
  const text = propertyText(value);
  if (!text.ok) return text;
  const name = text.value;
  const refusal = renameRefusal(node, parent, name, replacing);
  if (refusal !== undefined) return refused(refusal.status, refusal.reason);
  const { edits, now } = replacing;
  edits.detach(parent, node);
  edits.set(node, 'name', name);
  edits.attach(parent, node);
  edits.touch(node, now);
  edits.touch(parent, now);
  return done();
}

function renameRefusal(
  node: TreeNode,
  parent: InteriorNode,
  name: string,
  { who, limits }: Replacing,
): Refused | undefined {
  const { shape } = node;
  if (name.length > limits.MaxSegLen && limits.MaxSegLen > 0) return refused(414, 'name too long');
  if (!isSegment(name)) return refused(400, 'not a node name');
  // What stands below would have an address that nobody may use.
  const longer = name.length - node.name.length;
  if (longer > 0 && lengthBelow(node) + longer > lengthMax(limits)) {
    return refused(414, 'an address below becomes too long');
  }
  // [TND 7.7.3-1]
  const holder = childOf(parent, name);
  if (holder !== undefined && holder !== node) return refused(418, 'name is taken');
  if (shape.scope === 'Permanent' && who !== LOCAL) return refused(405, 'permanent node');
  // A name that the description gives means something: the node keeps it, and no other takes it.
  if (childShape(parent.shape, name, parent.isCaseless) !== shape)
    return refused(405, 'name is fixed');
  return isPermitted(node, 'Replace', who) ? undefined : refused(425, 'ACL without Replace');
}

/** Of the longest address in a sub-tree. */
function lengthBelow(node: TreeNode): number {
  const below = (at: TreeNode): number => {
    if (at.kind === 'leaf') return 0;
    let longest = 0;
    for (const child of at.children.values()) {
      longest = Math.max(longest, 1 + child.name.length + below(child));
    }
    return longest;
  };
  return segmentsOf(node).join('/').length + below(node);
}

function replaceTitle(node: TreeNode, value: GivenValue, { edits, who, now }: Replacing): Outcome {
  if (!isPermitted(node, 'Replace', who)) return refused(425, 'ACL without Replace');
  const text = propertyText(value);
  if (!text.ok) return text;
  if (encodeUtf8(text.value).length > TITLE_SIZE_MAX) return refused(413, 'Title too long');
  edits.set(node, 'Title', text.value);
  edits.touch(node, now);
  return done();
}
