/**
 * The words in which the management objects of this folder are described: interior nodes, rows,
 * leaves.
 */
import type { Access, Format, Occurrence, Shape } from '../dm/tree/index.ts';

export const READ: readonly Access[] = ['Get'];
export const WRITE: readonly Access[] = ['Add', 'Delete', 'Get', 'Replace'];
/** Read and changed, but there for as long as its parent is. */
export const CHANGE: readonly Access[] = ['Get', 'Replace'];
/** Written and never read: secrets. */
export const HIDDEN: readonly Access[] = ['Add', 'Delete', 'Replace'];

type More = Partial<Omit<Shape, 'name' | 'Format' | 'description' | 'children'>>;

/** An interior node that is always there. */
export function interior(
  name: string,
  description: string,
  children: readonly Shape[],
  more: More = {},
): Shape {
  return {
    name,
    Format: 'node',
    AccessType: READ,
    occurrence: 'One',
    scope: 'Permanent',
    description,
    children,
    ...more,
  };
}

/** Interior nodes with names chosen at run time, which servers add and delete. */
export function rows(
  occurrence: Occurrence,
  description: string,
  children: readonly Shape[],
  more: More = {},
): Shape {
  const scope = 'Dynamic';
  return interior('', description, children, { AccessType: WRITE, occurrence, scope, ...more });
}

/** A leaf that is always there, read-only unless `more` says otherwise. */
export function leaf(name: string, Format: Format, description: string, more: More = {}): Shape {
  return {
    name,
    Format,
    AccessType: READ,
    occurrence: 'One',
    scope: 'Permanent',
    description,
    ...more,
  };
}

/** A leaf that servers add, change and delete; while it is not there, its DefaultValue holds. */
export function column(name: string, Format: Format, description: string, more: More = {}): Shape {
  const dynamic = { AccessType: WRITE, occurrence: 'ZeroOrOne', scope: 'Dynamic' } as const;
  return leaf(name, Format, description, { ...dynamic, ...more });
}

/** 0..65535, as text or as number. */
export const PORT_RANGE = { min: 0, max: 65535 } as const;
/** Where the data model says Unsigned32: a DM int is signed. */
export const UNSIGNED_RANGE = { min: 0, max: 2147483647 } as const;
