/** The messages of one case as evidence: in order, in XML, secrets masked, bounded. */
import { encodeHex, ProtocolError } from '@ueprov/protocols';
import { decodePackage0, sessionIdText } from '@ueprov/protocols/push';
import { decodeSyncML, formatSyncML, maskMessage } from '@ueprov/protocols/syncml';
import type { Evidence } from './case.ts';

/** A case that goes in circles does not fill the memory. */
export const EVIDENCE_MAX = 200;
const TEXT_MAX = 64 * 1024;
const OCTETS_SHOWN = 512;

export class EvidenceRecord {
  readonly #startedAt = performance.now();
  readonly #evidence: Evidence[] = [];

  add(from: Evidence['from'], head: string, body: Uint8Array): void {
    this.note(from, head, textOf(body));
  }

  notification(from: Evidence['from'], package0: Uint8Array): void {
    this.note(from, 'Package #0', notificationText(package0));
  }

  /** What is no SyncML, in words. */
  note(from: Evidence['from'], head: string, text: string): void {
    if (this.#evidence.length >= EVIDENCE_MAX) return;
    const at = Math.round(performance.now() - this.#startedAt);
    this.#evidence.push({ at, from, head, text: text.slice(0, TEXT_MAX) });
  }

  take(): readonly Evidence[] {
    return this.#evidence;
  }
}

/** The octets, and what they say if they can be read. */
function notificationText(package0: Uint8Array): string {
  const octets = encodeHex(package0.subarray(0, OCTETS_SHOWN));
  try {
    const { version, uiMode, initiator, SessionID, ServerID } = decodePackage0(package0);
    const said = `version ${version}, ${uiMode}, by the ${initiator}, session ${sessionIdText(SessionID)}`;
    return `${octets}\n${said}, of ${ServerID}`;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return `${octets}\n${error.code}`;
  }
}

function textOf(body: Uint8Array): string {
  if (body.length === 0) return '';
  try {
    return formatSyncML(maskMessage(decodeSyncML(body)));
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return `${encodeHex(body.subarray(0, OCTETS_SHOWN))} (${error.code})`;
  }
}
