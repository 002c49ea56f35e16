import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const code = ['main.ts', 'syncml/commands.ts', 'tree/commands.ts']
  .map((file) => readFileSync(resolve(ROOT, 'packages/cli/src', file), 'utf8'))
  .join('');
const page = readFileSync(resolve(ROOT, 'docs/cli.md'), 'utf8');

function flags(text: string, pattern: RegExp): readonly string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, flag = '']) => flag))].sort();
}

test('docs/cli.md has every option of the command, and no other', () => {
  const declared = flags(code, /[oO]ption\(\s*'(--[a-z-]+(?: <\w+>)?)'/g);
  expect(declared.length).toBeGreaterThan(5);
  expect(flags(page, /\| `(--[a-z-]+(?: <\w+>)?)` \|/g)).toEqual(declared);
});

test('docs/cli.md has every command', () => {
  const names = flags(code, /command\(\s*'([a-z0-9]+)'/g);
  expect(names).toContain('lab');
  expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(page))).toEqual([]);
});
