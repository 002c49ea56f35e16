/** Characters of text and attribute values as XML can carry them. XML 1.0 §2.2, §2.4, §2.11, §3.3.3. */
import { ProtocolError } from '../error.ts';

/** Text content. A carriage return goes as a reference, else the reader would see a line feed. */
export function escapeText(text: string): string {
  if (!NEEDS_CARE.test(text)) return text;
  requireCharacters(text);
  return text.replace(/[&<>\r]/g, (char) => ESCAPES[char] ?? char);
}

/** A value between double quotes. */
export function escapeAttribute(value: string): string {
  if (!NEEDS_CARE.test(value)) return value;
  requireCharacters(value);
  return value.replace(/[&<>"\r\n\t]/g, (char) => ESCAPES[char] ?? char);
}

/** Text for the eye: what XML cannot carry is shown by its control picture, or by U+FFFD. */
export function displayText(text: string): string {
  return text
    .toWellFormed()
    .replace(NOT_XML, (char) =>
      char < ' ' ? String.fromCharCode(0x2400 + char.charCodeAt(0)) : '\uFFFD',
    );
}

/** XML 1.0 §2.2: no control characters but tab, line feed, carriage return; no surrogate alone; no U+FFFE, U+FFFF. */
export function isXmlText(text: string): boolean {
  return indexOfNotXml(text) < 0 && text.isWellFormed();
}

/** Index of the first character that XML does not have, surrogates aside; -1 if there is none. */
export function indexOfNotXml(text: string): number {
  return text.search(NOT_XML);
}

function requireCharacters(text: string): void {
  if (isXmlText(text)) return;
  throw new ProtocolError('XML_CHARACTER', 'text holds a character that XML cannot carry');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the point is to find them
const NOT_XML = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the point is to find them
const NEEDS_CARE = /[&<>"\x00-\x1f\ud800-\udfff\ufffe\uffff]/;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};
