/**
 * From, To, Contact, Route and their kin: `"name" <uri>;parameters` (RFC 3261 §20.10 and §25.1).
 */
import { ADDRESS_COUNT_MAX } from './message.ts';
import { encodeParameters, encodeQuoted, type Parameter, Scanner } from './scanner.ts';
import { decodeUri, encodeUri, type Uri } from './uri.ts';

export interface NameAddr {
  readonly displayName?: string;
  readonly uri: Uri;
  /** Those of the header, outside the angle brackets. */
  readonly parameters: readonly Parameter[];
}

/** `*(token LWS)` before `<`. */
const DISPLAY_TOKENS = /([A-Za-z0-9\-.!%*_+`'~ \t]*)</y;
const IN_BRACKETS = /([^<>]*)>/y;
/** RFC 3261 §20: a URI with a comma, question mark or semicolon has to stand in brackets. */
const BARE = /[^\s;,<>"]+/y;

/** One address. Throws `SIP_NAME_ADDR`, `SIP_URI` or `SIP_PARAMETER`. */
export function decodeNameAddr(value: string, path = 'name-addr'): NameAddr {
  const scanner = new Scanner(value, path);
  const address = nameAddr(scanner, path);
  scanner.expectEnd('SIP_NAME_ADDR');
  return address;
}

/** One or more addresses, separated by commas. Throws as `decodeNameAddr`, and `SIP_COUNT`. */
export function decodeNameAddrList(value: string, path = 'name-addr'): readonly NameAddr[] {
  const scanner = new Scanner(value, path);
  const addresses: NameAddr[] = [];
  do {
    if (addresses.length === ADDRESS_COUNT_MAX) throw scanner.error('SIP_COUNT', 'too many');
    addresses.push(nameAddr(scanner, path));
  } while (scanner.take(','));
  scanner.expectEnd('SIP_NAME_ADDR');
  return addresses;
}

export function encodeNameAddr({ displayName, uri, parameters }: NameAddr): string {
  const name = displayName === undefined ? '' : `${encodeQuoted(displayName)} `;
  return `${name}<${encodeUri(uri)}>${encodeParameters(parameters)}`;
}

/** An address without display name and parameters, from the text of its URI. */
export function addressOf(uri: string, ...parameters: readonly Parameter[]): NameAddr {
  return { uri: decodeUri(uri), parameters };
}

function nameAddr(scanner: Scanner, path: string): NameAddr {
  scanner.skipSpace();
  const quoted = scanner.quotedString('SIP_NAME_ADDR');
  if (quoted !== undefined) {
    scanner.skipSpace();
    if (scanner.match(/</y) === undefined) throw scanner.error('SIP_NAME_ADDR', '< expected');
    return bracketed(scanner, path, quoted);
  }
  const tokens = scanner.match(DISPLAY_TOKENS)?.[1]?.trim();
  if (tokens !== undefined) return bracketed(scanner, path, tokens === '' ? undefined : tokens);
  const bare = scanner.match(BARE)?.[0];
  if (bare === undefined) throw scanner.error('SIP_NAME_ADDR', 'address expected');
  if (bare.includes('?')) {
    throw scanner.error('SIP_NAME_ADDR', 'a URI with headers has to stand in angle brackets');
  }
  return { uri: decodeUri(bare, path), parameters: scanner.parameters() };
}

function bracketed(scanner: Scanner, path: string, displayName: string | undefined): NameAddr {
  const text = scanner.match(IN_BRACKETS)?.[1];
  if (text === undefined) throw scanner.error('SIP_NAME_ADDR', '> expected');
  const uri = decodeUri(text, path);
  const parameters = scanner.parameters();
  return displayName === undefined ? { uri, parameters } : { displayName, uri, parameters };
}
