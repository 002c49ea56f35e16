import { describe, expect, test } from 'vitest';
import {
  encodingOfType,
  originForm,
  proxiedTarget,
  readRequestHead,
  readResponseHead,
  requestHeaders,
  requestTarget,
  responseHeaders,
} from './http.ts';

const LIMITS = { path: '/mgmt-server', bodyMax: 1000 };
const XML = 'application/vnd.syncml.dm+xml';
const WBXML = 'application/vnd.syncml.dm+wbxml';

function read(headers: Record<string, string>, method = 'POST', target = '/mgmt-server') {
  const whole = { 'content-type': WBXML, 'content-length': '10', ...headers };
  return readRequestHead({ method, target, headers: whole }, LIMITS);
}

describe('a request', () => {
  test('is POST, to the path or to `*`, query and all [SYNCHTTP 5.1-1]', () => {
    expect(read({})).toEqual({ ok: true, encoding: 'wbxml', answer: 'wbxml' });
    expect(read({}, 'POST', '*')).toMatchObject({ ok: true });
    expect(read({}, 'POST', '/mgmt-server?x=1')).toMatchObject({ ok: true });
    expect(read({}, 'POST', './mgmt-server')).toMatchObject({ status: 404 });
    expect(read({}, 'GET')).toMatchObject({ status: 405, headers: { Allow: 'POST' } });
  });

  test.each([
    [{ 'content-type': 'text/xml' }, 415],
    [{ 'content-type': `${XML}; charset=utf-16` }, 415],
    [{ 'content-type': 'nonsense' }, 415],
    [{ 'content-encoding': 'gzip' }, 415],
    [{ 'content-length': '1001' }, 413],
    [{ 'content-length': '-1' }, 400],
    [{ accept: 'text/html' }, 406],
    [{ accept: `${XML};q=0, ${WBXML};q=0` }, 406],
    [{ 'accept-charset': 'iso-8859-1' }, 406],
    [{ 'accept-charset': 'iso-8859-1, utf-8;q=0' }, 406],
  ])('%j is answered %d', (headers, status) => {
    expect(read(headers as Record<string, string>)).toMatchObject({ ok: false, status });
  });

  test('without any length is answered 411, chunked is read [SYNCHTTP 5.1-2]', () => {
    const head = { method: 'POST', target: '*', headers: { 'content-type': XML } };
    expect(readRequestHead(head, LIMITS)).toMatchObject({ status: 411 });
    const chunked = { ...head.headers, 'transfer-encoding': 'chunked' };
    expect(readRequestHead({ ...head, headers: chunked }, LIMITS)).toMatchObject({ ok: true });
  });

  test('the limit itself is still read', () => {
    expect(read({ 'content-length': '1000' })).toMatchObject({ ok: true });
  });

  test('is answered in the spelling that it asks for [SYNCHTTP 4.2-1]', () => {
    expect(read({ accept: XML })).toMatchObject({ encoding: 'wbxml', answer: 'xml' });
    expect(read({ accept: `${XML}, ${WBXML}` })).toMatchObject({ answer: 'wbxml' });
    expect(read({ accept: '*/*' })).toMatchObject({ answer: 'wbxml' });
    expect(read({ 'accept-charset': '*' })).toMatchObject({ ok: true });
  });

  test('states what OMA-SYNCHTTP requires of it [SYNCHTTP 5.2-1] [SYNCHTTP 5.2-2]', () => {
    expect(requestHeaders('xml', 'UE/1')).toEqual({
      'Content-Type': `${XML}; charset="utf-8"`,
      Accept: XML,
      'Accept-Charset': 'utf-8',
      'User-Agent': 'UE/1',
      'Cache-Control': 'no-store',
    });
    expect(responseHeaders('wbxml')).toEqual({
      'Content-Type': WBXML,
      'Cache-Control': 'no-store',
    });
  });

  test('goes to the path of the URL, or to `*` where it has none', () => {
    expect(requestTarget('http://dm.example:8080/mgmt?x=1')).toBe('/mgmt?x=1');
    expect(requestTarget('http://dm.example/')).toBe('/');
    expect(requestTarget('http://dm.example')).toBe('*');
    expect(() => requestTarget('::')).toThrow('not a URL');
  });
});

test('RFC 9112 3.2.2: the whole URL as target, as a proxy is sent it and may pass it on', () => {
  expect(read({}, 'POST', 'http://dm.example:80/mgmt-server?x=1')).toMatchObject({ ok: true });
  expect(read({}, 'POST', 'HTTP://dm.example/elsewhere')).toMatchObject({ status: 404 });
  expect(read({}, 'POST', 'http://dm.example')).toMatchObject({ status: 404 });
  expect(originForm('http://dm.example?x')).toBe('/?x');
  expect(originForm('*')).toBe('*');
  expect(proxiedTarget('http://dm.example:8080/mgmt?x=1#y')).toBe(
    'http://dm.example:8080/mgmt?x=1',
  );
  expect(proxiedTarget('http://[::1]:8080')).toBe('http://[::1]:8080/');
  expect(() => proxiedTarget('::')).toThrow('not a URL');
});

describe('a response', () => {
  const url = 'http://dm.example/mgmt';

  test('with a message is 200 and of an OMA DM type [SYNCHTTP 4.1-1]', () => {
    const xml = { 'content-type': `${XML}; charset="UTF-8"` };
    expect(readResponseHead(200, xml, url)).toEqual({ kind: 'message', encoding: 'xml' });
    expect(readResponseHead(200, { 'content-type': 'text/html' }, url).kind).toBe('failed');
  });

  test('in a content coding is none: it was not asked for, and nothing is unfolded', () => {
    const coded = { 'content-type': XML, 'content-encoding': 'gzip' };
    expect(readResponseHead(200, coded, url)).toMatchObject({ kind: 'failed', isTemporary: false });
    const plain = { 'content-type': XML, 'content-encoding': 'identity' };
    expect(readResponseHead(200, plain, url).kind).toBe('message');
  });

  test('redirects within its origin only (AC-08)', () => {
    const near = readResponseHead(307, { location: '/other' }, url);
    expect(near).toEqual({ kind: 'redirect', url: 'http://dm.example/other' });
    for (const location of ['http://evil.example/', 'file:///etc/passwd', 'https://dm.example/']) {
      expect(readResponseHead(308, { location }, url).kind).toBe('failed');
    }
    expect(readResponseHead(302, { location: '/other' }, url).kind).toBe('failed');
  });

  test.each([
    [500, true],
    [503, true],
    [429, true],
    [400, false],
    [404, false],
    [415, false],
  ])('%d: may be tried again is %s', (status, isTemporary) => {
    expect(readResponseHead(status, {}, url)).toMatchObject({ kind: 'failed', isTemporary });
  });
});

test('the type of SyncML at large is read as well (interop 8)', () => {
  expect(encodingOfType('application/vnd.syncml+xml')).toBe('xml');
  expect(encodingOfType('APPLICATION/VND.SYNCML.DM+WBXML')).toBe('wbxml');
  expect(encodingOfType(undefined)).toBeUndefined();
});
