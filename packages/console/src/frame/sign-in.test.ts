import { expect, test } from 'vitest';
import { tokenIn } from './sign-in.ts';

test.each([
  ['#token=abc_-123', 'abc_-123'],
  ['#token=%20abc%20', 'abc'],
  ['#token=', undefined],
  ['#section', undefined],
  ['', undefined],
])('the fragment %j carries the token %j', (hash, token) => {
  expect(tokenIn(hash)).toBe(token);
});
