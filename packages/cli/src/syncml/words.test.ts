import { expect, test } from 'vitest';
import { run } from './testing/run.ts';

test.each([
  ['status', '404', '404 Not found\n', 0],
  ['status', '299', '299 Successful\n', 1],
  ['alert', '1226', '1226 GENERIC ALERT\n', 0],
  ['alert', '1299', '1299 Unknown alert\n', 1],
])('%s %s is %j, exit code %i', async (command, code, text, exitCode) => {
  expect(await run([command, code])).toMatchObject({ text, exitCode });
});

test.each([
  ['status', '1000'],
  ['status', 'ok'],
  ['status', '600'],
  ['alert', '-1'],
  ['alert', 'x'],
])('%s %s is refused', async (command, code) => {
  expect(await run([command, code])).toMatchObject({ text: '', exitCode: 2 });
});

test('without a code all are listed', async () => {
  expect((await run(['status'])).text).toMatch(/^101 In progress\n200 OK\n/);
  expect((await run(['alert'])).text.split('\n')).toHaveLength(13);
});
