/** Which octets of UTF-8 text want a look. XML 1.0 §2.2, §2.3, §2.11. Used by the files of `XmlCursor`. */

/** Kinds of octets, as bits; 0 is an octet that stands for itself. */
export const REFUSED = 1;
export const AMPERSAND = 2;
export const CARRIAGE_RETURN = 4;
export const BRACKET = 8;
/** The first octet of U+FFFE and U+FFFF, and of others. */
export const PERHAPS_REFUSED = 16;
export const LESS_THAN = 32;
/** A tab or line feed: a space, in an attribute. */
export const LINE_SPACE = 64;
export const BEYOND_ASCII = 128;

/** By octet. XML 1.0 §2.2: no control characters but three. */
export const KINDS = Uint8Array.from({ length: 0x100 }, (_, octet) => {
  if (octet === 0x09 || octet === 0x0a) return LINE_SPACE;
  if (octet === 0x0d) return CARRIAGE_RETURN;
  if (octet < 0x20) return REFUSED;
  if (octet === 0x26) return AMPERSAND;
  if (octet === 0x3c) return LESS_THAN;
  if (octet === 0x5d) return BRACKET;
  if (octet === 0xef) return BEYOND_ASCII | PERHAPS_REFUSED;
  return octet < 0x80 ? 0 : BEYOND_ASCII;
});

/** True for U+FFFE and U+FFFF, which XML does not have. No surrogate can come out of UTF-8. */
export function isNoncharacter(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xef && bytes[at + 1] === 0xbf && (bytes[at + 2] ?? 0) >= 0xbe;
}

export function isSpace(octet: number | undefined): boolean {
  return octet === 0x20 || octet === 0x0a || octet === 0x09 || octet === 0x0d;
}

const FIRST = 1;
const LATER = 2;

/** ASCII characters of a name: `FIRST` may start one, `LATER` may not, 0 is in none. */
const NAME = Uint8Array.from({ length: 0x80 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[A-Za-z_]/.test(character)) return FIRST;
  return /[-.0-9]/.test(character) ? LATER : 0;
});

/** XML 1.0 §2.3, NameStartChar beyond ASCII: first and last of each range. */
const NAME_START: readonly (readonly [first: number, last: number])[] = [
  [0xc0, 0xd6],
  [0xd8, 0xf6],
  [0xf8, 0x2ff],
  [0x370, 0x37d],
  [0x37f, 0x1fff],
  [0x200c, 0x200d],
  [0x2070, 0x218f],
  [0x2c00, 0x2fef],
  [0x3001, 0xd7ff],
  [0xf900, 0xfdcf],
  [0xfdf0, 0xfffd],
  [0x10000, 0xeffff],
];
/** What NameChar has besides. */
const NAME_LATER: readonly (readonly [first: number, last: number])[] = [
  [0xb7, 0xb7],
  [0x300, 0x36f],
  [0x203f, 0x2040],
];

function isIn(ranges: readonly (readonly [first: number, last: number])[], code: number): boolean {
  for (const range of ranges) if (code >= range[0] && code <= range[1]) return true;
  return false;
}

/** Where the name that starts at `start` ends: `start` itself if none does. Without colon. */
export function endOfName(bytes: Uint8Array, start: number): number {
  const first = bytes[start] ?? 0;
  if (first < 0x80 ? NAME[first] !== FIRST : !isIn(NAME_START, codeAt(bytes, start))) {
    return start;
  }
  let at = start;
  for (;;) {
    const octet = bytes[at] ?? 0;
    if (octet < 0x80) {
      if (NAME[octet] === 0) return at;
      at += 1;
    } else {
      const code = codeAt(bytes, at);
      if (!isIn(NAME_START, code) && !isIn(NAME_LATER, code)) return at;
      at += lengthOf(octet);
    }
  }
}

/** The code of the character that starts at `at`, in valid UTF-8. */
function codeAt(bytes: Uint8Array, at: number): number {
  const length = lengthOf(bytes[at] ?? 0);
  let code = (bytes[at] ?? 0) & (0xff >> (length + 1));
  for (let index = 1; index < length; index++)
    code = (code << 6) | ((bytes[at + index] ?? 0) & 0x3f);
  return code;
}

function lengthOf(lead: number): number {
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}
