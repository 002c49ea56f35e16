import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { CLAUSES } from './note-line.ts';
import { LAX_XML, SESSION_PCAP, VECTOR } from './testing/inputs.ts';
import { run } from './testing/run.ts';

const lint = (input: Uint8Array | string) => run(['lint'], { files: { '-': input } });

test('every deviation with its place and clause, exit code 1', async () => {
  expect(await lint(LAX_XML)).toMatchObject({
    exitCode: 1,
    text: `\
SYNCML_NAMESPACE: namespace "" of the root (line 1)
    RepPro 1.2.2 §6: the namespace is SYNCML:SYNCML1.2
SYNCML_ORDER: VerDTD late in SyncHdr (line 1)
    RepPro 1.2.2 §7: the DTD orders the elements
SYNCML_STRAY_TEXT: text between the elements of SyncBody, left out (line 3)
    RepPro 1.2.2 §7: no text stands between elements
`,
  });
});

test('no deviation, exit code 0', async () => {
  expect(await lint(VECTOR)).toEqual(
    expect.objectContaining({ exitCode: 0, text: '', said: ['no deviations'] }),
  );
});

test('what cannot be read, exit code 2', async () => {
  expect(await lint(VECTOR.subarray(0, 9))).toMatchObject({ exitCode: 2, text: '' });
});

test('of a capture every message is looked at', async () => {
  const har = JSON.stringify({
    log: {
      entries: [VECTOR_XML, LAX_XML].map((text) => ({
        request: { postData: { mimeType: 'application/vnd.syncml.dm+xml', text } },
      })),
    },
  });
  const { exitCode, text } = await lint(har);
  expect(exitCode).toBe(1);
  expect(text.match(/^message 2: SYNCML_/gm)).toHaveLength(3);
  expect(text).not.toContain('message 1');
  expect(await lint(SESSION_PCAP)).toMatchObject({ exitCode: 0 });
});

const VECTOR_XML = LAX_XML.replace('<SyncML>', '<SyncML xmlns="SYNCML:SYNCML1.2">')
  .replace('stray', '')
  .replace(/(<VerProto>.*<\/VerProto>)(<VerDTD>.*<\/VerDTD>)/, '$2$1');

test('every note that a reader makes has a clause, and no clause is left over', () => {
  const protocols = resolve(import.meta.dirname, '../../../protocols/src');
  const codes = ['syncml', 'wbxml', 'xml'].flatMap((folder) =>
    readdirSync(resolve(protocols, folder))
      .filter((file) => /^[a-z-]+\.ts$/.test(file))
      .map((file) => readFileSync(resolve(protocols, folder, file), 'utf8'))
      .flatMap((code) => [...code.matchAll(/(?:\bnote\(|\bremark\(|\bcode: )\s*'([A-Z_0-9]+)'/g)])
      .map(([, code = '']) => code),
  );
  expect([...new Set(codes)].sort()).toEqual([...CLAUSES.keys()].sort());
});
