/**
 * PROV 1.0 and 1.1: a WAP provisioning document, of characteristics and their parameters.
 * OMA-WAP-ProvCont 1.1 §4.
 *
 * Here is the typed document; `decodeProv` and `encodeProv` are its two spellings. It is the
 * content of a bootstrap by the CP profile (OMA-DMBOOT 5.3).
 */
import type { Remark } from '../../cursor.ts';

/** By spelling. OMA-WAP-ProvCont 1.1 §5. */
export const PROV_TYPES = {
  xml: 'text/vnd.wap.connectivity-xml',
  wbxml: 'application/vnd.wap.connectivity-wbxml',
} as const;

export interface ProvDocument {
  /** `1.0`, `1.1`; absent is 1.0. */
  readonly version?: string;
  readonly characteristics: readonly Characteristic[];
  /** What the decoder had to forgive. */
  readonly notes?: readonly Remark[];
}

export interface Characteristic {
  readonly type: string;
  /** In the order of the document, which counts (rules of ACCESS, preferred networks first). */
  readonly parms: readonly Parm[];
  readonly characteristics: readonly Characteristic[];
}

export interface Parm {
  readonly name: string;
  /** Absent in a flag, which says all by being there. */
  readonly value?: string;
}
