/**
 * The HTTP binding of OMA DM as pure functions: which headers, which request is refused with what, which answer counts.
 *
 * SyncML HTTP Binding 1.2.1 (OMA-SYNCHTTP) 4 and 5, RFC 9110. A DM error travels inside the SyncML body with 200;
 * a status here says that there is no SyncML to answer. Used by the shells of both sides.
 */
import { ProtocolError } from '../error.ts';
import { decodeMediaType } from '../mime/media-type.ts';

export type HttpEncoding = 'xml' | 'wbxml';

/** [SYNCHTTP 4.1-1] [REPPRO 5-1] */
export const DM_MEDIA_TYPES: Readonly<Record<HttpEncoding, string>> = {
  xml: 'application/vnd.syncml.dm+xml',
  wbxml: 'application/vnd.syncml.dm+wbxml',
};

/** By lower-case name, as Node gives them. */
export type HttpHeaders = Readonly<Record<string, string | undefined>>;

export interface HttpRequestHead {
  readonly method: string;
  /** As in the request line, query and all. */
  readonly target: string;
  readonly headers: HttpHeaders;
}

export interface HttpLimits {
  /** The one path that DM is spoken on. */
  readonly path: string;
  readonly bodyMax: number;
}

export type HttpVerdict =
  | { readonly ok: true; readonly encoding: HttpEncoding; readonly answer: HttpEncoding }
  | {
      readonly ok: false;
      readonly status: number;
      readonly reason: string;
      readonly headers?: Readonly<Record<string, string>>;
    };

/** Whether a request can be answered with SyncML, and in which spelling. */
export function readRequestHead(head: HttpRequestHead, limits: HttpLimits): HttpVerdict {
  const { method, target, headers } = head;
  // [SYNCHTTP 5.1-1] `*` where the client knows no path.
  if (target !== '*' && originForm(target).split('?', 1)[0] !== limits.path) {
    return refused(404, 'no such path');
  }
  if (method !== 'POST') {
    return { ...refused(405, 'OMA DM is spoken by POST'), headers: { Allow: 'POST' } };
  }
  const encoding = encodingOfType(headers['content-type']);
  if (encoding === undefined) return refused(415, 'Content-Type is no OMA DM type in UTF-8');
  if (!isIdentity(headers['content-encoding'])) {
    return { ...refused(415, 'no content coding'), headers: { 'Accept-Encoding': 'identity' } };
  }
  // [SYNCHTTP 5.1-2]
  const length = headers['content-length'];
  if (length === undefined && headers['transfer-encoding'] === undefined) {
    return refused(411, 'neither Content-Length nor Transfer-Encoding');
  }
  if (length !== undefined && !/^\d{1,15}$/.test(length)) return refused(400, 'Content-Length');
  if (Number(length ?? 0) > limits.bodyMax) return refused(413, 'the body is too large');
  return readAccept(headers, encoding);
}

/** [SYNCHTTP 4.2-1] The asked type and charset; 406 without any SyncML body where that cannot be. */
function readAccept(headers: HttpHeaders, encoding: HttpEncoding): HttpVerdict {
  const charsets = weights(headers['accept-charset']);
  if (charsets !== undefined && (charsets.get('utf-8') ?? charsets.get('*') ?? 0) === 0) {
    return refused(406, 'UTF-8 is not accepted');
  }
  const types = weights(headers.accept);
  const weightOf = (asked: HttpEncoding): number =>
    types === undefined
      ? 1
      : (types.get(DM_MEDIA_TYPES[asked]) ?? types.get('application/*') ?? types.get('*/*') ?? 0);
  const other: HttpEncoding = encoding === 'xml' ? 'wbxml' : 'xml';
  const answer = weightOf(other) > weightOf(encoding) ? other : encoding;
  if (weightOf(answer) === 0) return refused(406, 'neither OMA DM type is accepted');
  return { ok: true, encoding, answer };
}

/** [SYNCHTTP 5.2-1] What every request of a DM client states. Host and length are the shell's. */
export function requestHeaders(
  encoding: HttpEncoding,
  userAgent: string,
): Readonly<Record<string, string>> {
  return {
    'Content-Type': contentTypeOf(encoding),
    Accept: DM_MEDIA_TYPES[encoding],
    'Accept-Charset': 'utf-8',
    'User-Agent': userAgent,
    'Cache-Control': 'no-store',
  };
}

