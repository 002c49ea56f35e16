/** A PAP control document to its message: what the DTD asks for is there, or it is one error with its line. */
import { CLOSE, type Cursor, END, OPEN, TEXT } from '../cursor.ts';
import { ProtocolError } from '../error.ts';
import { XmlCursor } from '../xml/index.ts';
import {
  ADDRESS_ATTRIBUTE,
  ADDRESS_ELEMENT,
  type AttributeRule,
  isPapKind,
  PAP_VERSIONS,
  ruleOf,
} from './pap-dtd.ts';
import type { PapMessage } from './pap-message.ts';

export type PapErrorCode =
  | 'PAP_BYTES'
  | 'PAP_VERSION'
  | 'PAP_ELEMENT'
  | 'PAP_MISSING'
  | 'PAP_ATTRIBUTE'
  | 'PAP_COUNT'
  | 'PAP_LENGTH';

export const PAP_DOCUMENT_BYTES_MAX = 65_536;
/** Addresses, results or notes of one message. */
export const PAP_CHILDREN_MAX = 100;
export const PAP_ATTRIBUTE_LENGTH_MAX = 2048;
/** What is repeated of a document that cannot be read. */
export const BAD_FRAGMENT_LENGTH_MAX = 256;

/** Throws a `PapErrorCode`, or what xml/ throws. Attributes that the DTD does not have are left out. */
export function decodePapDocument(bytes: Uint8Array): PapMessage {
  if (bytes.length > PAP_DOCUMENT_BYTES_MAX) {
    const at = { byte: PAP_DOCUMENT_BYTES_MAX };
    throw new ProtocolError('PAP_BYTES', 'the control document is too long', at);
  }
  checkVersion(bytes);
  const cursor = new XmlCursor(bytes);
  enter(cursor, 'pap');
  const kind = nextElement(cursor);
  if (kind === undefined || !isPapKind(kind)) {
    throw refused(cursor, 'PAP_ELEMENT', `${kind ?? 'nothing'} is no message of PAP`);
  }
  const message = { kind, ...element(cursor, kind) };
  if (nextElement(cursor) !== undefined) {
    throw refused(cursor, 'PAP_ELEMENT', `${cursor.name} is one message too many`);
  }
  return message as unknown as PapMessage;
}

/** The begin of what could not be read, as characters that XML can carry. */
export function badFragment(bytes: Uint8Array): string {
  const { buffer, byteOffset } = bytes;
  const length = Math.min(bytes.length, BAD_FRAGMENT_LENGTH_MAX);
  const text = Buffer.from(buffer, byteOffset, length).toString('latin1');
  return text.replace(/[^\x20-\x7e]/g, '?');
}

const PUBLIC_ID = /<!DOCTYPE\s+pap\s+PUBLIC\s+["']([^"']*)["']/;
const PROLOG_BYTES_MAX = 2048;

/**
 * PAP 3.2: a version that we do not know is told from a document that makes no sense. None is as good as ours.
 * [SIPPUSH PAP-2]
 */
function checkVersion(bytes: Uint8Array): void {
  const { buffer, byteOffset } = bytes;
  const prolog = Buffer.from(buffer, byteOffset, Math.min(bytes.length, PROLOG_BYTES_MAX));
  const publicId = PUBLIC_ID.exec(prolog.toString('latin1'))?.[1];
  if (publicId === undefined || PAP_VERSIONS.some((each) => each.publicId === publicId)) return;
  throw new ProtocolError('PAP_VERSION', `${publicId} is not known`, { path: 'DOCTYPE' });
}

type Fields = Record<string, unknown>;

