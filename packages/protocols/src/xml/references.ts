/** References to characters, in octets. XML 1.0 §4.1, §4.6. Used by `XmlSource` and `XmlText`. */

const SEMICOLON = 0x3b;
const HASH = 0x23;
const SMALL_X = 0x78;

/** Where the reference that starts with the `&` at `start` ends, past its `;`; -1 if it is none, or to nothing. */
export function endOfReference(bytes: Uint8Array, start: number): number {
  let end = start + 1;
  while (end < bytes.length && bytes[end] !== SEMICOLON) {
    if (!isReferenceOctet(bytes[end] as number)) return -1;
    end += 1;
  }
  return end === bytes.length || referred(bytes, start, end + 1) < 0 ? -1 : end + 1;
}

/** The code of the character that a reference stands for; -1 for none. No entity is declared here: five are there. */
export function referred(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start + 1] !== HASH) return predefined(bytes, start + 1, end - 1);
  const isHex = bytes[start + 2] === SMALL_X;
  const first = start + (isHex ? 3 : 2);
  let code = first < end - 1 ? 0 : -1;
  for (let at = first; at < end - 1; at++) {
    const digit = digitOf(bytes[at] ?? 0);
    if (digit < 0 || (digit > 9 && !isHex)) return -1;
    code = code * (isHex ? 16 : 10) + digit;
    if (code > 0x10ffff) return -1;
  }
  return code < 0 || !isCharacter(code) ? -1 : code;
}

/** No other stands in one that is defined. */
function isReferenceOctet(octet: number): boolean {
  return octet === HASH || (octet >= 0x30 && octet <= 0x39) || (octet >= 0x41 && octet <= 0x7a);
}

function digitOf(octet: number): number {
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  const lower = octet | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** XML 1.0 §2.2. */
function isCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x09 || code === 0x0a || code === 0x0d;
  return code < 0xd800 || (code > 0xdfff && code !== 0xfffe && code !== 0xffff);
}

function predefined(bytes: Uint8Array, start: number, end: number): number {
  for (const [name, code] of PREDEFINED) {
    if (name.length === end - start && isWordAt(bytes, start, name)) return code;
  }
  return -1;
}

/** True if the octets from `at` on are `word`, which is ASCII. */
export function isWordAt(bytes: Uint8Array, at: number, word: string): boolean {
  for (let index = 0; index < word.length; index++) {
    if (bytes[at + index] !== word.charCodeAt(index)) return false;
  }
  return true;
}

const PREDEFINED: readonly (readonly [name: string, code: number])[] = [
  ['lt', 0x3c],
  ['gt', 0x3e],
  ['amp', 0x26],
  ['quot', 0x22],
  ['apos', 0x27],
];
