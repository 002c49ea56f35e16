/**
 * DDF 1.2: what nodes a device or a management object has, and what may be done with them.
 * OMA-DMTND 9.
 *
 * Here is the typed document; `decodeDdf` and `encodeDdf` are its spellings, `checkDdf` says what
 * does not fit together, `ddfOfShape` and `shapesOfDdf` lead from and to the shapes that our tree
 * obeys.
 */
import type { Remark } from '../../cursor.ts';
import type { Format } from './format.ts';
import type { VER_DTD } from './mgmt-tree-reading.ts';
import type { PropertyName } from './property.ts';
import type { Access, Occurrence } from './shape.ts';

/** OMA-DMTND Appendix: the media types, by spelling. */
export const DDF_TYPES = {
  xml: 'application/vnd.syncml.dmddf+xml',
  wbxml: 'application/vnd.syncml.dmddf+wbxml',
} as const;

export interface Ddf {
  readonly VerDTD: typeof VER_DTD;
  readonly Man?: string;
  readonly Mod?: string;
  readonly nodes: readonly DdfNode[];
  /** What the decoder had to forgive. */
  readonly notes?: readonly Remark[];
}

export interface DdfNode {
  /** '': the name is chosen when the node is created. */
  readonly NodeName: string;
  /** Where the node stands, without the node. */
  readonly Path?: string;
  /** Which properties such a node has; absent: the mandatory ones. */
  readonly RTProperties?: SupportedProperties;
  readonly DFProperties: DFProperties;
  /** None below a leaf; an interior node without any is not described further. */
  readonly nodes: readonly DdfNode[];
  /** The value of a new leaf. */
  readonly Value?: string;
}

/** The default of each supported property, '' without one. */
export type SupportedProperties = Readonly<Partial<Record<PropertyName, string>>>;

export interface DFProperties {
  /** In the order of the DTD; the order means nothing. */
  readonly AccessType: readonly Access[];
  readonly DefaultValue?: string;
  readonly Description?: string;
  readonly DFFormat: Format;
  readonly Occurrence: Occurrence;
  readonly Scope: 'Permanent' | 'Dynamic';
  readonly DFTitle?: string;
  readonly DFType: DFType;
  readonly CaseSense?: 'CS' | 'CIS';
}

/** The media types of a leaf; the management object identifier of an interior node, or ''. */
export type DFType =
  | { readonly kind: 'MIME'; readonly MIME: readonly string[] }
  | { readonly kind: 'DDFName'; readonly DDFName: string };

/** OMA-DMTND 9.4.3.1, in the order of the DTD. */
export const ACCESS: readonly Access[] = ['Add', 'Copy', 'Delete', 'Exec', 'Get', 'Replace'];

/** OMA-DMTND 9.4.3.18 and 9.4.3.20. */
export const OCCURRENCE_MIN = 2;
export const OCCURRENCE_MAX = 65_536;
