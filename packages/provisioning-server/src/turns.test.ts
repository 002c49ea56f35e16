import { expect, test } from 'vitest';
import { TURNS_WAITING_MAX, Turns } from './turns.ts';

test('what is done under one name is done in order; other names do not wait', async () => {
  const turns = new Turns();
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = turns.take('a', () => gate.promise.then(() => done.push('a1')));
  const second = turns.take('a', async () => done.push('a2'));
  await turns.take('b', async () => done.push('b'));
  gate.resolve();
  await Promise.all([first, second]);
  expect(done).toEqual(['b', 'a1', 'a2']);
});

test('one that fails holds nobody up', async () => {
  const turns = new Turns();
  const failing = turns.take('a', () => Promise.reject(new Error('no')));
  const next = turns.take('a', async () => 'yes');
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('yes');
});

test('AC-18: so many may wait under one name, and one more is told to come back', async () => {
  const turns = new Turns();
  const gate = Promise.withResolvers<void>();
  const waiting = Array.from({ length: TURNS_WAITING_MAX + 1 }, () =>
    turns.take('a', () => gate.promise),
  );
  await expect(turns.take('a', () => gate.promise)).rejects.toMatchObject({ code: 'DM_BUSY' });
  gate.resolve();
  await Promise.all(waiting);
  expect(await turns.take('a', async () => 'free')).toBe('free');
});
