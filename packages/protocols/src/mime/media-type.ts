/**
 * `type/subtype; name=value` (RFC 2045 section 5.1, RFC 3261 §20.15, RFC 2616 §3.7). Used for the
 * bodies of SIP, HTTP, OMA push and SyncML items.
 */
import { ProtocolError } from '../error.ts';

export interface MediaType {
  /** `type/subtype`, lower case. */
  readonly essence: string;
  /** By lower-case name, values as written, without their quotes. */
  readonly parameters: ReadonlyMap<string, string>;
}

export const MEDIA_TYPE_LENGTH_MAX = 1024;
export const MEDIA_TYPE_PARAMETER_COUNT_MAX = 16;

const ESSENCE = /^[\t ]*([!#$%&'*+\-.^_`|~A-Za-z0-9]+)[\t ]*\/[\t ]*([!#$%&'*+\-.^_`|~A-Za-z0-9]+)/;
const PARAMETER =
  /[\t ]*;[\t ]*([!#$%&'*+\-.^_`|~A-Za-z0-9]+)[\t ]*=[\t ]*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/sy;
const TOKEN = /^[!#$%&'*+\-.^_`|~A-Za-z0-9]+$/;

/** Throws `MIME_MEDIA_TYPE`. A parameter given twice keeps its first value. */
export function decodeMediaType(text: string): MediaType {
  if (text.length > MEDIA_TYPE_LENGTH_MAX) throw malformed('too long', MEDIA_TYPE_LENGTH_MAX);
  const match = ESSENCE.exec(text);
  if (match === null) throw malformed('no type/subtype', 0);
  const parameters = new Map<string, string>();
  let at = match[0].length;
  // RFC 2616 has no empty parameter, real senders end with a semicolon.
  while (!/^[\t ;]*$/.test(text.slice(at))) {
    PARAMETER.lastIndex = at;
    const parameter = PARAMETER.exec(text);
    if (parameter === null) throw malformed('a parameter is malformed', at);
    if (parameters.size === MEDIA_TYPE_PARAMETER_COUNT_MAX) {
      throw malformed('too many parameters', at);
    }
    const name = (parameter[1] ?? '').toLowerCase();
    const value = parameter[2]?.replace(/\\(.)/gs, '$1') ?? parameter[3] ?? '';
    if (!parameters.has(name)) parameters.set(name, value);
    at = PARAMETER.lastIndex;
  }
  const essence = `${match[1] ?? ''}/${match[2] ?? ''}`.toLowerCase();
  return { essence, parameters };
}

export function encodeMediaType({ essence, parameters }: MediaType): string {
  const list = [...parameters].map(([name, value]) =>
    TOKEN.test(value) ? `; ${name}=${value}` : `; ${name}="${value.replace(/["\\]/g, '\\$&')}"`,
  );
  return `${essence}${list.join('')}`;
}

/** Is `text` this type, whatever its parameters are? False for what is no media type at all. */
export function isMediaType(text: string | undefined, essence: string): boolean {
  const match = text === undefined ? null : ESSENCE.exec(text);
  return match !== null && `${match[1]}/${match[2]}`.toLowerCase() === essence.toLowerCase();
}

function malformed(message: string, byte: number): ProtocolError {
  return new ProtocolError('MIME_MEDIA_TYPE', `media type: ${message}`, { byte });
}
