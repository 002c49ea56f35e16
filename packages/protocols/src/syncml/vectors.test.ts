/** The golden messages of `vectors/syncml.md`, and the documents of libwbxml where they are at hand. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { decodeHex, encodeUtf8 } from '../bytes.ts';
import { ProtocolError } from '../error.ts';
import { decodeSyncML } from './decode.ts';
import { encodeSyncML } from './encode.ts';
import type { Command, SyncML } from './message.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');

interface Vector {
  readonly name: string;
  readonly source: string | undefined;
  readonly bytes: Uint8Array;
  readonly expected: unknown;
}

function readVectors(file: string): Vector[] {
  const [, ...sections] = readFileSync(join(ROOT, 'vectors', file), 'utf8').split(/^## /m);
  return sections.map((section) => {
    const [name = ''] = section.split('\n');
    const blocks = [...section.matchAll(/^```(\w+)\n([\s\S]*?)\n```$/gm)];
    const [[, language, input = ''] = [], [, , expected = ''] = []] = blocks;
    const bytes = language === 'xml' ? encodeUtf8(input) : decodeHex(input.replace(/\s/g, ''));
    const source = /^Source: (.+)$/m.exec(section)?.[1];
    return { name, source, bytes, expected: JSON.parse(expected) };
  });
}

/** Plain JSON of a message, octets as `{"hex": ...}`. */
function plain(message: SyncML): unknown {
  return JSON.parse(
    JSON.stringify(message, (_key, value) =>
      value instanceof Uint8Array ? { hex: Buffer.from(value).toString('hex') } : value,
    ),
  );
}

const vectors = readVectors('syncml.md');

test('the golden messages are found, each with its source', () => {
  expect(vectors.length).toBeGreaterThanOrEqual(10);
  for (const { source } of vectors) expect(source).toBeDefined();
});

test.each(vectors)('golden: $name [R-6.2.3-1]', ({ bytes, expected }) => {
  expect(plain(decodeSyncML(bytes))).toEqual(expected);
});

test.each(vectors)('golden, written and read again in WBXML: $name [R-6.2.3-1]', ({ bytes }) => {
  const { SyncHdr, SyncBody } = decodeSyncML(bytes);
  const message = { SyncHdr, SyncBody };
  expect(decodeSyncML(encodeSyncML(message, 'wbxml'))).toEqual(message);
});

const DOCUMENTS = join(resolve(ROOT, process.env.VECTORS ?? '../shared/vectors'), 'wbxml');
const isMissing = !existsSync(DOCUMENTS);

function documents(pattern: RegExp): string[] {
  return isMissing ? [] : readdirSync(DOCUMENTS).filter((file) => pattern.test(file));
}

function kinds(commands: readonly Command[]): string {
  return commands.map((each) => (each.kind === 'Unknown' ? `?${each.name}` : each.kind)).join(' ');
}

/** The commands of a document, after a way through WBXML that must not change it; or the error. */
function verdict(bytes: Uint8Array): string {
  try {
    const { SyncHdr, SyncBody } = decodeSyncML(bytes);
    const message = { SyncHdr, SyncBody };
    expect(decodeSyncML(encodeSyncML(message, 'wbxml'))).toEqual(message);
    return kinds(SyncBody.commands);
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
}

test.skipIf(isMissing)('the documents of libwbxml decode, or are refused for a reason', () => {
  const files = documents(/^syncml/);
  const verdicts = files.map((file) => [file, verdict(readFileSync(join(DOCUMENTS, file)))]);
  expect(Object.fromEntries(verdicts)).toEqual({
    'syncml-001.xml': 'Status',
    'syncml-002.xml': 'Alert',
    'syncml-003.xml': 'Alert ?Put Get',
    'syncml-004.xml': 'Status Status Status Results Alert',
    'syncml-005.xml': 'Status Status ?Sync',
    'syncml-006.xml': 'Status Status Status ?Sync',
    'syncml-007.xml': 'Status Status Status Status ?Map',
    'syncml-008.xml': 'Status Status',
    'syncml-009.xml': 'Alert ?Sync',
    'syncml-010.xml': 'Status Status Status Status Alert ?Sync',
    // A DevInf document, and two bodies without a header.
    'syncml-011.xml': 'SYNCML_ROOT',
    'syncml-012.xml': 'Add',
    'syncml-013.xml': 'SYNCML_NO_SYNCHDR',
    'syncml-014.xml': 'SYNCML_NO_SYNCHDR',
    'syncml_with_ddf-001.xml': 'Status Status Status ?Sync',
  });
});

test.skipIf(isMissing)('the inputs that crashed libwbxml are one error each', () => {
  const crashers = documents(/^crasher/);
  expect(crashers).toHaveLength(3);
  for (const file of crashers) {
    const bytes = readFileSync(join(DOCUMENTS, file));
    expect(() => decodeSyncML(bytes)).toThrow(ProtocolError);
    expect(() => decodeSyncML(bytes, 'wbxml')).toThrow(ProtocolError);
  }
});
