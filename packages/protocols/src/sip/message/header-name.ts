/**
 * Header names: compact forms (RFC 3261 §7.3.3, and the registry since), and which headers are
 * what.
 */

const COMPACT: Readonly<Record<string, string>> = {
  a: 'Accept-Contact',
  b: 'Referred-By',
  c: 'Content-Type',
  d: 'Request-Disposition',
  e: 'Content-Encoding',
  f: 'From',
  i: 'Call-ID',
  j: 'Reject-Contact',
  k: 'Supported',
  l: 'Content-Length',
  m: 'Contact',
  n: 'Identity-Info',
  o: 'Event',
  r: 'Refer-To',
  s: 'Subject',
  t: 'To',
  u: 'Allow-Events',
  v: 'Via',
  x: 'Session-Expires',
  y: 'Identity',
};

/** RFC 3261 §7.3.1 and table 2, 3: these occur at most once. Lower case. */
export const SINGLE_HEADERS: readonly string[] = [
  'to',
  'from',
  'call-id',
  'cseq',
  'max-forwards',
  'content-length',
  'content-type',
  'expires',
  'min-expires',
];

/** RFC 3261 §8.1.1 and §8.2.6.2: what no message lacks, as it is written on the wire. */
export const REQUIRED_HEADERS: readonly string[] = ['Via', 'From', 'To', 'Call-ID', 'CSeq'];

/** Headers whose value is a list of addresses. */
export const ADDRESS_LIST_HEADERS: readonly string[] = [
  'Contact',
  'Route',
  'Record-Route',
  'Path',
  'Service-Route',
];

/** The long form of a compact name; any other name as it is. */
export function longHeaderName(name: string): string {
  return name.length === 1 ? (COMPACT[name.toLowerCase()] ?? name) : name;
}
