import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DOCUMENT_TYPES, SYNCML_1_2 } from './document-types.ts';
import * as tokens from './tokens.ts';

/** The rows of a transcribed registry table. */
function registry(name: string): string[][] {
  const file = new URL(`../../../../vectors/registry/${name}`, import.meta.url);
  const [, ...rows] = readFileSync(file, 'utf8').trim().split('\n');
  return rows.map((row) => row.split(/,(.*)/s).flatMap((cell) => (cell === '' ? [] : [cell])));
}

test('the code pages hold the registered names, and no other', () => {
  const ours = SYNCML_1_2.pages.flatMap((page, number) =>
    page.names.flatMap((name, token) =>
      name === undefined
        ? []
        : [`${number},${token.toString(16).toUpperCase().padStart(2, '0')},${name}`],
    ),
  );
  const registered = registry('wbxml-tags.csv').map((row) => row.join(','));
  expect(registered).toHaveLength(129);
  expect(new Set(ours)).toEqual(new Set(registered));
});

test('a page finds for each name the token that it finds the name for', () => {
  for (const page of SYNCML_1_2.pages) {
    page.names.forEach((name, token) => {
      if (name !== undefined) expect(page.tokens.get(name)).toBe(token);
    });
    expect(page.tokens.size).toBe(page.names.filter((name) => name !== undefined).length);
  }
});

test('the global tokens are those of the standard [WBXML 7.1-1]', () => {
  const byName = new Map<string, number>(Object.entries(tokens));
  for (const [name = '', token] of registry('wbxml-global-tokens.csv')) {
    expect([name, byName.get(name)]).toEqual([name, Number(token)]);
  }
});

test('the public identifiers are the registered ones', () => {
  const ours = DOCUMENT_TYPES.map(({ number, name }) =>
    number === undefined
      ? [name]
      : [`0x${number.toString(16).toUpperCase().padStart(4, '0')}`, name],
  );
  expect(new Set(ours.map(String))).toEqual(new Set(registry('wbxml-public-ids.csv').map(String)));
});
