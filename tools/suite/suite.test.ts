import { expect, test } from 'vitest';
import { formatTally, runSuite } from './run.ts';
import { formatMissing, packagesOf, select } from './select.ts';
import { isSuite, type Suite } from './suite.ts';

function suite(name: string, packages: readonly string[], run: Suite['run']): Suite {
  return { name, packages, run };
}

const wbxml = suite('wbxml', ['libwbxml2-utils'], async () => {});
const core = suite('kamailio', ['kamailio', 'tshark'], async () => {});
const all = new Set(['libwbxml2-utils', 'kamailio', 'tshark']);

test('without names every suite runs whose packages are installed, the others are skipped', () => {
  expect(select([wbxml, core], [], all)).toEqual({ run: [wbxml, core], skipped: [], missing: [] });
  expect(select([wbxml, core], [], new Set(['libwbxml2-utils', 'tshark']))).toEqual({
    run: [wbxml],
    skipped: [core],
    missing: ['kamailio'],
  });
});

test('a suite asked for by name is refused when it is unknown or lacks a package', () => {
  expect(select([wbxml, core], ['wbxml'], all).run).toEqual([wbxml]);
  expect(select([wbxml, core], ['wbxm'], all).refusal).toBe(
    'no suite wbxm; there are wbxml, kamailio',
  );
  const { run, refusal, missing } = select([wbxml, core], ['wbxml', 'kamailio'], new Set());
  expect({ run, refusal }).toEqual({ run: [], refusal: 'wbxml, kamailio cannot run' });
  expect(missing).toEqual(packagesOf([wbxml, core]));
});

test('the packages that are missing come with the command that installs them', () => {
  expect(formatMissing(['kamailio', 'tshark'])).toBe(
    'missing Debian packages: kamailio tshark ' +
      '(apt-get install -y --no-install-recommends kamailio tshark)',
  );
});

test('a failed check is counted and the suite goes on', async () => {
  const lines: string[] = [];
  const mixed = suite('mixed', [], async (t) => {
    await t.check('breaks', () => {
      throw new Error('wrong bytes');
    });
    await t.check('holds', () => {});
  });
  const tally = await runSuite(mixed, (line) => lines.push(line));
  expect(tally).toEqual({ passed: 1, failed: 1 });
  expect(lines[0]).toMatch(/^FAIL mixed: breaks\n {5}Error: wrong bytes/);
  expect(lines[1]).toMatch(/^ok {3}mixed: holds \(\d+ ms\)$/);
});

test('a suite that throws, checks nothing, or does not end is a failure', async () => {
  const throws = suite('throws', [], () => Promise.reject(new Error('no socket')));
  const idle = suite('idle', [], async () => {});
  const endless = suite('endless', [], () => Promise.withResolvers<void>().promise);
  for (const each of [throws, idle, endless]) {
    expect(await runSuite(each, () => {}, 1)).toEqual({ passed: 0, failed: 1 });
  }
});

test('the last line names skipped suites only if there are some', () => {
  expect(formatTally({ passed: 3, failed: 0 }, 0)).toBe('3 passed, 0 failed');
  expect(formatTally({ passed: 3, failed: 1 }, 2)).toBe('3 passed, 1 failed, 2 skipped');
});

test('a module without a suite is none', () => {
  expect(isSuite(wbxml)).toBe(true);
  for (const value of [undefined, {}, { name: 'a', packages: [] }])
    expect(isSuite(value)).toBe(false);
});