/** The content of the element that the cursor has entered. */
function element(cursor: Cursor, name: string): Fields {
  const rule = ruleOf(name);
  if (rule === undefined) throw refused(cursor, 'PAP_ELEMENT', `${name} is not of PAP`);
  const fields = attributes(cursor, name, rule.attributes);
  for (const { property, isList } of Object.values(rule.children)) {
    if (isList) fields[property] = [];
  }
  for (let child = nextElement(cursor); child !== undefined; child = nextElement(cursor)) {
    const place = Object.hasOwn(rule.children, child) ? rule.children[child] : undefined;
    if (place === undefined) throw refused(cursor, 'PAP_ELEMENT', `${child} in ${name}`);
    const value = child === ADDRESS_ELEMENT ? address(cursor) : element(cursor, child);
    keep(cursor, fields, place, value);
  }
  for (const [child, { property, least }] of Object.entries(rule.children)) {
    const value = fields[property];
    const count = Array.isArray(value) ? value.length : value === undefined ? 0 : 1;
    if (count < least) throw refused(cursor, 'PAP_MISSING', `${name} without ${child}`);
  }
  return fields;
}

function keep(
  cursor: Cursor,
  fields: Fields,
  { property, isList }: { readonly property: string; readonly isList: boolean },
  value: unknown,
): void {
  const known = fields[property];
  if (isList && Array.isArray(known)) {
    if (known.length === PAP_CHILDREN_MAX)
      throw refused(cursor, 'PAP_COUNT', `too many ${property}`);
    known.push(value);
    return;
  }
  if (known !== undefined) throw refused(cursor, 'PAP_COUNT', `${property} twice`);
  fields[property] = value;
}

function address(cursor: Cursor): string {
  const rules = { [ADDRESS_ATTRIBUTE]: { type: 'text', isRequired: true } } as const;
  const value = attributes(cursor, ADDRESS_ELEMENT, rules)[ADDRESS_ATTRIBUTE];
  if (nextElement(cursor) !== undefined) {
    throw refused(cursor, 'PAP_ELEMENT', `${cursor.name} in ${ADDRESS_ELEMENT}`);
  }
  return String(value);
}

function attributes(
  cursor: Cursor,
  name: string,
  rules: Readonly<Record<string, AttributeRule>>,
): Fields {
  const fields: Fields = {};
  const given = new Map(cursor.attributes.map((each) => [each.name, each.value]));
  for (const [attribute, rule] of Object.entries(rules)) {
    const text = given.get(attribute);
    if (text !== undefined) {
      fields[attribute] = decodedValue(cursor, attribute, text, rule);
    } else if (rule.isRequired) {
      throw refused(cursor, 'PAP_MISSING', `${name} without ${attribute}`);
    }
  }
  return fields;
}

/** PAP 9: `YYYY-MM-DDThh:mm:ssZ`, always UTC. [SIPPUSH PAP-4] */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

function decodedValue(
  cursor: Cursor,
  name: string,
  text: string,
  { type }: AttributeRule,
): unknown {
  const wrong = () => refused(cursor, 'PAP_ATTRIBUTE', `${name} is not what it may be`);
  if (text.length > PAP_ATTRIBUTE_LENGTH_MAX)
    throw refused(cursor, 'PAP_LENGTH', `${name} too long`);
  switch (type) {
    case 'text':
      return text;
    case 'code':
      if (!/^[1-5]\d{3}$/.test(text)) throw wrong();
      return Number(text);
    case 'time': {
      const at = TIME.test(text) ? Date.parse(text) : Number.NaN;
      if (Number.isNaN(at) || timeText(at) !== text) throw wrong();
      return at;
    }
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw wrong();
      return text === 'true';
    default:
      if (!type.includes(text)) throw wrong();
      return text;
  }
}

export function timeText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

function enter(cursor: Cursor, name: string): void {
  if (nextElement(cursor) === name) return;
  throw refused(cursor, 'PAP_ELEMENT', `the document is not a ${name}`);
}

/** Enters the next element inside the one that is open; undefined at its end. */
function nextElement(cursor: Cursor): string | undefined {
  for (;;) {
    switch (cursor.next()) {
      case OPEN:
        return cursor.name;
      case TEXT:
        if (/[^ \t\r\n]/.test(cursor.text)) {
          throw refused(cursor, 'PAP_ELEMENT', 'text between elements');
        }
        break;
      case CLOSE:
      case END:
        return undefined;
    }
  }
}

function refused(cursor: Cursor, code: PapErrorCode, message: string): ProtocolError {
  return new ProtocolError(code, message, cursor.where);
}
