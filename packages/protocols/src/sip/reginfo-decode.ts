/**
 * Octets of application/reginfo+xml to values (RFC 3680 §5.4, RFC 5628 §4). Elements and attributes
 * of other namespaces are passed over, as the schema wants. Used by whoever subscribes to reg.
 */
import { CLOSE, type Cursor, END, OPEN, skipElement, textOf } from '../cursor.ts';
import { ProtocolError } from '../error.ts';
import { XmlCursor } from '../xml/index.ts';
import {
  CONTACT_COUNT_MAX,
  CONTACT_EVENTS,
  CONTACT_STATES,
  GRUUINFO_NAMESPACE,
  REGINFO_BYTES_MAX,
  REGINFO_NAMESPACE,
  REGINFO_NUMBER_MAX,
  REGINFO_TEXT_LENGTH_MAX,
  REGISTRATION_COUNT_MAX,
  REGISTRATION_STATES,
  type Reginfo,
  type ReginfoContact,
  type ReginfoErrorCode,
  type ReginfoRegistration,
  UNKNOWN_PARAM_COUNT_MAX,
  type UnknownParam,
} from './reginfo.ts';

/** Throws `REGINFO_…`, `XML_…` or `BYTES_NOT_UTF8`. */
export function decodeReginfo(bytes: Uint8Array): Reginfo {
  if (bytes.length > REGINFO_BYTES_MAX) {
    const byte = REGINFO_BYTES_MAX;
    throw new ProtocolError('REGINFO_LENGTH', `longer than ${byte} octets`, { byte });
  }
  const cursor = new XmlCursor(bytes);
  cursor.next();
  if (cursor.name !== 'reginfo' || cursor.namespace !== REGINFO_NAMESPACE) {
    throw refuse(cursor, 'REGINFO_ROOT', `the root element is ${cursor.name}, not reginfo`);
  }
  const head = {
    version: number(cursor, 'version') ?? missing(cursor, 'version'),
    state: oneOf(cursor, 'state', ['full', 'partial'] as const),
  };
  const registrations: ReginfoRegistration[] = [];
  while (nextChild(cursor)) {
    if (!isReginfo(cursor, 'registration')) skipElement(cursor);
    else addTo(registrations, registration(cursor), REGISTRATION_COUNT_MAX, cursor);
  }
  while (cursor.next() !== END);
  return { ...head, registrations };
}

function registration(cursor: Cursor): ReginfoRegistration {
  const head = {
    aor: required(cursor, 'aor'),
    id: required(cursor, 'id'),
    state: oneOf(cursor, 'state', REGISTRATION_STATES),
  };
  const contacts: ReginfoContact[] = [];
  while (nextChild(cursor)) {
    if (!isReginfo(cursor, 'contact')) skipElement(cursor);
    else addTo(contacts, contact(cursor), CONTACT_COUNT_MAX, cursor);
  }
  return { ...head, contacts };
}

function contact(cursor: Cursor): ReginfoContact {
  const head = {
    id: required(cursor, 'id'),
    state: oneOf(cursor, 'state', CONTACT_STATES),
    event: oneOf(cursor, 'event', CONTACT_EVENTS),
    ...optional('durationRegistered', number(cursor, 'duration-registered')),
    ...optional('expires', number(cursor, 'expires')),
    ...optional('retryAfter', number(cursor, 'retry-after')),
    ...optional('q', attribute(cursor, 'q')),
    ...optional('callid', attribute(cursor, 'callid')),
    ...optional('cseq', number(cursor, 'cseq')),
  };
  const unknownParams: UnknownParam[] = [];
  const parts: { uri?: string; displayName?: string } & Gruus = {};
  while (nextChild(cursor)) {
    if (isReginfo(cursor, 'uri')) parts.uri = text(cursor);
    else if (isReginfo(cursor, 'display-name')) parts.displayName = text(cursor);
    else if (isReginfo(cursor, 'unknown-param')) {
      const param = { name: required(cursor, 'name'), value: text(cursor) };
      addTo(unknownParams, param, UNKNOWN_PARAM_COUNT_MAX, cursor);
    } else Object.assign(parts, gruu(cursor));
  }
  const { uri = missing(cursor, 'uri'), ...others } = parts;
  return { ...head, uri, ...others, unknownParams };
}

type Gruus = { -readonly [Name in 'pubGruu' | 'tempGruu']?: ReginfoContact[Name] };

/** RFC 5628 §4: an element of the GRUU extension; any other says nothing. */
function gruu(cursor: Cursor): Gruus {
  const name = cursor.namespace === GRUUINFO_NAMESPACE ? cursor.name : '';
  let found: Gruus = {};
  if (name === 'pub-gruu') found = { pubGruu: required(cursor, 'uri') };
  if (name === 'temp-gruu') {
    const firstCseq = number(cursor, 'first-cseq') ?? missing(cursor, 'first-cseq');
    found = { tempGruu: { uri: required(cursor, 'uri'), firstCseq } };
  }
  skipElement(cursor);
  return found;
}

/** Enters the next child of the open element; false leaves it. */
function nextChild(cursor: Cursor): boolean {
  for (;;) {
    const token = cursor.next();
    if (token === OPEN) return true;
    if (token === CLOSE) return false;
  }
}

function isReginfo(cursor: Cursor, name: string): boolean {
  return cursor.name === name && cursor.namespace === REGINFO_NAMESPACE;
}

function text(cursor: Cursor): string {
  return bounded(cursor, cursor.name, textOf(cursor).trim());
}

function attribute(cursor: Cursor, name: string): string | undefined {
  const value = cursor.attributes.find((each) => each.name === name)?.value;
  return value === undefined ? undefined : bounded(cursor, name, value.trim());
}

function bounded(cursor: Cursor, name: string, value: string): string {
  if (value.length <= REGINFO_TEXT_LENGTH_MAX) return value;
  throw refuse(cursor, 'REGINFO_LENGTH', `${name} is longer than ${REGINFO_TEXT_LENGTH_MAX}`);
}

function required(cursor: Cursor, name: string): string {
  const value = attribute(cursor, name);
  return value === undefined || value === '' ? missing(cursor, name) : value;
}

function number(cursor: Cursor, name: string): number | undefined {
  const value = attribute(cursor, name);
  if (value === undefined) return undefined;
  const read = /^[0-9]{1,20}$/.test(value) ? Number(value) : Number.NaN;
  if (read <= REGINFO_NUMBER_MAX) return read;
  throw refuse(cursor, 'REGINFO_VALUE', `${name} is not 0 to ${REGINFO_NUMBER_MAX}`);
}

function oneOf<Value extends string>(
  cursor: Cursor,
  name: string,
  values: readonly Value[],
): Value {
  const given = required(cursor, name);
  const value = values.find((each) => each === given);
  if (value !== undefined) return value;
  throw refuse(cursor, 'REGINFO_VALUE', `${name} is none of ${values.join(', ')}`);
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [Key in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [Key in Name]?: Value };
}

function addTo<Item>(list: Item[], item: Item, countMax: number, cursor: Cursor): void {
  if (list.length === countMax) throw refuse(cursor, 'REGINFO_COUNT', `more than ${countMax}`);
  list.push(item);
}

function missing(cursor: Cursor, name: string): never {
  throw refuse(cursor, 'REGINFO_VALUE', `no ${name}`);
}

function refuse(cursor: Cursor, code: ReginfoErrorCode, message: string): ProtocolError {
  return new ProtocolError(code, message, cursor.where);
}
