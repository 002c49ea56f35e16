import { expect, test } from 'vitest';
import { ANSWERED_MAX, AnsweredNotifications } from './answered-notifications.ts';

test('AC-21: as many as ANSWERED_MAX are known again; with one more the oldest is forgotten', () => {
  const answered = new AnsweredNotifications();
  const digests = Array.from({ length: ANSWERED_MAX }, (_, index) => `digest ${index}`);
  for (const digest of digests) answered.add(digest);
  expect(digests.every((digest) => answered.has(digest))).toBe(true);
  answered.add('one more');
  expect(answered.has('digest 0')).toBe(false);
  expect(answered.has('digest 1')).toBe(true);
  expect(answered.has('one more')).toBe(true);
});
