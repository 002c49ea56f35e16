/** The nodes of a TNDS document as they stand in it, before each is settled as interior or leaf. */
import type { Where } from '../../error.ts';
import type { Acl } from './acl.ts';
import type { Format } from './format.ts';

export interface Draft {
  readonly where: Where;
  NodeName?: string;
  Path?: string;
  RTProperties?: DraftProperties;
  readonly nodes: Draft[];
  value?: DraftValue;
}

export interface DraftProperties {
  ACL?: Acl;
  Format?: Format;
  Title?: string;
  TStamp?: string;
  Type?: { readonly kind: 'MIME' | 'DDFName'; readonly text: string };
  VerNo?: number;
}

/** The Format that tells how to read a value may come after it. */
export interface DraftValue {
  readonly text: string;
  /** The value came as one OPAQUE. */
  readonly octets?: Uint8Array;
}
