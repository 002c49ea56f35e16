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
  assert.deepEqual(throughEncoding(once, encoding), once);
}

function throughEncoding(message: SyncML, encoding: Encoding): SyncML | undefined {
  let bytes: Uint8Array;
  try {
    bytes = encodeSyncML(message, encoding);
  } catch (error) {
    // WBXML carries characters that XML cannot.
    if (error instanceof ProtocolError && error.code === 'XML_CHARACTER') return undefined;
    throw error;
  }
  return withoutNotes(decodeSyncML(bytes, encoding));
}

function withoutNotes({ SyncHdr, SyncBody }: SyncML): SyncML {
  return { SyncHdr, SyncBody };
}
