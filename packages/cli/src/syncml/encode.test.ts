import { encodeHex } from '@ueprov/protocols';
import { decodeSyncML, encodeSyncML } from '@ueprov/protocols/syncml';
import { expect, test } from 'vitest';
import { SESSION_PCAP, VECTOR, VECTOR_HEX, XML } from './testing/inputs.ts';
import { run } from './testing/run.ts';

const encode = (input: Uint8Array | string, ...options: readonly string[]) =>
  run(['encode', ...options], { files: { '-': input } });
const MESSAGE = decodeSyncML(Buffer.from(XML));

test.each(['wbxml', 'xml'] as const)('XML, hex and JSON become the same %s', async (encoding) => {
  const expected = encodeSyncML(MESSAGE, encoding);
  const json = await run(['decode', '--json'], { files: { '-': XML } });
  for (const input of [XML, encodeHex(Buffer.from(XML)), json.out]) {
    const { exitCode, out } = await encode(input, '--to', encoding);
    expect(exitCode).toBe(0);
    expect(out).toEqual(expected);
  }
});

test('--hex prints hex, with a line end', async () => {
  const { text } = await encode(VECTOR, '--to', 'wbxml', '--hex');
  // We write version 1.3, the vector is in 1.2.
  expect(text).toBe(`03${VECTOR_HEX.slice(2)}\n`);
});

test('of a capture with several messages one has to be named', async () => {
  expect(await encode(SESSION_PCAP, '--to', 'xml')).toMatchObject({
    exitCode: 2,
    said: [expect.stringContaining('holds 2 messages')],
  });
  const { out } = await encode(SESSION_PCAP, '--to', 'xml', '--message', '2');
  expect(out).toEqual(encodeSyncML(MESSAGE, 'xml'));
});

test('an encoding that is none is refused, as is none at all', async () => {
  expect(await encode(XML, '--to', 'json')).toMatchObject({ exitCode: 2, text: '' });
  expect(await encode(XML)).toMatchObject({ exitCode: 2, text: '' });
});

test('JSON that is no message is refused by its path', async () => {
  expect(await encode('{"SyncHdr": {}}', '--to', 'xml')).toMatchObject({
    exitCode: 2,
    said: ['ueprov: JSON_FORM: SyncBody is missing (message)'],
  });
});
