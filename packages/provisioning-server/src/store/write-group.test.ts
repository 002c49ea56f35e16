import { expect, test, vi } from 'vitest';
import { CONTRACT_SESSION } from './contract-samples.ts';
import type { Change } from './record.ts';
import { GROUP_MS, WAITING_CHANGES_MAX, WriteGroup } from './write-group.ts';

const change: Change = { kind: 'session', session: CONTRACT_SESSION };

test('writes of one moment share one commit, in the order of the calls', async () => {
  const commits: number[][] = [];
  const group = new WriteGroup((groups) => commits.push(groups.map(({ length }) => length)));
  await Promise.all([
    group.write([change]),
    group.write([change, change]),
    group.write([change, change, change]),
  ]);
  expect(commits).toEqual([[1, 2, 3]]);
});

test('a write is not told before its commit', async () => {
  let isTold = false;
  const group = new WriteGroup(() => expect(isTold).toBe(false));
  const write = group.write([change]).then(() => {
    isTold = true;
  });
  await Promise.resolve();
  expect(isTold).toBe(false);
  group.flush();
  await write;
  expect(isTold).toBe(true);
});

test(`at most ${WAITING_CHANGES_MAX} changes wait; one more is refused as busy`, async () => {
  const group = new WriteGroup(() => {});
  const full = group.write(Array.from({ length: WAITING_CHANGES_MAX }, () => change));
  await expect(group.write([change])).rejects.toMatchObject({ code: 'STORE_BUSY' });
  await full;
  await group.write([change]);
});

test('a lone write hardly waits; after a group, the next one waits for company', async () => {
  vi.useFakeTimers();
  try {
    let commits = 0;
    const group = new WriteGroup(() => {
      commits += 1;
    });
    const first = [group.write([change]), group.write([change])];
    vi.advanceTimersByTime(GROUP_MS.alone);
    expect(commits).toBe(1);
    const second = group.write([change]);
    vi.advanceTimersByTime(GROUP_MS.busy - 1);
    expect(commits).toBe(1);
    vi.advanceTimersByTime(1);
    expect(commits).toBe(2);
    const third = group.write([change]);
    vi.advanceTimersByTime(GROUP_MS.alone);
    expect(commits).toBe(3);
    await Promise.all([...first, second, third]);
  } finally {
    vi.useRealTimers();
  }
});
