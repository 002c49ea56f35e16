/** What every answer says to browsers: run nothing foreign, frame nothing, guess nothing, keep no API answer. */
import type { Api } from './routes.ts';

const EVERYWHERE = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

const PAGE_POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const API_POLICY = "default-src 'none'; frame-ancestors 'none'";

export function addHeaders(server: Api): void {
  server.addHook('onRequest', async ({ url }, reply) => {
    reply.headers(headersFor(url));
  });
}

export function headersFor(url: string): Readonly<Record<string, string>> {
  return url.startsWith('/api/')
    ? { ...EVERYWHERE, 'content-security-policy': API_POLICY, 'cache-control': 'no-store' }
    : { ...EVERYWHERE, 'content-security-policy': PAGE_POLICY };
}
