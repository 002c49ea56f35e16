import { encodeBase64, encodeHex } from '@ueprov/protocols';
import { expect, test } from 'vitest';
import { run } from './testing/run.ts';

const environment = { SECRET: 'srvpwd' };
const BUILD = [
  'pkg0',
  'build',
  '--server-id',
  'srv1',
  '--session-id',
  'A7',
  '--secret-env',
  'SECRET',
];
const built = async (...options: readonly string[]) =>
  (await run([...BUILD, ...options], { environment })).out;
const verify = (input: Uint8Array | string, ...options: readonly string[]) =>
  run(['pkg0', 'verify', '--secret-env', 'SECRET', ...options], {
    files: { '-': input },
    environment,
  });

test('what build writes, parse prints', async () => {
  const options = ['--ui-mode', 'informative', '--initiator', 'client'];
  const package0 = await built(...options);
  const { text, exitCode } = await run(['pkg0', 'parse'], { files: { '-': package0 } });
  expect([exitCode, text.split('\n')]).toEqual([
    0,
    [
      'version    11',
      'uiMode     informative',
      'initiator  client',
      'SessionID  A7',
      'ServerID   srv1',
      'vendor',
      `digest     ${encodeHex(package0.subarray(0, 16))}`,
      '',
    ],
  ]);
});

test('--json has the same', async () => {
  const { text } = await run(['pkg0', 'parse', '--json'], { files: { '-': await built() } });
  expect(JSON.parse(text)).toMatchObject({
    SessionID: 'A7',
    ServerID: 'srv1',
    vendor: { hex: '' },
  });
});

test('octets, hex, base64, and in application/vnd.oma.push', async () => {
  const package0 = await built();
  const push = await built('--push');
  expect(Buffer.from(push).toString('latin1')).toMatch(
    /^Content-Type: application\/vnd\.syncml\.notification\r\n/,
  );
  for (const bytes of [package0, push]) {
    for (const input of [bytes, encodeHex(bytes), encodeBase64(bytes)]) {
      expect(await verify(input)).toMatchObject({ exitCode: 0, text: 'ok-default-nonce\n' });
    }
  }
  expect(Buffer.from(await built('--hex')).toString()).toBe(`${encodeHex(package0)}\n`);
});

test('the digest is checked with the nonce that is given', async () => {
  const package0 = await built('--nonce', 'ABEiMw==');
  expect(await verify(package0, '--nonce', 'ABEiMw==')).toMatchObject({
    exitCode: 0,
    text: 'ok\n',
  });
  expect(await verify(package0)).toMatchObject({ exitCode: 1, text: 'wrong\n' });
  expect(
    await verify(package0.with(0, (package0[0] ?? 0) ^ 1), '--nonce', 'ABEiMw=='),
  ).toMatchObject({
    exitCode: 1,
    text: 'wrong\n',
  });
});

test('a notification cut anywhere is refused in one line', async () => {
  const package0 = await built();
  for (let length = 0; length < package0.length; length++) {
    const { exitCode, said, text } = await verify(package0.subarray(0, length));
    expect([exitCode, said.length, text]).toEqual([2, 1, '']);
  }
});

test.each([
  ['--session-id', '0'],
  ['--session-id', '10000'],
  ['--session-id', 'xyz'],
  ['--server-id', ''],
  ['--server-id', 'a'.repeat(256)],
  ['--ui-mode', 'loud'],
  ['--initiator', 'both'],
  ['--nonce', '?'],
  ['--secret-env', 'MISSING'],
])('build refuses %s %s', async (option, value) => {
  expect(await run([...BUILD, option, value], { environment })).toMatchObject({
    exitCode: 2,
    text: '',
  });
});

test('build takes the ends of what it may', async () => {
  for (const [option, value] of [
    ['--session-id', 'FFFF'],
    ['--session-id', '1'],
    ['--server-id', 'a'.repeat(255)],
  ] as const) {
    expect(await run([...BUILD, option, value], { environment })).toMatchObject({ exitCode: 0 });
  }
});
