/**
 * TNDS 1.2: a management sub-tree as one document. OMA-DMTNDS 6.
 *
 * Here is the typed document; `decodeTnds` and `encodeTnds` are its two spellings, `nestTnds` and
 * `flattenTnds` its two styles. Used wherever a command or Results carries a whole sub-tree.
 */
import type { Remark } from '../../cursor.ts';
import type { Acl } from './acl.ts';
import type { Format } from './format.ts';
import type { VER_DTD } from './mgmt-tree-reading.ts';

/** [TNDS 5.1-1] OMA-DMTNDS Appendix: the media types, by spelling. */
export const TNDS_TYPES = {
  xml: 'application/vnd.syncml.dmtnds+xml',
  wbxml: 'application/vnd.syncml.dmtnds+wbxml',
} as const;

export interface Tnds {
  readonly VerDTD: typeof VER_DTD;
  /** Manufacturer and model of the device that the data came from. */
  readonly Man?: string;
  readonly Mod?: string;
  readonly nodes: readonly TndsNode[];
  /** What the decoder had to forgive. */
  readonly notes?: readonly Remark[];
}

export type TndsNode = TndsInterior | TndsLeaf;

interface Named {
  /**
   * The last segment. '' at the top: that of the command's Target. Absent at the top: the receiver
   * finds a place by Type.
   */
  readonly NodeName?: string;
  /**
   * Where the node goes below the Target, without the node; of a node inside another, below that.
   */
  readonly Path?: string;
}

export interface TndsInterior extends Named {
  readonly kind: 'interior';
  readonly RTProperties: RTProperties<'node'>;
  readonly nodes: readonly TndsNode[];
}

export interface TndsLeaf extends Named {
  readonly kind: 'leaf';
  readonly RTProperties: RTProperties<Exclude<Format, 'node'>>;
  /** Octets in Format `bin`, text in any other; absent: the document says nothing of the value. */
  readonly Value?: string | Uint8Array;
}

/** OMA-DMTNDS 6.1: Name and Size are not in the file, for the document itself shows them. */
export interface RTProperties<Allowed extends Format = Format> {
  /** Empty or absent: inherited. */
  readonly ACL?: Acl;
  readonly Format?: Allowed;
  readonly Title?: string;
  readonly TStamp?: string;
  /** MIME of a leaf, DDFName (management object identifier, or '') of an interior node. */
  readonly Type?: string;
  readonly VerNo?: number;
}

/** The Format of a node, also where it is left out. */
export function formatOf(node: TndsNode): Format {
  if (node.kind === 'interior') return 'node';
  return node.RTProperties.Format ?? 'chr';
}
