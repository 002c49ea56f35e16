/** `docs/ddf/*.ddf` are the descriptions of our own objects. Writes them anew with `vitest run -u`. */
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  checkDdf,
  ddfOfShapes,
  decodeDdf,
  encodeDdf,
  formatDdf,
  shapesOfDdf,
} from '@ueprov/protocols/dm/tree';
import { deviceShape } from '@ueprov/protocols/mo';
import { expect, test } from 'vitest';

const FOLDER = resolve(import.meta.dirname, '../docs/ddf');
const OBJECTS = deviceShape().children ?? [];

test('there is one file for every object of the device tree', () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.ddf'));
  expect(files.sort()).toEqual(OBJECTS.map(({ name }) => `${name}.ddf`).sort());
});

test.each(OBJECTS)('$name.ddf describes the object as it is', async (shape) => {
  const ddf = ddfOfShapes([shape]);
  await expect(formatDdf(ddf)).toMatchFileSnapshot(`${FOLDER}/${shape.name}.ddf`);
  expect(checkDdf(ddf)).toEqual([]);
  for (const encoding of ['xml', 'wbxml'] as const) {
    expect(decodeDdf(encodeDdf(ddf, encoding))).toEqual(ddf);
  }
});

test.each(OBJECTS)(
  'a shape of $name that is read from its description is described alike',
  (shape) => {
    const ddf = ddfOfShapes([shape]);
    expect(ddfOfShapes(shapesOfDdf(ddf).map((placed) => placed.shape))).toEqual(ddf);
  },
);
