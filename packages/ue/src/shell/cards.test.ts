import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cardsFile, readCards } from './cards.ts';
import { replaceDocument } from './disk.ts';

async function tree(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ueprov-cards-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'tree.json');
}

test('what the cards remember is read as it was kept; at first they remember nothing', async () => {
  const file = await tree();
  expect(await readCards(file)).toEqual({});
  const cards = { 'alice-private@home.example': [0, 7, 2 ** 43 - 1] };
  await replaceDocument(cardsFile(file), cards);
  expect(await readCards(file)).toEqual(cards);
});

test.each(['[]', '{"a":[-1]}', '{"a":["1"]}', `{"a":[${Array(33).fill(0).join()}]}`])(
  'a file that says %s is an error that names it: an old challenge would count as fresh',
  async (text) => {
    const file = await tree();
    await writeFile(cardsFile(file), text);
    await expect(readCards(file)).rejects.toThrow(/tree\.json\.cards does not hold/);
  },
);
