import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { formatThirdParties, type Lock, thirdParties } from './third-party.ts';

const LOCK: Lock = {
  packages: {
    '': { devDependencies: { linter: '1' } },
    'packages/ue': { dependencies: { '@ueprov/protocols': '1', a: '1' } },
    'packages/protocols': { dependencies: { b: '1' } },
    'packages/console': { devDependencies: { react: '1', vite: '1', '@types/react': '1' } },
    'node_modules/@ueprov/protocols': { link: true, resolved: 'packages/protocols' },
    'node_modules/a': { version: '1.0.0', license: 'MIT', dependencies: { b: '2' } },
    'node_modules/a/node_modules/b': { version: '2.0.0', license: 'ISC' },
    'node_modules/b': { version: '1.0.0', license: 'MIT' },
    'node_modules/react': { version: '19.0.0', license: 'MIT' },
    'node_modules/vite': { version: '8.0.0', license: 'MIT' },
    'node_modules/linter': { version: '1.0.0', license: 'MIT' },
  },
};

test('what runs or is bundled is listed, in each version; what only builds or tests is not', () => {
  expect(thirdParties(LOCK).map(({ name, version }) => `${name} ${version}`)).toEqual([
    'a 1.0.0',
    'b 1.0.0',
    'b 2.0.0',
    'react 19.0.0',
  ]);
});

const root = resolve(import.meta.dirname, '../..');
const parties = thirdParties(JSON.parse(readFileSync(`${root}/package-lock.json`, 'utf8')));

test('THIRD-PARTY.md is current', () => {
  expect(readFileSync(`${root}/THIRD-PARTY.md`, 'utf8')).toBe(formatThirdParties(parties));
});

test('every shipped licence is a permissive one that we know', () => {
  const permissive = [
    'Apache-2.0',
    'MIT',
    'ISC',
    '0BSD',
    'BSD-3-Clause',
    'BlueOak-1.0.0',
    'Unlicense',
  ];
  const choice = '(MIT OR CC0-1.0)';
  expect(parties.filter(({ licence }) => ![...permissive, choice].includes(licence))).toEqual([]);
});
