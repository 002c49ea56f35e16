/** Looking at and changing the list of headers; every change returns a new message. */
import type { Header, SipMessage } from './message.ts';

interface HasHeaders {
  readonly headers: readonly Header[];
}

/** Value of the first header of that name, without case. */
export function headerOf(message: HasHeaders, name: string): string | undefined {
  for (const header of message.headers) if (isNamed(header, name)) return header.value;
  return undefined;
}

/** Values of all headers of that name, in order, one per header line. */
export function headersOf(message: HasHeaders, name: string): readonly string[] {
  const values: string[] = [];
  for (const header of message.headers) if (isNamed(header, name)) values.push(header.value);
  return values;
}

/** Names are ASCII: what is of another length is another name, which spares most of the comparing. */
function isNamed(header: Header, name: string): boolean {
  if (header.name === name) return true;
  return header.name.length === name.length && header.name.toLowerCase() === name.toLowerCase();
}

/**
 * Elements of a comma list over all headers of that name, trimmed (Supported, Require, Allow,
 * Accept-Contact ...).
 */
export function listOf(message: HasHeaders, name: string): readonly string[] {
  return headersOf(message, name).flatMap(splitList);
}

/** RFC 3261 §7.3.1: splits at commas outside quotes and angle brackets; empty elements vanish. */
export function splitList(value: string): readonly string[] {
  const elements: string[] = [];
  let start = 0;
  let quoted = false;
  let bracketed = false;
  for (let at = 0; at < value.length; at++) {
    const character = value[at];
    if (quoted && character === '\\') at++;
    else if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === '<') bracketed = true;
    else if (character === '>') bracketed = false;
    else if (character === ',' && !bracketed) {
      elements.push(value.slice(start, at));
      start = at + 1;
    }
  }
  elements.push(value.slice(start));
  return elements.map((element) => element.trim()).filter((element) => element !== '');
}

/** The message with one header of that name, where the first one was or else at the end. */
export function withHeader<M extends SipMessage>(message: M, name: string, value: string): M {
  const wanted = name.toLowerCase();
  const at = message.headers.findIndex((header) => header.name.toLowerCase() === wanted);
  const others = message.headers.filter(
    (header, index) => index === at || header.name.toLowerCase() !== wanted,
  );
  const header = { name, value };
  return { ...message, headers: at < 0 ? [...others, header] : others.with(at, header) };
}

export function withoutHeader<M extends SipMessage>(message: M, name: string): M {
  const unwanted = name.toLowerCase();
  const headers = message.headers.filter((header) => header.name.toLowerCase() !== unwanted);
  return { ...message, headers };
}

/**
 * The message with one more header of that name, above those that it has (Via, Route, Path,
 * Record-Route).
 */
export function prependHeader<M extends SipMessage>(message: M, name: string, value: string): M {
  const wanted = name.toLowerCase();
  const first = message.headers.findIndex((header) => header.name.toLowerCase() === wanted);
  const headers = message.headers.toSpliced(Math.max(first, 0), 0, { name, value });
  return { ...message, headers };
}
