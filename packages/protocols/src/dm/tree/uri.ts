/**
 * The address of a node: `./A/B`, `A/B?prop=ACL`, `.` for the root.
 *
 * OMA-DMTND 6.2.1 (grammar of RFC 2396 path segments), DevDetail/URI/{MaxDepth,MaxTotLen,MaxSegLen}
 * of OMA-DMSTDOBJ. Used by the tree and by whoever builds a LocURI.
 */
import { ProtocolError } from '../../error.ts';
import { done, type Outcome, refused } from './outcome.ts';
import { isPropertyName, type PropertyName } from './property.ts';

export interface NodeUri {
  /** From the root, raw (escapes are not decoded); empty for the root. */
  readonly segments: readonly string[];
  readonly prop?: PropertyName;
  /** What follows `?list=`. */
  readonly list?: string;
}

/** 0 is "no limit of the device's own"; the bounds below hold all the same. */
export interface UriLimits {
  readonly MaxDepth: number;
  readonly MaxTotLen: number;
  readonly MaxSegLen: number;
}

export const NO_LIMITS: UriLimits = { MaxDepth: 0, MaxTotLen: 0, MaxSegLen: 0 };

/** What we read at most, whatever DevDetail says. */
export const URI_LENGTH_MAX = 4096;
export const URI_DEPTH_MAX = 128;

const SEGMENT = String.raw`(?:[A-Za-z0-9\-_.!~*'():@&=+$,]|%[0-9A-Fa-f]{2})+`;
const ONE_SEGMENT = new RegExp(`^${SEGMENT}$`);
const PATH = new RegExp(`^${SEGMENT}(?:/${SEGMENT})*$`);

/**
 * One path segment: neither empty nor a dot segment, and without a character that needs an escape.
 */
export function isSegment(text: string): boolean {
  return text !== '.' && text !== '..' && ONE_SEGMENT.test(text);
}

/**
 * Reads an address; 414 if it is too long or too deep, 400 if it is no address, 406 for an unknown
 * property.
 */
export function readUri(text: string, limits: UriLimits = NO_LIMITS): Outcome<NodeUri> {
  // [TND 6.1-1] `./A`, `A` and the slip `/A` (OMA-DMTNDS's own example) are one node; the prefix is not
  // counted.
  const address = text.startsWith('./')
    ? text.slice(2)
    : text.startsWith('/')
      ? text.slice(1)
      : text;
  if (address.length > lengthMax(limits)) return refused(414, 'URI too long');
  const query = address.indexOf('?');
  const path = query < 0 ? address : address.slice(0, query);
  const segments = path === '.' && address === text ? [] : path.split('/');
  if (segments.length > atMost(limits.MaxDepth, URI_DEPTH_MAX)) return refused(414, 'URI too deep');
  const segmentMax = atMost(limits.MaxSegLen, URI_LENGTH_MAX);
  for (const segment of segments) {
    if (segment.length > segmentMax) return refused(414, 'URI segment too long');
    if (segment === '.' || segment === '..') return refused(400, 'dot segment in URI');
  }
  // [TND 6.1-2]
  if (segments.length > 0 && !PATH.test(path)) return refused(400, 'not a node address');
  return query < 0 ? done({ segments }) : readQuery(segments, address.slice(query + 1));
}

function readQuery(segments: readonly string[], query: string): Outcome<NodeUri> {
  if (query.startsWith('list=')) return done({ segments, list: query.slice('list='.length) });
  if (!query.startsWith('prop=')) return refused(400, 'neither ?prop= nor ?list=');
  const prop = query.slice('prop='.length);
  // [TND 7.1-4]
  return isPropertyName(prop) ? done({ segments, prop }) : refused(406, 'unknown property');
}

/** Of a whole address, the `./` in front not counted. */
export function lengthMax({ MaxTotLen }: UriLimits): number {
  return atMost(MaxTotLen, URI_LENGTH_MAX);
}

function atMost(limit: number, bound: number): number {
  return limit > 0 && limit < bound ? limit : bound;
}

/** As `readUri` without a device's limits, for addresses of our own. Throws `TREE_URI`. */
export function parseUri(text: string): NodeUri {
  const uri = readUri(text);
  if (!uri.ok) throw new ProtocolError('TREE_URI', uri.reason, { path: text });
  return uri.value;
}

/** The full device URI, as OMA-DMREPPRO wants it in Target and Source. */
export function formatUri({ segments, prop, list }: NodeUri): string {
  const path = segments.length === 0 ? '.' : `./${segments.join('/')}`;
  if (prop !== undefined) return `${path}?prop=${prop}`;
  return list === undefined ? path : `${path}?list=${list}`;
}