/** [SYNCHTTP 5.2-2] */
export function responseHeaders(encoding: HttpEncoding): Readonly<Record<string, string>> {
  return { 'Content-Type': contentTypeOf(encoding), 'Cache-Control': 'no-store' };
}

/** OMA-SYNCHTTP 5.1: path and query of the server's URL, or `*` where it has none. */
export function requestTarget(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) throw new ProtocolError('DM_HTTP_URL', 'not a URL', { path: url });
  const hasPath = /^[a-z]+:\/\/[^/?#]+[/?]/i.test(url);
  return hasPath ? `${parsed.pathname}${parsed.search}` : '*';
}

/** RFC 9112 3.2.2: path and query of a request target, also of one that names the whole URL, as a proxy is sent it. */
export function originForm(target: string): string {
  const [, rest] = /^http:\/\/[^/?#]+(.*)$/is.exec(target) ?? [];
  if (rest === undefined) return target;
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** The request target that a proxy is sent for `url`: whole, and with a path (RFC 9112 3.2.2 knows no `*` there). */
export function proxiedTarget(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) throw new ProtocolError('DM_HTTP_URL', 'not a URL', { path: url });
  return `${parsed.origin}${parsed.pathname}${parsed.search}`;
}

export type ResponseVerdict =
  | { readonly kind: 'message'; readonly encoding: HttpEncoding }
  /** The same message may go there: 307 and 308 on the server's own origin. */
  | { readonly kind: 'redirect'; readonly url: string }
  /** Without an answer; `isTemporary` where the same message may be answered later. */
  | { readonly kind: 'failed'; readonly reason: string; readonly isTemporary: boolean };

/** What a DM client makes of an HTTP response. Redirects are not followed to another origin. */
export function readResponseHead(
  status: number,
  headers: HttpHeaders,
  url: string,
): ResponseVerdict {
  if (status === 307 || status === 308) {
    const target = headers.location === undefined ? null : URL.parse(headers.location, url);
    if (target !== null && target.origin === URL.parse(url)?.origin) {
      return { kind: 'redirect', url: target.href };
    }
    return failed('redirect to another origin', false);
  }
  if (status !== 200)
    return failed(`HTTP ${status}`, status >= 500 || status === 408 || status === 429);
  const encoding = encodingOfType(headers['content-type']);
  if (encoding === undefined) return failed('Content-Type is no OMA DM type', false);
  // None was accepted, so none is undone: what a few octets would swell to is not for us to find out.
  if (!isIdentity(headers['content-encoding'])) return failed('a content coding', false);
  return { kind: 'message', encoding };
}

/** The spelling that a Content-Type names; undefined for other types, and for charsets other than UTF-8. */
export function encodingOfType(contentType: string | undefined): HttpEncoding | undefined {
  if (contentType === undefined) return undefined;
  try {
    const { essence, parameters } = decodeMediaType(contentType);
    const charset = parameters.get('charset')?.toLowerCase() ?? 'utf-8';
    if (charset !== 'utf-8' && charset !== 'utf8' && charset !== 'us-ascii') return undefined;
    // Interop 8: libdmclient's stock client names the type of SyncML at large.
    if (essence === DM_MEDIA_TYPES.xml || essence === 'application/vnd.syncml+xml') return 'xml';
    if (essence === DM_MEDIA_TYPES.wbxml || essence === 'application/vnd.syncml+wbxml') {
      return 'wbxml';
    }
    return undefined;
  } catch {
    return undefined;
  }
}

function contentTypeOf(encoding: HttpEncoding): string {
  return encoding === 'xml' ? `${DM_MEDIA_TYPES.xml}; charset="utf-8"` : DM_MEDIA_TYPES.wbxml;
}

/** RFC 9110 12.4.2: each element of an Accept list with its q; undefined where nothing was stated. */
function weights(list: string | undefined): ReadonlyMap<string, number> | undefined {
  if (list === undefined || list.trim() === '') return undefined;
  return new Map(
    list.split(',').map((element) => {
      const [name = '', ...parameters] = element
        .split(';')
        .map((part) => part.trim().toLowerCase());
      const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return [name, q === undefined ? 1 : Number(q) || 0];
    }),
  );
}

function isIdentity(coding: string | undefined): boolean {
  return coding === undefined || coding.trim() === '' || coding.trim().toLowerCase() === 'identity';
}

function refused(status: number, reason: string) {
  return { ok: false, status, reason } as const;
}

function failed(reason: string, isTemporary: boolean): ResponseVerdict {
  return { kind: 'failed', reason, isTemporary };
}
