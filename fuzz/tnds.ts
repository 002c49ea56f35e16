/**
 * Any octets to the TNDS decoder: a document or one ProtocolError that says where; and what is a
 * document stays the same through both spellings and both styles.
 */
import assert from 'node:assert';
import { encodeUtf8, ProtocolError } from '@ueprov/protocols';
import {
  decodeTnds,
  encodeTnds,
  flattenTnds,
  formatTnds,
  nestTnds,
  type Tnds,
} from '@ueprov/protocols/dm/tree';
import fc from 'fast-check';
import { tndsDocument } from './mgmt-trees.ts';
import type { FuzzTarget } from './target.ts';

const SEED = 20100527;
const GENERATED = 6;

/** Deviations that are forgiven, and a Path before its node. */
const LENIENT = encodeUtf8(`<?xml version="1.0"?><MgmtTree xmlns="syncml:dmddf1.2">
  <VerDTD>1.2</VerDTD><Node><NodeName>c</NodeName><Path>./a/b</Path><Value>1</Value></Node>
  <Node><NodeName>a</NodeName><Node><RTProperties><Format>node</Format><Size>1</Size></RTProperties>
  <NodeName>b</NodeName></Node></Node></MgmtTree>`);

const generated = fc.sample(tndsDocument, { numRuns: GENERATED, seed: SEED });

export const target: FuzzTarget = {
  name: 'tnds',
  seeds: [
    LENIENT,
    ...generated.map((tnds) => encodeTnds(tnds, 'xml')),
    ...generated.map((tnds) => encodeTnds(flattenTnds(tnds), 'wbxml')),
  ],
  decode: decoded,
  run(bytes) {
    const tnds = decoded(bytes);
    if (tnds === undefined) return;
    assert(formatTnds(tnds).length > 0);
    for (const encoding of ['xml', 'wbxml'] as const) {
      const once = through(tnds, encoding);
      if (once === undefined) continue;
      assert.deepEqual(through(once, encoding), once);
      const nested = nestTnds(once);
      assert.deepEqual(nestTnds(nested), nested);
      // What has been nested makes sense as well.
      through(nested, encoding);
      through(flattenTnds(once), encoding);
    }
  },
};

function decoded(bytes: Uint8Array): Tnds | undefined {
  try {
    return decodeTnds(bytes);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    assert(error.at.byte !== undefined || error.at.line !== undefined, `${error.code}: no place`);
    return undefined;
  }
}

/**
 * Undefined for a text that XML cannot carry, or a document that its own mark-up makes too long.
 */
function through(tnds: Tnds, encoding: 'xml' | 'wbxml'): Tnds | undefined {
  try {
    const { notes: _, ...document } = decodeTnds(encodeTnds(tnds, encoding));
    return document;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    assert.equal(error.code, 'XML_CHARACTER');
    return undefined;
  }
}
