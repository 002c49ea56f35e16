import { encodeBase64, encodeHex } from '@ueprov/protocols';
import { decodeDdf, decodeTnds, encodeTnds, nestTnds } from '@ueprov/protocols/dm/tree';
import { expect, test } from 'vitest';
import { DDF_XML, TNDS_XML } from './testing/inputs.ts';
import { run } from './testing/run.ts';

const tnds = (input: Uint8Array | string, ...options: readonly string[]) =>
  run(['tnds', ...options], { files: { '-': input } });
const ddf = (input: Uint8Array | string, ...options: readonly string[]) =>
  run(['ddf', ...options], { files: { '-': input } });

const TREE = `MgmtTree 1.2 example one
  DMAcc  (node urn:oma:mo:oma-dm-dmacc:1.0)  ACL=Get=*
    AppID = "w7"  (chr text/plain)
    Icon = 001122  3 octets  (bin image/png)
`;

test('a TNDS in XML, WBXML, hex and base64 prints the same tree', async () => {
  const wbxml = encodeTnds(decodeTnds(Buffer.from(TNDS_XML)), 'wbxml');
  for (const input of [TNDS_XML, wbxml, encodeHex(wbxml), encodeBase64(wbxml)]) {
    expect(await tnds(input)).toMatchObject({ exitCode: 0, text: TREE, said: [] });
  }
});

test('a TNDS is written in either spelling and style', async () => {
  const document = decodeTnds(Buffer.from(TNDS_XML));
  const { out } = await tnds(TNDS_XML, '--to', 'wbxml', '--style', 'flat');
  const flat = decodeTnds(out);
  expect(flat.nodes.map(({ Path, NodeName }) => [Path, NodeName])).toEqual([
    [undefined, 'DMAcc'],
    ['DMAcc', 'AppID'],
    ['DMAcc', 'Icon'],
  ]);
  const { text } = await tnds(out, '--xml', '--style', 'nested');
  expect(decodeTnds(text)).toEqual(nestTnds(document));
});

test('--json of a TNDS has ACL and octets readable', async () => {
  const { text } = await tnds(TNDS_XML, '--json');
  expect(JSON.parse(text)).toMatchObject({
    nodes: [{ RTProperties: { ACL: { Get: ['*'] } }, nodes: [{}, { Value: { hex: '001122' } }] }],
  });
});

test('a description with what may be done, how often, and why', async () => {
  expect(await ddf(DDF_XML)).toMatchObject({
    exitCode: 0,
    text: `MgmtTree 1.2
  Thing  node One Permanent Get  urn:example:thing  what it is
    <X>  int ZeroOrN(3) Dynamic Add,Get  text/plain  default "7"
`,
  });
});

test('a description is written in either spelling', async () => {
  const { out } = await ddf(DDF_XML, '--to', 'wbxml');
  const { text } = await ddf(out, '--xml');
  const { notes: _, ...document } = decodeDdf(text);
  expect(document).toEqual(decodeDdf(DDF_XML));
});

test('--check: nothing found is exit code 0, a finding is 1 with its path', async () => {
  expect(await ddf(DDF_XML, '--check')).toMatchObject({
    exitCode: 0,
    text: '',
    said: ['nothing found'],
  });
  const wrong = DDF_XML.replace('<DefaultValue>7<', '<DefaultValue>seven<');
  expect(await ddf(wrong, '--check')).toMatchObject({
    exitCode: 1,
    text: 'DDF_DEFAULT: a default value that is no int (./Thing/<X>)\n',
  });
});

test.each([
  ['tnds', ['--style', 'round'], TNDS_XML],
  ['tnds', ['--json', '--xml'], TNDS_XML],
  ['tnds', ['--to', 'json'], TNDS_XML],
  ['tnds', [], '<MgmtTree/>'],
  ['ddf', ['--json', '--to', 'xml'], DDF_XML],
  ['ddf', [], TNDS_XML],
])('%s %j is refused by one line', async (command, options, input) => {
  const { exitCode, text, said } = await run([command, ...options], { files: { '-': input } });
  expect({ exitCode, text, lines: said.length }).toEqual({ exitCode: 2, text: '', lines: 1 });
});

test('a TNDS cut anywhere is refused by one line that names the byte', async () => {
  const wbxml = encodeTnds(decodeTnds(Buffer.from(TNDS_XML)), 'wbxml');
  for (let length = 1; length < wbxml.length; length++) {
    const { exitCode, said } = await tnds(encodeHex(wbxml.subarray(0, length)));
    expect([exitCode, said]).toEqual([2, [expect.stringMatching(`\\(byte ${length}\\)$`)]]);
  }
});
