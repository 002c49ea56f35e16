import { expect, test } from 'vitest';
import { effectiveMeta } from './meta.ts';

test('Meta of an Item comes before that of its command, element by element [REPPRO 6.3.3-1]', () => {
  const command = { Format: 'chr', Type: 'text/plain', Size: 5 };
  expect(effectiveMeta(command, { Format: 'int' })).toEqual({ ...command, Format: 'int' });
  expect(effectiveMeta(command, undefined)).toEqual(command);
  expect(effectiveMeta(undefined, { Type: 'a/b' })).toEqual({ Type: 'a/b' });
});
