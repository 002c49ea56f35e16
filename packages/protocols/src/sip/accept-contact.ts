/**
 * Caller preferences: which contacts of a user a request goes to (RFC 3841 §7.2 on the feature sets
 * of RFC 3840). Used where a request meets registered contacts: the S-CSCF of the lab, and the
 * Provisioning Server when it chooses.
 */
import { type NameAddr, type Parameter, parameterValue, Scanner } from './message/index.ts';

export interface AcceptContact {
  /** Feature tags with the values wanted; `require` and `explicit` are not among them. */
  readonly features: readonly Parameter[];
  /** A contact that does not match is left out. */
  readonly isRequired: boolean;
  /** A contact matches only if it speaks of every feature. */
  readonly isExplicit: boolean;
}

export const ACCEPT_CONTACT_COUNT_MAX = 16;

/** RFC 3840 §9: the tags that stand without a plus. */
const BASE_TAGS: readonly string[] = [
  'actor',
  'application',
  'audio',
  'automata',
  'class',
  'control',
  'data',
  'description',
  'duplex',
  'events',
  'extensions',
  'isfocus',
  'language',
  'methods',
  'mobility',
  'priority',
  'schemes',
  'text',
  'type',
  'video',
];

/** One header value, which may hold several. Throws `SIP_PARAMETER` or `SIP_COUNT`. */
export function decodeAcceptContacts(value: string): readonly AcceptContact[] {
  const scanner = new Scanner(value, 'Accept-Contact');
  const all: AcceptContact[] = [];
  do {
    if (all.length === ACCEPT_CONTACT_COUNT_MAX) throw scanner.error('SIP_COUNT', 'too many');
    scanner.skipSpace();
    // RFC 3841 §9.2: nothing but the wildcard may stand there. [SIPPUSH RFC3841.9.2-1]
    if (!scanner.take('*')) throw scanner.error('SIP_PARAMETER', '* expected');
    const parameters = scanner.parameters();
    const has = (name: string) => parameterValue({ parameters }, name) !== undefined;
    const features = parameters.filter(isFeature);
    all.push({ features, isRequired: has('require'), isExplicit: has('explicit') });
  } while (scanner.take(','));
  scanner.expectEnd('SIP_PARAMETER');
  return all;
}

/**
 * The contacts that `preferences` leave, best first: by q, and by score among equals.
 * [SIPPUSH RFC3841.7.2-2]
 */
export function preferredContacts(
  contacts: readonly NameAddr[],
  preferences: readonly AcceptContact[],
): readonly NameAddr[] {
  return contacts
    .map((contact) => ({ contact, q: qOf(contact), score: scoreOf(contact, preferences) }))
    .filter(({ score }) => score !== undefined)
    .sort((a, b) => b.q - a.q || (b.score ?? 0) - (a.score ?? 0))
    .map(({ contact }) => contact);
}

/**
 * RFC 3841 §7.2.4: the average over all preferences, 0 to 1; undefined if one of them excludes the
 * contact.
 */
export function scoreOf(
  contact: NameAddr,
  preferences: readonly AcceptContact[],
): number | undefined {
  // RFC 3841 §7.2.2: a contact without feature parameters is immune; it comes after those that say
  // something.
  if (!contact.parameters.some(isFeature) || preferences.length === 0) return 0;
  let sum = 0;
  for (const preference of preferences) {
    const score = scoreOfOne(contact, preference);
    if (score === undefined) return undefined;
    sum += score;
  }
  return sum / preferences.length;
}

function scoreOfOne(contact: NameAddr, preference: AcceptContact): number | undefined {
  const { features, isRequired, isExplicit } = preference;
  let spoken = 0;
  for (const { name, value } of features) {
    const offered = contact.parameters.find(
      (parameter) => parameter.name.toLowerCase() === name.toLowerCase(),
    );
    if (offered === undefined) continue;
    // RFC 3841 §7.2.4: a contradiction is no match: out if required, last if not.
    // [SIPPUSH RFC3841.7.2-1]
    if (!isOverlap(valuesOf(offered.value), valuesOf(value))) return isRequired ? undefined : 0;
    spoken++;
  }
  const score = features.length === 0 ? 1 : spoken / features.length;
  if (!isExplicit || score === 1) return score;
  return isRequired ? undefined : 0;
}

function isFeature({ name }: Parameter): boolean {
  return name.startsWith('+') || BASE_TAGS.includes(name.toLowerCase());
}

/** RFC 3840 §9: a tag without value is TRUE; a value is a comma list. */
function valuesOf(value: string | undefined): readonly string[] {
  return (value ?? 'TRUE').split(',').map((each) => each.trim());
}

function isOverlap(offered: readonly string[], wanted: readonly string[]): boolean {
  return offered.some((each) => wanted.some((other) => isSameValue(each, other)));
}

function isSameValue(a: string, b: string): boolean {
  // RFC 3840 §9: ! negates a token. Two negations always leave something in common.
  if (a.startsWith('!') && b.startsWith('!')) return true;
  if (a.startsWith('!')) return !isSameValue(a.slice(1), b);
  if (b.startsWith('!')) return !isSameValue(a, b.slice(1));
  if (a.startsWith('#') && b.startsWith('#')) return isIntersection(a, b);
  const [plainA, plainB] = [a, b].map((each) => each.replace(/^<(.*)>$/, '$1'));
  // RFC 3840 §9: <strings> are compared with case, tokens without. [SIPPUSH RFC3840.9-1]
  if (a.startsWith('<') && b.startsWith('<')) return plainA === plainB;
  return plainA?.toLowerCase() === plainB?.toLowerCase();
}

type Range = readonly [from: number, to: number];

/** `#=5`, `#>=5`, `#<=5`, `#1:5`; undefined for what is none of them, which matches nothing. */
function rangeOf(value: string): Range | undefined {
  const match = /^#(?:(=|>=|<=)(-?[0-9.]+)|(-?[0-9.]+):(-?[0-9.]+))$/.exec(value);
  if (match === null) return undefined;
  const [, sign, bound, from, to] = match;
  if (sign === '=') return [Number(bound), Number(bound)];
  if (sign === '>=') return [Number(bound), Number.POSITIVE_INFINITY];
  if (sign === '<=') return [Number.NEGATIVE_INFINITY, Number(bound)];
  return [Number(from), Number(to)];
}

function isIntersection(textA: string, textB: string): boolean {
  const [a, b] = [rangeOf(textA), rangeOf(textB)];
  return a !== undefined && b !== undefined && a[0] <= b[1] && b[0] <= a[1];
}

/** RFC 3261 §20.10: absent or unreadable is 1, the most preferred. */
function qOf(contact: NameAddr): number {
  const q = Number(parameterValue(contact, 'q') ?? '1');
  return q >= 0 && q <= 1 ? q : 1;
}
