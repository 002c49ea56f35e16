/**
 * Descriptions and sub-trees against libxml2 and libwbxml: what we write is valid by the DTD, and
 * read alike from libwbxml's XML of our WBXML.
 */
import assert from 'node:assert';
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import {
  type Ddf,
  ddfOfShapes,
  decodeDdf,
  decodeTnds,
  encodeDdf,
  encodeTnds,
  flattenTnds,
  formatDdf,
  type Tnds,
} from '@ueprov/protocols/dm/tree';
import { deviceShape } from '@ueprov/protocols/mo';
import fc from 'fast-check';
import { ddfDocument, tndsDocument } from '../../fuzz/mgmt-trees.ts';
import type { Check, Suite } from '../../tools/suite/suite.ts';

const DTD = resolve(import.meta.dirname, '../../docs/ddf/dm_ddf-v1_2.dtd');
const DOCUMENTS = 200;
const SEED = 20100527;

export const suite: Suite = {
  name: 'ddf',
  packages: ['libxml2-utils', 'libwbxml2-utils'],
  async run(t: Check) {
    await t.check('xmllint: the descriptions of our objects are valid by the DTD', () => {
      for (const shape of deviceShape().children ?? []) {
        assert.equal(complaintOf(formatDdf(ddfOfShapes([shape]))), '');
      }
    });
    await t.check('xmllint: a description in another order is not', () => {
      const [shape] = deviceShape().children ?? [];
      assert(shape !== undefined);
      const swapped = formatDdf(ddfOfShapes([shape])).replace(
        /(<AccessType>[\s\S]*?<\/AccessType>)\s*(<Description>.*<\/Description>)/,
        '$2$1',
      );
      assert.match(complaintOf(swapped), /does not follow the DTD/);
    });
    await t.check(
      `xmllint: ${DOCUMENTS} generated DDF and TNDS documents are valid [TNDS 6.2-1]`,
      () => {
        for (const ddf of sample(ddfDocument)) assert.equal(complaintOf(encodeDdf(ddf, 'xml')), '');
        for (const tnds of sample(tndsDocument)) {
          assert.equal(complaintOf(encodeTnds(named(tnds), 'xml')), '');
          assert.equal(complaintOf(encodeTnds(flattenTnds(named(tnds)), 'xml')), '');
        }
      },
    );
    await t.check('wbxml2xml reads the descriptions of our objects from WBXML', () => {
      for (const shape of deviceShape().children ?? []) {
        const ddf = ddfOfShapes([shape]);
        assert.deepEqual(meaning(decodeDdf(toXml(encodeDdf(ddf, 'wbxml')))), ddf);
      }
    });
    await t.check('wbxml2xml reads a sub-tree from WBXML', () => {
      const xml = `<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD><Node>
        <NodeName>a</NodeName><RTProperties><ACL>Get=*</ACL><Format><chr/></Format>
        <Type><MIME>text/plain</MIME></Type></RTProperties><Value>x</Value></Node></MgmtTree>`;
      const tnds = decodeTnds(xml);
      assert.deepEqual(meaning(decodeTnds(toXml(encodeTnds(tnds, 'wbxml')))), tnds);
    });
  },
};

function sample<T>(documents: fc.Arbitrary<T>): T[] {
  return fc.sample(documents, { numRuns: DOCUMENTS, seed: SEED });
}

/** The DTD of DDF has no node without NodeName; OMA-DMTNDS 6.3.1.6 allows it at the top. */
function named(tnds: Tnds): Tnds {
  const nodes = tnds.nodes.filter(({ NodeName }) => NodeName !== undefined);
  const spare = { kind: 'leaf', NodeName: 'spare', RTProperties: {} } as const;
  return { ...tnds, nodes: nodes.length > 0 ? nodes : [spare] };
}

/**
 * What the validator says. Our copy of the DTD stands for the one that the DOCTYPE would have it
 * fetch.
 */
function complaintOf(xml: string | Uint8Array): string {
  const input = Buffer.from(xml)
    .toString()
    .replace(/<!DOCTYPE[^>]*>/, '');
  const options = ['--noout', '--nonet', '--dtdvalid', DTD, '-'];
  const { stderr } = spawnSync('xmllint', options, { input });
  return stderr.toString();
}

function toXml(wbxml: Uint8Array): Uint8Array {
  const { stdout, stderr } = spawnSync('wbxml2xml', ['-k', '-m', '0', '-o', '-', '-'], {
    input: wbxml,
  });
  assert(stderr.toString().includes('succeeded'), stderr.toString());
  return new Uint8Array(stdout);
}

/** Without the notes on the DOCTYPE that libwbxml writes. */
function meaning<T extends Ddf | Tnds>({ notes: _, ...document }: T): Omit<T, 'notes'> {
  return document;
}
