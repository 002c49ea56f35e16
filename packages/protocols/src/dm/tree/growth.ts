/**
 * What an Add creates: the addressed node, and before it the parents that are missing.
 *
 * OMA-DMREPPRO 6.6.1 with the implicit Add of DM 1.2, OMA-DMTND 7.7.1.3. Used by the tree, in two
 * steps: the plan says whether description and permanence allow it; only then do rights and value
 * count.
 */
import type { Instant } from '../../engine.ts';
import type { Edits } from './edits.ts';
import { childOf, countNodes, type InteriorNode, makeInterior, makeLeaf } from './node.ts';
import { done, type Outcome, type Refused, refused } from './outcome.ts';
import { type Actor, creatorAcl, LOCAL } from './rights.ts';
import {
  childShape,
  isCaselessBelow,
  mayBeInterior,
  mayBeLeaf,
  occurrenceMax,
  type Shape,
} from './shape.ts';
import { formatUri, type NodeUri } from './uri.ts';
import { acceptValue, DEFAULT_TYPE, type GivenValue } from './value.ts';

/** By whom a node is made, when and how. */
export interface Making {
  readonly edits: Edits;
  readonly who: Actor;
  readonly now: Instant;
  readonly isCreatorReader: boolean;
  /** So many nodes more the tree takes. */
  readonly room: number;
}

interface Step {
  readonly name: string;
  readonly shape: Shape;
}

export interface Growth {
  /** The deepest node on the way that exists. */
  readonly parent: InteriorNode;
  /** What is missing below it, outermost first. */
  readonly implied: readonly Step[];
  readonly added: Step;
}

/** [TND 6.2-1] [TND 6.2-2] [TND 6.4-1] 418 for what exists, 405 where the description or a leaf stands in the way. */
export function planGrowth(root: InteriorNode, { segments }: NodeUri, who: Actor): Outcome<Growth> {
  let parent = root;
  let depth = 0;
  for (; depth < segments.length; depth++) {
    const child = childOf(parent, segments[depth] ?? '');
    if (child === undefined) break;
    if (depth === segments.length - 1) return refused(418, 'node exists');
    if (child.kind === 'leaf') return refused(405, 'parent is a leaf');
    parent = child;
  }
  const steps: Step[] = [];
  let above = parent.shape;
  let { isCaseless } = parent;
  for (const [index, name] of segments.slice(depth).entries()) {
    const isLast = depth + index === segments.length - 1;
    const shape = childShape(above, name, isCaseless);
    const no = stepRefusal(parent, shape, { isFirst: index === 0, isLast }, who);
    if (shape === undefined || no !== undefined) {
      const at = formatUri({ segments: segments.slice(0, depth + index + 1) });
      return refused(405, no?.reason ?? 'not described', isLast ? undefined : at);
    }
    // A name that the description gives is written as it is there.
    steps.push({ name: shape.name || name, shape });
    above = shape;
    isCaseless = isCaselessBelow(shape, isCaseless);
  }
  const added = steps.pop();
  return added === undefined
    ? refused(418, 'the root exists')
    : done({ parent, implied: steps, added });
}

function stepRefusal(
  parent: InteriorNode,
  shape: Shape | undefined,
  { isFirst, isLast }: { isFirst: boolean; isLast: boolean },
  who: Actor,
): Refused | undefined {
  if (shape === undefined) return refused(405, 'the description knows no such node');
  if (!isLast && !mayBeInterior(shape)) return refused(405, 'parent is a leaf');
  // [TND 9-2]
  if (isFirst && isFull(parent, shape)) return refused(405, 'no more such nodes');
  if (who === LOCAL || (!isFirst && isGiven(shape))) return undefined;
  // [TND 6.3-1]
  if (shape.scope === 'Permanent') return refused(405, 'permanent node');
  return shape.AccessType.includes('Add') ? undefined : refused(405, 'AccessType without Add');
}

/**
 * What comes with a parent that is created now may be named in the same Add, where it can be
 * written at all.
 */
function isGiven(shape: Shape): boolean {
  if (shape.scope !== 'Permanent' || shape.name === '') return false;
  return shape.Format === 'node' || shape.AccessType.includes('Replace');
}

function isFull(parent: InteriorNode, shape: Shape): boolean {
  const max = occurrenceMax(shape.occurrence);
  if (parent.children.size < max) return false;
  let count = 0;
  for (const child of parent.children.values()) if (child.shape === shape) count += 1;
  return count >= max;
}

/**
 * Creates what was planned, or nothing if the value is refused; says how many nodes there are more.
 */
export function grow(
  { parent, implied, added }: Growth,
  value: GivenValue,
  making: Making,
): Outcome<number> {
  const { shape } = added;
  const isInterior = value.Format === undefined ? !mayBeLeaf(shape) : value.Format === 'node';
  if (isInterior ? !mayBeInterior(shape) : !mayBeLeaf(shape)) {
    return refused(415, `Format is ${shape.Format}`);
  }
  const accepted = isInterior ? undefined : acceptValue(shape, value);
  if (accepted !== undefined && !accepted.ok) return accepted;
  if (implied.length >= making.room) return refused(420, 'tree is full');
  let count = 0;
  let above = parent;
  for (const step of isInterior ? [...implied, added] : implied) {
    const given = childOf(above, step.name);
    if (given?.kind === 'interior') {
      above = given;
      continue;
    }
    above = growInterior(above, step, making);
    count += countNodes(above);
  }
  if (accepted === undefined) {
    if (shape.Type === undefined) above.Type = interiorType(value.Type);
    return done(count);
  }
  const leaf = makeLeaf(added.name, shape, above, accepted.value);
  // A permanent leaf may have come with the parent that the device has just created.
  if (childOf(above, added.name) === undefined) count += 1;
  making.edits.attach(above, leaf);
  making.edits.touch(leaf, making.now);
  making.edits.touch(above, making.now);
  return done(count);
}

function growInterior(
  parent: InteriorNode,
  { name, shape }: Step,
  { edits, who, now, isCreatorReader }: Making,
): InteriorNode {
  const node = makeInterior(name, shape, parent);
  const acl = creatorAcl(parent, who, isCreatorReader);
  if (acl !== undefined) node.acl = acl;
  edits.attach(parent, node);
  edits.touch(node, now);
  edits.touch(parent, now);
  return node;
}

/** The identifier of a management object; a media type on an interior node means nothing. */
function interiorType(type: string | undefined): string {
  return type === undefined || type === DEFAULT_TYPE ? '' : type;
}
