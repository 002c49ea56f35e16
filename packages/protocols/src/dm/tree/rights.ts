/**
 * Who may do what to a node: AccessType of the description, then the access control list.
 *
 * OMA-DMTND 7.7.1 (inheritance, root, creator), 9 (AccessType). Used by the tree.
 */
import { type Acl, type AclCommand, isAclId, isAllowed } from './acl.ts';
import type { InteriorNode, TreeNode } from './node.ts';
import { type Refused, refused } from './outcome.ts';

/**
 * The device itself: bound neither by ACL nor by AccessType. OMA-DMBOOT: what the device does is
 * its own.
 */
export const LOCAL: unique symbol = Symbol('local');

/** A server by its ServerID, or the device. */
export type Actor = string | typeof LOCAL;

/** [TND 7.7.1-2] OMA-DMTND 7.7.1.2: the root always has a value, and this one unless somebody says otherwise. */
export const DEFAULT_ROOT_ACL: Acl = new Map([
  ['Add', ['*']],
  ['Get', ['*']],
]);

/**
 * [TND 7.7.1-1] OMA-DMTND 7.7.1.1: a node without an ACL of its own takes the nearest ancestor's whole, and
 * nothing is merged.
 */
export function effectiveAcl(node: TreeNode): Acl {
  let at: TreeNode = node;
  while (at.acl.size === 0 && at.parent !== undefined) at = at.parent;
  return at.acl;
}

/** [R-6.8.4-1] [TND 7.7.1-8] Whether the ACL lets an actor send a command to a node. */
export function isPermitted(node: TreeNode, command: AclCommand, who: Actor): boolean {
  return who === LOCAL || isAllowed(effectiveAcl(node), command, who);
}

/** The refusal of a command, or undefined if AccessType and ACL let it pass. */
export function refusal(
  node: TreeNode,
  command: Exclude<AclCommand, 'Add'>,
  who: Actor,
): Refused | undefined {
  if (who === LOCAL) return undefined;
  // [TND 9-1]
  if (!node.shape.AccessType.includes(command))
    return refused(405, `AccessType without ${command}`);
  return isPermitted(node, command, who) ? undefined : refused(425, `ACL without ${command}`);
}

/**
 * [TND 7.7.1-5] OMA-DMTND 7.7.1.3: who creates an interior node under a parent that it may not Replace gets the
 * node to itself. The text grants Add, Delete and Replace; with `isGetIncluded` the node is
 * readable as well.
 */
export function creatorAcl(
  parent: InteriorNode,
  who: Actor,
  isGetIncluded: boolean,
): Acl | undefined {
  if (who === LOCAL || isPermitted(parent, 'Replace', who) || !isAclId(who)) return undefined;
  const commands: AclCommand[] = [
    'Add',
    'Delete',
    'Replace',
    ...(isGetIncluded ? ['Get' as const] : []),
  ];
  return new Map(commands.map((command) => [command, [who]]));
}
