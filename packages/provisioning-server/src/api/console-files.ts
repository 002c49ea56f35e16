/**
 * The console's built pages, read once at the start and served from memory: no request ever names a file on the disk.
 * Every other address that a browser opens is a page of the console, and gets `index.html`.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Api } from './routes.ts';

interface ConsoleFile {
  readonly bytes: Buffer;
  readonly type: string;
  readonly etag: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/** Files of a build; more is not a console. */
const FILES_MAX = 1000;

export function readConsole(folder: string): ReadonlyMap<string, ConsoleFile> {
  const files = new Map<string, ConsoleFile>();
  if (!existsSync(folder)) return files;
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => each.isFile()).slice(0, FILES_MAX)) {
    const path = join(entry.parentPath, entry.name);
    const type = TYPES[extname(path)];
    if (type === undefined) continue;
    const bytes = readFileSync(path);
    const etag = `"${createHash('sha256').update(bytes).digest('base64url')}"`;
    files.set(`/${relative(folder, path).split(sep).join('/')}`, { bytes, type, etag });
  }
  return files;
}

/** Files whose name holds a hash of their content. */
const HASHED = /^\/assets\//;

export function addConsole(server: Api, files: ReturnType<typeof readConsole>): void {
  for (const [path, file] of files) {
    const cache = HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache';
    const answer = (request: FastifyRequest, reply: FastifyReply) =>
      send(request, reply, file, cache);
    const hidden = { schema: { hide: true } };
    server.get(path, hidden, answer);
    if (path === '/index.html') server.get('/', hidden, answer);
  }
}

/** The page for an address that only the console's own router knows; undefined if this is no page. */
export function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  files: ReturnType<typeof readConsole>,
): FastifyReply | undefined {
  const index = files.get('/index.html');
  const isPage =
    request.method === 'GET' &&
    !request.url.startsWith('/api/') &&
    !HASHED.test(request.url) &&
    request.headers.accept?.includes('text/html') === true;
  return isPage && index !== undefined ? send(request, reply, index, 'no-cache') : undefined;
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  { bytes, type, etag }: ConsoleFile,
  cache: string,
): FastifyReply {
  reply.headers({ etag, 'cache-control': cache });
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  return reply.type(type).send(bytes);
}
