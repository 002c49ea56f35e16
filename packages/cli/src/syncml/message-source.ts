/**
 * The messages in an input, whatever it is: XML, WBXML, hex or base64 of either, a pcap, pcapng or HAR file, or the
 * JSON form. Pure. Used by decode, encode and lint.
 */
import { ProtocolError } from '@ueprov/protocols';
import { decodeSyncML, type SyncML, sniffEncoding } from '@ueprov/protocols/syncml';
import {
  type CapturedBody,
  decodeHarCapture,
  decodePacketCapture,
  isPacketCapture,
} from '../capture/capture.ts';
import { isHar } from '../capture/har.ts';
import { UsageError } from '../exit.ts';
import { decodeJsonForm } from './json-form.ts';
import { decodeJson, isJsonText } from './json-text.ts';
import { unspelled } from './spelling.ts';

/** Octets that should be a message; `captured` says where a capture has them from. */
export interface MessageSource {
  readonly bytes: Uint8Array;
  readonly captured?: CapturedBody;
}

/** At least one. Throws a `ProtocolError` if the input is none of those. */
export function messageSources(input: Uint8Array): readonly MessageSource[] {
  if (isPacketCapture(input)) return ofCapture(decodePacketCapture(input));
  if (isJsonText(input)) {
    const json = decodeJson(input);
    if (isHar(json)) return ofCapture(decodeHarCapture(json));
    throw new ProtocolError('CAPTURE_HAR', 'JSON, but no HAR file: log.entries is not there');
  }
  return [{ bytes: unspelled(input, isDocument) }];
}

/** The only message, or number `which` of several. The JSON form of `decode --json` counts as a message. */
export function oneMessage(input: Uint8Array, which: string | undefined): SyncML {
  if (isJsonText(input)) {
    const json = decodeJson(input);
    if (!isHar(json)) return decodeJsonForm(json);
  }
  const sources = messageSources(input);
  if (which === undefined && sources.length > 1) {
    throw new UsageError(`the input holds ${sources.length} messages: say which by --message`);
  }
  return decodeSyncML(selected(sources, which ?? '1')[0].bytes);
}

/** All of them, or only number `which`, counted from 1. */
export function selected(
  sources: readonly MessageSource[],
  which: string,
): readonly [MessageSource] {
  const source = /^\d+$/.test(which) ? sources[Number(which) - 1] : undefined;
  if (source !== undefined) return [source];
  throw new UsageError(`--message is a number from 1 to ${sources.length}, not ${which}`);
}

function ofCapture(bodies: readonly CapturedBody[]): readonly MessageSource[] {
  if (bodies.length === 0) {
    throw new ProtocolError('CAPTURE_EMPTY', 'no OMA DM message in the capture that can be read');
  }
  return bodies.map((captured) => ({ bytes: captured.bytes, captured }));
}

/** Does it start like XML or WBXML? */
export function isDocument(octets: Uint8Array): boolean {
  try {
    return sniffEncoding(octets) !== undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}
