/**
 * Copy: the value of one leaf becomes that of another.
 *
 * OMA-DMREPPRO 6.6.4. Used by the tree, which carries it out as the Get and the Add or Replace that
 * it stands for.
 */
import { type Outcome, refused } from './outcome.ts';
import type { GivenValue } from './value.ts';

/** The commands of the actor who copies. */
export interface CopyCommands {
  readonly get: () => Outcome<GivenValue>;
  readonly replace: (value: GivenValue) => Outcome;
  readonly add: (value: GivenValue) => Outcome;
}

/** What Copy has no word for: what the target does not take is an obstacle that is not the ACL's. */
const OBSTACLES = [413, 415, 500];

export function copyLeaf({ get, replace, add }: CopyCommands): Outcome {
  const value = get();
  if (!value.ok) return value;
  if (value.value.Format === 'node') return refused(405, 'only a leaf is copied');
  const replaced = replace(value.value);
  const copied = !replaced.ok && replaced.status === 404 ? add(value.value) : replaced;
  if (copied.ok || !OBSTACLES.includes(copied.status)) return copied;
  return refused(403, `the target does not take it: ${copied.reason}`);
}
