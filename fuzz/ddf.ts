/**
 * Any octets to the DDF decoder: a description or one ProtocolError that says where; and what is a
 * description can be checked, becomes shapes, and stays the same through both spellings.
 */
import assert from 'node:assert';
import { ProtocolError } from '@ueprov/protocols';
import {
  checkDdf,
  type Ddf,
  ddfOfShapes,
  decodeDdf,
  encodeDdf,
  formatDdf,
  shapesOfDdf,
} from '@ueprov/protocols/dm/tree';
import { DEV_DETAIL } from '@ueprov/protocols/mo';
import fc from 'fast-check';
import { ddfDocument } from './mgmt-trees.ts';
import type { FuzzTarget } from './target.ts';

const SEED = 20100527;
const GENERATED = 5;

const generated = fc.sample(ddfDocument, { numRuns: GENERATED, seed: SEED });

export const target: FuzzTarget = {
  name: 'ddf',
  seeds: [
    new TextEncoder().encode(formatDdf(ddfOfShapes([DEV_DETAIL], { Man: 'm', Mod: 'n' }))),
    ...generated.map((ddf) => encodeDdf(ddf, 'xml')),
    ...generated.map((ddf) => encodeDdf(ddf, 'wbxml')),
  ],
  decode: decoded,
  run(bytes) {
    const ddf = decoded(bytes);
    if (ddf === undefined) return;
    assert(formatDdf(ddf).length > 0);
    checkDdf(ddf);
    const shapes = shapesOfDdf(ddf).map(({ shape }) => shape);
    assert.equal(checkDdf(ddfOfShapes(shapes)).filter(({ code }) => code === 'DDF_TYPE').length, 0);
    for (const encoding of ['xml', 'wbxml'] as const) {
      const once = through(ddf, encoding);
      if (once !== undefined) assert.deepEqual(through(once, encoding), once);
    }
  },
};

function decoded(bytes: Uint8Array): Ddf | undefined {
  try {
    return decodeDdf(bytes);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    assert(error.at.byte !== undefined || error.at.line !== undefined, `${error.code}: no place`);
    return undefined;
  }
}

/** Undefined for a text that XML cannot carry. */
function through(ddf: Ddf, encoding: 'xml' | 'wbxml'): Ddf | undefined {
  try {
    const { notes: _, ...document } = decodeDdf(encodeDdf(ddf, encoding));
    return document;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    assert.equal(error.code, 'XML_CHARACTER');
    return undefined;
  }
}
