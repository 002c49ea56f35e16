/**
 * libwbxml as oracle in both directions: what we write it reads, what it writes we read, with the same meaning. tshark
 * as third decoder: it sees the tags that we wrote.
 *
 * Its own ways, which are no difference in meaning, are levelled before comparing: it renames the media types of
 * SyncML by the spelling, treats line ends in Data as those of a vCard, and cannot write `]]>` in XML.
 */
import assert from 'node:assert';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CLOSE, decodeHex, END, OPEN } from '@ueprov/protocols';
import { decodeSyncML, encodeSyncML, type SyncML } from '@ueprov/protocols/syncml';
import { WbxmlCursor } from '@ueprov/protocols/wbxml';
import fc from 'fast-check';
import { octetMessage, textMessage } from '../../fuzz/messages.ts';
import type { Check, Suite } from '../../tools/suite/suite.ts';
import { malformedFrames, shownTags } from './wbxml/tshark.ts';

const MESSAGES = 2_000;
const OCTET_MESSAGES = 500;
const SEED = 20100527;

export const suite: Suite = {
  name: 'wbxml',
  packages: ['libwbxml2-utils', 'tshark'],
  async run(t: Check) {
    await t.check(`wbxml2xml reads ${MESSAGES} generated messages that we wrote`, () => {
      for (const message of generated(textMessage)) {
        const xml = convert('wbxml2xml', ['-k', '-m', '0'], encodeSyncML(message, 'wbxml'));
        assert.deepEqual(byMeaning(decodeSyncML(xml, 'xml')), byMeaning(message));
      }
    });
    await t.check(`we read ${MESSAGES} generated messages that xml2wbxml wrote`, () => {
      for (const message of generated(textMessage)) {
        const wbxml = convert('xml2wbxml', ['-k'], encodeSyncML(message, 'xml'));
        assert.deepEqual(byMeaning(decodeSyncML(wbxml, 'wbxml')), byMeaning(message));
      }
    });
    await t.check(`wbxml2xml takes ${OCTET_MESSAGES} generated messages with octets`, () => {
      for (const message of generated(octetMessage, OCTET_MESSAGES)) {
        convert('wbxml2xml', ['-k', '-m', '0'], encodeSyncML(message, 'wbxml'));
      }
    });
    await checkTshark(t);
    await checkDocuments(t);
  },
};

async function checkTshark(t: Check): Promise<void> {
  const documents = generated(octetMessage).map((message) => encodeSyncML(message, 'wbxml'));
  await t.check('tshark names a document malformed whose OPAQUE is longer than it', () => {
    const bad = decodeHex('03a4016a004fc37f0102');
    assert.deepEqual(malformedFrames([...documents.slice(0, 2), bad]), [3]);
  });
  await t.check(`tshark names none of ${MESSAGES} generated messages malformed`, () => {
    assert.deepEqual(malformedFrames(documents), []);
  });
  await t.check(`tshark shows the tags of ${MESSAGES} generated messages as we read them`, () => {
    shownTags(documents).forEach((tags, index) => {
      assert.deepEqual(tags, tagsOf(documents[index] ?? new Uint8Array(0)));
    });
  });
}

/** The tags that we read. Names of no code page are left out: tshark shows those otherwise. */
function tagsOf(document: Uint8Array): readonly string[] {
  const cursor = new WbxmlCursor(document);
  const open: string[] = [];
  const tags: string[] = [];
  for (let token = cursor.next(); token !== END; token = cursor.next()) {
    if (token === OPEN) {
      open.push(cursor.name);
      tags.push(`<${cursor.name}>`);
    } else if (token === CLOSE) {
      tags.push(`</${open.pop()}>`);
    }
  }
  return tags.filter((tag) => !/Frobnicate|Élan/.test(tag));
}

const DOCUMENTS = join(
  resolve(import.meta.dirname, '../..', process.env.VECTORS ?? '../shared/vectors'),
  'wbxml',
);

/** libwbxml's own documents, through its encoder into our decoder; those that are messages. */
async function checkDocuments(t: Check): Promise<void> {
  if (!existsSync(DOCUMENTS)) return;
  for (const file of readdirSync(DOCUMENTS).filter((each) => /^syncml.*\.xml$/.test(each))) {
    const xml = readFileSync(join(DOCUMENTS, file));
    // Not a message; or with a DevInf, which libwbxml writes as a document of its own inside Data.
    if (!xml.includes('<SyncHdr>') || /<Results>[\s\S]*<DevInf/.test(xml.toString())) continue;
    await t.check(`${file}: the same from its XML and from libwbxml's WBXML`, () => {
      const wbxml = convert('xml2wbxml', ['-k'], xml);
      assert.deepEqual(byMeaning(decodeSyncML(wbxml)), byMeaning(decodeSyncML(xml)));
    });
  }
}

function generated(messages: fc.Arbitrary<SyncML>, count = MESSAGES): SyncML[] {
  return fc.sample(messages.map(withoutCdataEnd), { numRuns: count, seed: SEED });
}

/** libwbxml leaves `>` as it is, so that `]]>` in a text gives malformed XML. */
function withoutCdataEnd<T>(value: T): T {
  if (typeof value === 'string') return value.replaceAll(']]>', ']] >') as T;
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutCdataEnd) as T;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, withoutCdataEnd(each)]),
  ) as T;
}

function convert(tool: string, options: readonly string[], input: Uint8Array): Uint8Array {
  const { stdout, stderr } = spawnSync(tool, [...options, '-o', '-', '-'], { input });
  const message = stderr.toString();
  assert(message.includes('succeeded'), `${message} on ${Buffer.from(input).toString('base64')}`);
  return new Uint8Array(stdout);
}

/** The message as plain JSON, with what libwbxml may change made the same. */
function byMeaning({ SyncHdr, SyncBody }: SyncML): unknown {
  const text = JSON.stringify({ SyncHdr, SyncBody }, (key, value) => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
    if (key === 'Data' && typeof value === 'string') return value.replace(/[\r\n]+/g, '\n');
    return value;
  });
  return JSON.parse(text.replaceAll('+wbxml', '+xml'));
}
