/** Properties of the TNDS and DDF codecs over generated documents. */
import {
  decodeDdf,
  decodeTnds,
  encodeDdf,
  encodeTnds,
  flattenTnds,
  formatTnds,
  nestTnds,
} from '@ueprov/protocols/dm/tree';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ddfDocument, tndsDocument } from './mgmt-trees.ts';

const RUNS = { numRuns: 300 };
const encoding = fc.constantFrom('xml' as const, 'wbxml' as const);

test('a TNDS document read from what was written is the same, in both spellings', () => {
  fc.assert(
    fc.property(tndsDocument, encoding, (tnds, spelling) => {
      expect(decodeTnds(encodeTnds(tnds, spelling))).toEqual(tnds);
    }),
    RUNS,
  );
});

test('a TNDS document is the same in both styles', () => {
  fc.assert(
    fc.property(tndsDocument, encoding, (tnds, spelling) => {
      const flat = flattenTnds(tnds);
      expect(nestTnds(decodeTnds(encodeTnds(flat, spelling)))).toEqual(tnds);
    }),
    RUNS,
  );
});

test('the text for people says the same, but for the white space of mark-up', () => {
  fc.assert(
    fc.property(tndsDocument, (tnds) => {
      expect(decodeTnds(formatTnds(tnds))).toEqual(tnds);
    }),
    RUNS,
  );
});

test('a DDF document read from what was written is the same, in both spellings', () => {
  fc.assert(
    fc.property(ddfDocument, encoding, (ddf, spelling) => {
      expect(decodeDdf(encodeDdf(ddf, spelling))).toEqual(ddf);
    }),
    RUNS,
  );
});
