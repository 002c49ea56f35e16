/**
 * Bodies in a HAR file, the HTTP archive that browsers and proxies write. HAR 1.2 (W3C draft).
 *
 * Pure. Only `log.entries[].request.postData` and `response.content` are looked at. Used by capture.ts.
 */
import { decodeBase64, encodeUtf8, ProtocolError } from '@ueprov/protocols';

export interface HarBody {
  /** Milliseconds since 1970; undefined where the file does not say. */
  readonly at: number | undefined;
  readonly from: string;
  readonly to: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

export const ENTRIES_MAX = 100_000;

/** Is this parsed JSON a HAR file? */
export function isHar(json: unknown): boolean {
  return Array.isArray(field(field(json, 'log'), 'entries'));
}

/** Throws `CAPTURE_HAR` with the path of what is no body. */
export function decodeHar(json: unknown): readonly HarBody[] {
  const entries = field(field(json, 'log'), 'entries');
  if (!Array.isArray(entries)) throw malformed('no list of entries', 'log.entries');
  if (entries.length > ENTRIES_MAX) throw malformed('too many entries', 'log.entries');
  return entries.flatMap((entry: unknown, index) => bodiesOf(entry, `log.entries[${index}]`));
}

function bodiesOf(entry: unknown, path: string): readonly HarBody[] {
  const request = field(entry, 'request');
  const url = textOf(field(request, 'url')) ?? 'server';
  const at = Date.parse(textOf(field(entry, 'startedDateTime')) ?? '');
  const began = Number.isNaN(at) ? undefined : at;
  const sent = bodyOf(field(request, 'postData'), `${path}.request.postData`);
  const content = field(field(entry, 'response'), 'content');
  const received = bodyOf(content, `${path}.response.content`);
  return [
    ...sent.map((body) => ({ at: began, from: 'client', to: url, ...body })),
    ...received.map((body) => ({ at: began, from: url, to: 'client', ...body })),
  ];
}

/** A `postData` or a `content`: none or one body. */
function bodyOf(holder: unknown, path: string): readonly Pick<HarBody, 'contentType' | 'bytes'>[] {
  const text = textOf(field(holder, 'text'));
  const contentType = textOf(field(holder, 'mimeType'));
  if (text === undefined || text === '' || contentType === undefined) return [];
  if (field(holder, 'encoding') === 'base64') {
    try {
      return [{ contentType, bytes: decodeBase64(text) }];
    } catch {
      throw malformed('the text is not base64', `${path}.text`);
    }
  }
  return [{ contentType, bytes: octetsOf(text, contentType) }];
}

/** Browsers write the octets of a binary request as characters of the same number. */
function octetsOf(text: string, contentType: string): Uint8Array {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: every octet is meant
  const isOctets = /wbxml/i.test(contentType) && /^[\x00-\xff]*$/.test(text);
  return isOctets ? new Uint8Array(Buffer.from(text, 'latin1')) : encodeUtf8(text);
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function malformed(message: string, path: string): ProtocolError {
  return new ProtocolError('CAPTURE_HAR', message, { path });
}
