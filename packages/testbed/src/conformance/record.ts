/** The messages of one case as evidence: in order, in XML, secrets masked, bounded. */
import { encodeHex, ProtocolError } from '@ueprov/protocols';
import { decodeSyncML, formatSyncML, maskMessage } from '@ueprov/protocols/syncml';
import type { Evidence } from './case.ts';

/** A case that goes in circles does not fill the memory. */
export const EVIDENCE_MAX = 200;
const TEXT_MAX = 64 * 1024;

export class EvidenceRecord {
  readonly #startedAt = performance.now();
  readonly #evidence: Evidence[] = [];

  add(from: Evidence['from'], head: string, body: Uint8Array): void {
    if (this.#evidence.length >= EVIDENCE_MAX) return;
    const at = Math.round(performance.now() - this.#startedAt);
    this.#evidence.push({ at, from, head, text: textOf(body).slice(0, TEXT_MAX) });
  }

  take(): readonly Evidence[] {
    return this.#evidence;
  }
}

function textOf(body: Uint8Array): string {
  if (body.length === 0) return '';
  try {
    return formatSyncML(maskMessage(decodeSyncML(body)));
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return `${encodeHex(body.subarray(0, 512))} (${error.code})`;
  }
}
