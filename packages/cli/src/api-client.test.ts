import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ANSWER_BYTES_MAX, ApiClient, apiAddress } from './api-client.ts';

describe('the address', () => {
  test.each([
    ['http://127.0.0.1:8081', 'http://127.0.0.1:8081'],
    ['http://127.0.0.1:8081/', 'http://127.0.0.1:8081'],
    ['http://127.0.0.1:8081/api/v1/', 'http://127.0.0.1:8081'],
    ['https://prov.example/ueprov/api/v1', 'https://prov.example/ueprov'],
  ])('%s is %s', (text, origin) => {
    expect(apiAddress(text, {})).toEqual({ origin, token: undefined });
  });

  test('the option wins over UEPROV_URL, a token in the address over UEPROV_TOKEN', () => {
    const environment = { UEPROV_URL: 'http://a', UEPROV_TOKEN: 'of-environment' };
    expect(apiAddress(undefined, environment)).toEqual({
      origin: 'http://a',
      token: 'of-environment',
    });
    expect(apiAddress('http://b/#token=own', environment)).toEqual({
      origin: 'http://b',
      token: 'own',
    });
  });

  test.each([undefined, '', 'nonsense', 'ftp://a'])('%s is none', (text) => {
    expect(() => apiAddress(text, {})).toThrow(/UEPROV_URL|is no http address/);
  });
});

async function clientOf(listener: RequestListener, answerBytesMax?: number) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return new ApiClient({ origin: `http://127.0.0.1:${port}`, token: 't' }, answerBytesMax);
}

describe('an answer', () => {
  test.each([
    [400, 2],
    [401, 6],
    [403, 6],
    [404, 1],
    [409, 7],
    [422, 7],
    [429, 6],
    [500, 1],
    [503, 5],
  ])('of %i is the exit code %i, with the words of the problem', async (status, exitCode) => {
    const client = await clientOf((_, response) =>
      response.writeHead(status).end(JSON.stringify({ detail: 'In plain words.' })),
    );
    await expect(client.ask('/x')).rejects.toMatchObject({
      exitCode,
      message: expect.stringContaining('In plain words.'),
    });
  });

  test('that is no JSON is no Provisioning Server; that sends elsewhere is not followed', async () => {
    const strange = await clientOf((_, response) => response.end('<html>'));
    await expect(strange.ask('/x')).rejects.toThrow('does not answer like a Provisioning Server');
    const moved = await clientOf((_, response) =>
      response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
    );
    await expect(moved.ask('/x')).rejects.toMatchObject({ exitCode: 5 });
  });

  test('is taken up to its limit, and not one octet past it', async () => {
    const listener: RequestListener = (_, response) => response.end('"12345678"');
    expect((await (await clientOf(listener, 10)).ask('/x')).body).toBe('12345678');
    await expect((await clientOf(listener, 9)).ask('/x')).rejects.toThrow('longer than 9 octets');
    expect(ANSWER_BYTES_MAX).toBeGreaterThan(100 * 1_000_000);
  });
});
