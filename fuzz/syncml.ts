/**
 * Any octets to the SyncML decoder: a message or one ProtocolError; and what is a message stays the same through each
 * spelling, can be shown, and is masked to a document of the same length.
 */
import assert from 'node:assert';
import { ProtocolError } from '@ueprov/protocols';
import {
  decodeSyncML,
  describePackage,
  type Encoding,
  encodeSyncML,
  formatSyncML,
  maskMessage,
  maskSecrets,
  type SyncML,
} from '@ueprov/protocols/syncml';
import { seedMessages } from './messages.ts';
import { SMALL_BYTES_MAX } from './mutate.ts';
import type { FuzzTarget } from './target.ts';

export const target: FuzzTarget = {
  name: 'syncml',
  seeds: [...seedMessages('xml'), ...seedMessages('wbxml')],
  decode: decoded,
  run(bytes) {
    const message = decoded(bytes);
    assert.equal(maskSecrets(bytes).length, bytes.length);
    if (message === undefined) return;
    assert(describePackage(message).startsWith('Pkg#'));
    assert(formatSyncML(maskMessage(message)).length > 0);
    for (const encoding of ['xml', 'wbxml'] as const) checkStable(message, encoding);
  },
};

function decoded(bytes: Uint8Array): SyncML | undefined {
  try {
    return withoutNotes(decodeSyncML(bytes));
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** One way through a spelling may change how octets are carried; a second one changes nothing any more. */
function checkStable(message: SyncML, encoding: Encoding): void {
  const once = throughEncoding(message, encoding);
  if (once === undefined) return;
  const twice = throughEncoding(once, encoding);
  if (twice !== undefined) assert.deepEqual(twice, once);
}

/** Limits of a document: a message that is within them in one spelling may be just beyond them in the other. */
const LIMITS = ['DOCUMENT_MEMORY', 'XML_BYTES', 'WBXML_BYTES'];

/** Undefined for a message that this spelling does not carry. */
function throughEncoding(message: SyncML, encoding: Encoding): SyncML | undefined {
  let bytes: Uint8Array;
  try {
    bytes = encodeSyncML(message, encoding);
  } catch (error) {
    // WBXML carries characters that XML cannot.
    if (error instanceof ProtocolError && error.code === 'XML_CHARACTER') return undefined;
    throw error;
  }
  try {
    return withoutNotes(decodeSyncML(bytes, encoding));
  } catch (error) {
    if (bytes.length > SMALL_BYTES_MAX && isLimit(error)) return undefined;
    throw error;
  }
}

function isLimit(error: unknown): boolean {
  return error instanceof ProtocolError && LIMITS.includes(error.code);
}

function withoutNotes({ SyncHdr, SyncBody }: SyncML): SyncML {
  return { SyncHdr, SyncBody };
}
