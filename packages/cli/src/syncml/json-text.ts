/** JSON text with the place of its fault, which the runtime does not always tell. RFC 8259. Used by message-source.ts. */
import { decodeUtf8, ProtocolError } from '@ueprov/protocols';

export function isJsonText(bytes: Uint8Array): boolean {
  const start = bytes.find((octet) => !WHITE_SPACE.includes(octet));
  return start === OPEN_BRACE;
}

const OPEN_BRACE = 0x7b;
const WHITE_SPACE: readonly number[] = [0x09, 0x0a, 0x0d, 0x20];

/** Lists and objects inside each other. */
export const JSON_DEPTH_MAX = 500;

/** Throws `JSON_SYNTAX` or `JSON_DEPTH` with the line, or `BYTES_NOT_UTF8`. */
export function decodeJson(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes);
  checkDepth(text);
  try {
    return JSON.parse(text);
  } catch {
    const line = text.slice(0, faultAt(text)).split('\n').length;
    throw new ProtocolError('JSON_SYNTAX', 'not JSON', { line });
  }
}

/** Before anything is made of it: every level costs the runtime memory. */
function checkDepth(text: string): void {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') at = stringEnd(text, at);
    else if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') depth -= 1;
    if (depth <= JSON_DEPTH_MAX) continue;
    const line = text.slice(0, at).split('\n').length;
    throw new ProtocolError('JSON_DEPTH', `nested more than ${JSON_DEPTH_MAX} deep`, { line });
  }
}

/** Where the quote stands that ends the string from `start` on; the end of the text if none does. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

/** The first character that cannot follow what stands before it: the longest prefix that could go on ends there. */
function faultAt(text: string): number {
  let [good, bad] = [0, text.length + 1];
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    if (couldGoOn(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

function couldGoOn(prefix: string): boolean {
  try {
    JSON.parse(prefix);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    // Of a fault at its end the runtime says so, or names the place behind the last character.
    const [, position] = / at position (\d+)/.exec(message) ?? [];
    return /end of JSON input/.test(message) || Number(position) >= prefix.length;
  }
}
