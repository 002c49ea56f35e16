/**
 * The device description framework as data: what nodes a management object has and what may be done
 * with them.
 *
 * OMA-DMTND 9 (DDF). `mo/*` are shapes; the tree obeys them; DDF documents are generated from them.
 */
import type { Format } from './format.ts';

export type Access = 'Add' | 'Copy' | 'Delete' | 'Exec' | 'Get' | 'Replace';

/** OMA-DMTND 9: how many nodes of this shape one parent holds. */
export type Occurrence =
  | 'One'
  | 'ZeroOrOne'
  | 'ZeroOrMore'
  | 'OneOrMore'
  | { readonly ZeroOrN: number }
  | { readonly OneOrN: number };

export interface Shape {
  /** `''` stands for a name chosen at run time, `<X>` in the standards. */
  readonly name: string;
  readonly Format: Format;
  /**
   * What servers may do with the node and its value. `Add` on a shape allows creating a node of it.
   */
  readonly AccessType: readonly Access[];
  readonly occurrence: Occurrence;
  /**
   * A permanent node with a fixed name exists whenever its parent does, and no server adds or
   * deletes it.
   */
  readonly scope: 'Permanent' | 'Dynamic';
  /** MIME type of a leaf's value, or the identifier of the management object that starts here. */
  readonly Type?: string;
  readonly DefaultValue?: string;
  readonly description: string;
  /** False: lost at a restart, and not in a snapshot. */
  readonly persistent?: boolean;
  /** Beyond its Format, the values that a leaf takes. */
  readonly values?: readonly string[];
  /** For a `chr` that holds a list: the words that it takes, set apart by blanks. */
  readonly words?: readonly string[];
  /** For `int`, and for `chr` that holds a decimal number. */
  readonly range?: { readonly min: number; readonly max: number };
  /** In characters and in octets of UTF-8. */
  readonly lengthMax?: number;
  readonly children?: readonly Shape[];
  /**
   * Not described below: servers may build there what they like (Ext and Bearer sub-trees of
   * vendors).
   */
  readonly open?: true;
  /** How the names below are compared; absent: as those above, and at the root with their case. */
  readonly CaseSense?: 'CS' | 'CIS';
}

/** A node somewhere below an `open` shape: anything goes. */
const UNDESCRIBED: Shape = {
  name: '',
  Format: 'node',
  AccessType: ['Add', 'Copy', 'Delete', 'Exec', 'Get', 'Replace'],
  occurrence: 'ZeroOrMore',
  scope: 'Dynamic',
  description: 'Not described.',
  open: true,
};

/** A root below which everything is allowed: trees without management objects, and tests. */
export const OPEN_ROOT: Shape = {
  name: '.',
  Format: 'node',
  AccessType: ['Add', 'Get'],
  occurrence: 'One',
  scope: 'Permanent',
  description: 'The root of an undescribed tree.',
  open: true,
};

/** The shape of the child with this name, or undefined if the description knows none. */
export function childShape(parent: Shape, name: string, isCaseless = false): Shape | undefined {
  const children = parent.children ?? [];
  const key = nameKey(name, isCaseless);
  return (
    children.find((child) => child.name !== '' && nameKey(child.name, isCaseless) === key) ??
    children.find((child) => child.name === '') ??
    (parent.open ? UNDESCRIBED : undefined)
  );
}

/** [TND 9-5] Whether the names below a node of this shape are the same in upper and lower case. */
export function isCaselessBelow({ CaseSense }: Shape, isCaseless: boolean): boolean {
  return CaseSense === undefined ? isCaseless : CaseSense === 'CIS';
}

/** What two names have in common that are one. */
export function nameKey(name: string, isCaseless: boolean): string {
  return isCaseless ? name.toLowerCase() : name;
}

/** The most nodes of this shape that one parent holds. */
export function occurrenceMax(occurrence: Occurrence): number {
  if (typeof occurrence === 'object') {
    return 'ZeroOrN' in occurrence ? occurrence.ZeroOrN : occurrence.OneOrN;
  }
  return occurrence === 'One' || occurrence === 'ZeroOrOne' ? 1 : Number.POSITIVE_INFINITY;
}

/** Whether a parent without a node of this shape is incomplete. */
export function isMandatory(occurrence: Occurrence): boolean {
  if (typeof occurrence === 'object') return 'OneOrN' in occurrence;
  return occurrence === 'One' || occurrence === 'OneOrMore';
}

/** Whether a node of this shape can have children. */
export function mayBeInterior(shape: Shape): boolean {
  return shape.Format === 'node';
}

/** Whether a node of this shape can have a value; what stands below an open shape can be either. */
export function mayBeLeaf(shape: Shape): boolean {
  return shape.Format !== 'node' || (shape.open === true && shape.name === '');
}
