/**
 * Where the top node of a TNDS document goes, given the Target of the command that carries it.
 *
 * OMA-DMTNDS 6.3.1.5 and its sample (the Target is the parent), OMA-DMSTDOBJ (`./Inbox`: the device
 * finds the place by the object's identifier). Used by whatever writes a sub-tree.
 */
import { childOf, type InteriorNode, type TreeNode } from './node.ts';
import { done, type Outcome, refused } from './outcome.ts';
import type { Shape } from './shape.ts';
import type { TndsNode } from './tnds.ts';
import { readPath } from './tnds-path.ts';

/** OMA-DMSTDOBJ: the address that no node has, where objects are left for the device to place. */
export function isInbox(segments: readonly string[]): boolean {
  return segments.length === 1 && segments[0] === 'Inbox';
}

/** The address of a top node; `find` tells what is there already. */
export function placeOf(
  node: TndsNode,
  target: readonly string[],
  command: 'Add' | 'Replace',
  find: (segments: readonly string[]) => TreeNode | undefined,
): Outcome<readonly string[]> {
  const { NodeName, Path } = node;
  if (NodeName === undefined || isInbox(target)) return placeByType(node, find([]));
  // [TNDS 6.3.1-7] An empty name is that of the Target.
  if (NodeName === '') return done(target);
  const inside = [...target, ...(readPath(Path ?? '') ?? []), NodeName];
  // Seen in the field: the Target is the node itself, and its name is said once more.
  const isNamedTwice = Path === undefined && target.at(-1) === NodeName;
  if (!isNamedTwice || find(inside) !== undefined) return done(inside);
  // Replace never creates, so that it can only mean the Target.
  if (command === 'Replace') return done(target);
  const isMeant = find(target.slice(0, -1))?.kind === 'interior' && !isLeadingOn(find(target));
  return done(isMeant ? target : inside);
}

/** Whether a node of the description can hold one with the name of its own. */
function isLeadingOn(node: TreeNode | undefined): boolean {
  if (node?.kind !== 'interior') return false;
  const { shape, name } = node;
  return shape.open === true || (shape.children ?? []).some((child) => child.name === name);
}

/** The one place that the description has for a management object. */
function placeByType(
  { NodeName, RTProperties }: TndsNode,
  root: TreeNode | undefined,
): Outcome<readonly string[]> {
  const { Type = '' } = RTProperties;
  if (root?.kind !== 'interior' || Type === '')
    return refused(405, 'no DDFName to find a place by');
  const home = findHome(root, Type, []);
  if (home === undefined) return refused(405, 'the description has no place for such an object');
  const { shape, parent, segments } = home;
  const name = shape.name === '' ? NodeName || freeName(parent) : shape.name;
  return done([...segments, name]);
}

interface Home {
  readonly shape: Shape;
  readonly parent: InteriorNode;
  readonly segments: readonly string[];
}

function findHome(
  parent: InteriorNode,
  Type: string,
  segments: readonly string[],
): Home | undefined {
  for (const shape of parent.shape.children ?? []) {
    if (shape.Type === Type && shape.Format === 'node') return { shape, parent, segments };
    const child = shape.name === '' ? undefined : childOf(parent, shape.name);
    if (child?.kind !== 'interior') continue;
    const home = findHome(child, Type, [...segments, shape.name]);
    if (home !== undefined) return home;
  }
  return undefined;
}

/** The least number that no sibling has for a name. */
function freeName({ children }: InteriorNode): string {
  let number = 1;
  while (children.has(String(number))) number += 1;
  return String(number);
}
