/**
 * Every bound of a SyncML message that we read, in one place. OMA DM sets none but MaxMsgSize.
 *
 * The document's own (octets, depth, elements, attributes, string table, OPAQUE) stand in `cursor.ts`.
 */
import { DOCUMENT_LIMITS } from '../cursor.ts';

export const LIMITS = {
  ...DOCUMENT_LIMITS,
  /** Commands of one message, those inside Atomic and Sequence counted, Status and Results too. */
  commands: 1_000,
  /** Items of one message. */
  items: 5_000,
  /** Notes kept of one message; further ones are not. */
  notes: 50,
} as const;
