import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningTestApi, runApi } from './testing/running-api.ts';

let api: RunningTestApi;
const folder = mkdtempSync(join(tmpdir(), 'ueprov-console-'));
const PAGE = '<!doctype html><title>console</title>';
const html = { accept: 'text/html,application/xhtml+xml' };

beforeAll(async () => {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), PAGE);
  writeFileSync(join(folder, 'assets', 'main-abc.js'), 'export {}');
  writeFileSync(join(folder, 'notes.txt'), 'not for serving');
  symlinkSync('/etc/passwd', join(folder, 'link.html'));
  api = await runApi(folder);
});
afterAll(async () => {
  await api.stop();
  rmSync(folder, { recursive: true });
});

test('the console needs no token and says what its page may load', async () => {
  const response = await fetch(`${api.url}/`);
  expect(await response.text()).toBe(PAGE);
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(response.headers.get('cache-control')).toBe('no-cache');
  expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
  expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
});

test('files named by their content stay in the cache, and 304 spares what is known', async () => {
  const response = await fetch(`${api.url}/assets/main-abc.js`);
  expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(response.headers.get('cache-control')).toContain('immutable');
  const etag = response.headers.get('etag')!;
  const again = await fetch(`${api.url}/assets/main-abc.js`, {
    headers: { 'if-none-match': etag },
  });
  expect(again.status).toBe(304);
});

test('an address of the console is its page; a file or an API address that is missing is not', async () => {
  const deep = await fetch(`${api.url}/devices/urn:example:1.html`, { headers: html });
  expect([deep.status, await deep.text()]).toEqual([200, PAGE]);
  for (const path of ['/assets/gone.js', '/api/v1/nothing', '/api/v2/devices']) {
    expect((await fetch(api.url + path, { headers: html })).status).toBe(404);
  }
  expect((await fetch(`${api.url}/devices`)).status).toBe(404);
  expect((await fetch(`${api.url}/devices`, { method: 'POST', headers: html })).status).toBe(404);
});

test('nothing outside the build is served: other types, links, climbing paths', async () => {
  for (const path of [
    '/notes.txt',
    '/link.html',
    '/..%2f..%2fetc/passwd',
    '/%2e%2e/store.key',
    '/assets/%00.js',
    '/assets/..%5c..%5cx.js',
  ]) {
    const response = await fetch(api.url + path);
    expect([400, 404]).toContain(response.status);
  }
});
