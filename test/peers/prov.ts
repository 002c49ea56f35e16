/**
 * WAP provisioning against libwbxml: its own documents, and one with every token of our tables,
 * through its encoder and decoder with the same meaning; and the same octets where both know the
 * tokens.
 */
import assert from 'node:assert';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type Characteristic,
  decodeProv,
  encodeProv,
  type ProvDocument,
} from '@ueprov/protocols/dm/bootstrap';
import { PROV_1_0 } from '@ueprov/protocols/wbxml';
import type { Check, Suite } from '../../tools/suite/suite.ts';

const DOCUMENTS = join(
  resolve(import.meta.dirname, '../..', process.env.VECTORS ?? '../shared/vectors'),
  'wbxml',
);

export const suite: Suite = {
  name: 'prov',
  packages: ['libwbxml2-utils'],
  async run(t: Check) {
    await t.check('every token of our tables means to libwbxml what it means to us', () => {
      const document = everyToken();
      const xml = toXml(encodeProv(document, 'wbxml')).replaceAll('TRETRA-', 'TETRA-');
      assert.deepEqual(meaning(decodeProv(Buffer.from(xml))), document);
    });
    await t.check('libwbxml writes the octets that we write, for every name and value', () => {
      const document = everyToken('TETRA-');
      const theirs = toWbxml(encodeProv(document, 'xml'));
      assert.deepEqual(meaning(decodeProv(theirs)), document);
      assert.equal(hex(theirs), hex(encodeProv(document, 'wbxml')));
    });
    if (!existsSync(DOCUMENTS)) return;
    for (const file of readdirSync(DOCUMENTS).filter((each) => /^prov.*\.xml$/.test(each))) {
      await t.check(`${file}: the same in XML, in libwbxml's octets and in ours`, () => {
        const xml = readFileSync(join(DOCUMENTS, file));
        const document = meaning(decodeProv(xml));
        assert.deepEqual(meaning(decodeProv(toWbxml(xml))), document);
        assert.deepEqual(
          meaning(decodeProv(Buffer.from(toXml(encodeProv(document, 'wbxml'))))),
          document,
        );
      });
    }
  },
};

/** A document with each type, name and value that has a token, but those of `except`. */
function everyToken(except?: string): ProvDocument {
  const [first, second] = (PROV_1_0.attributePages ?? []).map(({ starts, values }) => {
    const valued = [...starts.values()].filter(({ value }) => value !== '');
    const of = (name: string) => valued.filter((each) => each.name === name);
    return {
      types: of('type').map(({ value }) => value),
      names: of('name').map(({ value }) => value),
      // The pieces of AAUTHTYPE are read and never written.
      values: [...values].filter(([token]) => !isOld(token, values)).map(([, word]) => word),
    };
  });
  assert(first !== undefined && second !== undefined);
  const values = [...first.values, ...second.values].filter(
    (value) => except === undefined || !value.startsWith(except),
  );
  const characteristics = [...first.types, ...second.types].map((type): Characteristic => {
    const names = [...first.names, ...second.names];
    const parms = names.map((name, index) => ({ name, value: `${type}-${index}` }));
    return { type, parms, characteristics: [] };
  });
  const parms = values.map((value) => ({ name: 'NAME', value }));
  return {
    version: '1.0',
    characteristics: [...characteristics, { type: 'VENDORCONFIG', parms, characteristics: [] }],
  };
}

function isOld(token: number, values: ReadonlyMap<number, string>): boolean {
  return [',', 'HTTP-', 'BASIC', 'DIGEST'].includes(values.get(token) ?? '');
}

function toXml(wbxml: Uint8Array): string {
  return convert('wbxml2xml', ['-k', '-m', '0'], wbxml).toString();
}

function toWbxml(xml: Uint8Array): Uint8Array {
  // libwbxml needs the DOCTYPE to know what it reads.
  const text = Buffer.from(xml).toString();
  const doctype = `<!DOCTYPE wap-provisioningdoc PUBLIC "-//WAPFORUM//DTD PROV 1.0//EN"
    "http://www.wapforum.org/DTD/prov.dtd">`;
  const input = text.includes('<!DOCTYPE') ? text : `<?xml version="1.0"?>${doctype}${text}`;
  return new Uint8Array(convert('xml2wbxml', ['-n'], Buffer.from(input)));
}

function convert(tool: string, options: readonly string[], input: Uint8Array): Buffer {
  const { stdout, stderr } = spawnSync(tool, [...options, '-o', '-', '-'], { input });
  assert(stderr.toString().includes('succeeded'), stderr.toString());
  return stdout;
}

function meaning({ notes: _, ...document }: ProvDocument): ProvDocument {
  return document;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
