/**
 * `scheme name=value, name="value"`: the syntax of challenges and credentials (RFC 2617 section
 * 1.2, RFC 3261 §20.7). Used by http-digest.ts, and through it by SIP and HTTP on both sides.
 */
import { ProtocolError } from '../error.ts';

export interface AuthParams {
  /** As it was written; compare it without case. */
  readonly scheme: string;
  /** By lower-case name. */
  readonly params: ReadonlyMap<string, string>;
}

export const AUTH_VALUE_LENGTH_MAX = 8192;
export const AUTH_PARAM_COUNT_MAX = 32;
/** Challenges of one header value. */
export const CHALLENGE_COUNT_MAX = 16;

const SCHEME = /[A-Za-z0-9!#$%&'*+.^_`|~-]+/y;
const PARAM =
  /[\t ]*([A-Za-z0-9!#$%&'*+.^_`|~-]+)[\t ]*=[\t ]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))[\t ]*/sy;

/** RFC 9110 11.6.1: where a challenge begins, and not one more parameter of the one before it. */
const CHALLENGE_START = /[\t ]*[A-Za-z0-9!#$%&'*+.^_`|~-]+(?:[\t ]+(?=[^\t ,=])|[\t ]*(?=,|$))/y;
/** A quoted string, or anything up to the next comma or quote. */
const PIECE = /"(?:[^"\\]|\\.)*"?|[^",]+/sy;

/**
 * The challenges of a WWW-Authenticate or Proxy-Authenticate, each as a text of its own: one value may hold
 * several (RFC 9110 11.6.1), and commas stand within them and between them. Throws `DIGEST_SYNTAX`.
 */
export function splitChallenges(value: string): readonly string[] {
  if (value.length > AUTH_VALUE_LENGTH_MAX) throw syntax('value too long', AUTH_VALUE_LENGTH_MAX);
  const starts: number[] = [];
  for (let at = 0; at < value.length; at++) {
    CHALLENGE_START.lastIndex = at;
    if (CHALLENGE_START.test(value)) starts.push(at);
    if (starts.length > CHALLENGE_COUNT_MAX) throw syntax('too many challenges', at);
    while (at < value.length && value[at] !== ',') {
      PIECE.lastIndex = at;
      PIECE.test(value);
      at = PIECE.lastIndex;
    }
  }
  return starts.map((start, index) => withoutCommas(value.slice(start, starts[index + 1])));
}

/** Without blanks around it and the commas that part it from the next one. */
function withoutCommas(text: string): string {
  let end = text.length;
  while (end > 0 && ', \t'.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end).trimStart();
}

/** Scheme and parameters of one challenge or of one set of credentials. Throws `DIGEST_SYNTAX`. */
export function decodeAuthParams(value: string): AuthParams {
  if (value.length > AUTH_VALUE_LENGTH_MAX) throw syntax('value too long', AUTH_VALUE_LENGTH_MAX);
  SCHEME.lastIndex = 0;
  const scheme = SCHEME.exec(value)?.[0];
  if (scheme === undefined) throw syntax('no scheme', 0);
  return { scheme, params: decodeParamList(value, scheme.length) };
}

/** The list alone, as in Authentication-Info, from offset `from`. Throws `DIGEST_SYNTAX`. */
export function decodeParamList(value: string, from = 0): ReadonlyMap<string, string> {
  if (value.length > AUTH_VALUE_LENGTH_MAX) throw syntax('value too long', AUTH_VALUE_LENGTH_MAX);
  const params = new Map<string, string>();
  if (value.slice(from).trim() === '') return params;
  PARAM.lastIndex = from;
  for (;;) {
    const at = PARAM.lastIndex;
    const match = PARAM.exec(value);
    if (match === null) throw syntax('a parameter is malformed', at);
    const name = (match[1] ?? '').toLowerCase();
    // RFC 2617 §1.2: a parameter occurs once.
    if (params.has(name)) throw syntax(`parameter ${name} occurs twice`, at);
    if (params.size === AUTH_PARAM_COUNT_MAX) throw syntax('too many parameters', at);
    params.set(name, match[2]?.replace(/\\(.)/gs, '$1') ?? match[3] ?? '');
    if (PARAM.lastIndex === value.length) return params;
    if (value[PARAM.lastIndex] !== ',') throw syntax('no comma', PARAM.lastIndex);
    PARAM.lastIndex += 1;
  }
}

/** `name="value"` with what needs it escaped. */
export function quoted(name: string, value: string): string {
  return `${name}="${value.replace(/["\\]/g, '\\$&')}"`;
}

function syntax(message: string, byte: number): ProtocolError {
  return new ProtocolError('DIGEST_SYNTAX', message, { byte });
}
