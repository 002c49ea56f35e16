/** Text with line ends as one and references read. XML 1.0 §2.11, §4.1, §4.6. Used by `parseXml`. */
import { isXmlText } from './escape.ts';

/** The characters that `raw` stands for; undefined if a reference in it is malformed or not defined. */
export function readText(raw: string): string | undefined {
  const text = raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw;
  return text.includes('&') ? readReferences(text) : text;
}

/** XML 1.0 §3.3.3: each white space of the value becomes a space, but not one that was referred to. */
export function readAttribute(raw: string): string | undefined {
  const value = /[\t\r\n]/.test(raw) ? raw.replace(/\r\n|[\t\r\n]/g, ' ') : raw;
  return value.includes('&') ? readReferences(value) : value;
}

function readReferences(text: string): string | undefined {
  // Joined at the end: a text of many references must not stay in memory as pieces.
  const pieces: string[] = [];
  let from = 0;
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', from)) {
    const end = text.indexOf(';', at);
    const character = end < 0 ? undefined : referred(text.slice(at + 1, end));
    if (character === undefined) return undefined;
    if (at > from) pieces.push(text.slice(from, at));
    pieces.push(character);
    from = end + 1;
  }
  pieces.push(text.slice(from));
  return pieces.join('');
}

function referred(name: string): string | undefined {
  if (name.charCodeAt(0) !== 0x23) return PREDEFINED.get(name);
  const isHex = name.charCodeAt(1) === 0x78;
  if (!(isHex ? /^#x[0-9a-fA-F]+$/ : /^#[0-9]+$/).test(name)) return undefined;
  const code = isHex ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  if (code > 0x10ffff) return undefined;
  const character = String.fromCodePoint(code);
  return isXmlText(character) ? character : undefined;
}

/** No others exist here: a DOCTYPE that declares one is refused. */
const PREDEFINED: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);
