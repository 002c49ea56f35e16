import { expect, test } from 'vitest';
import { ProtocolError } from '../../error.ts';
import { type Ddf, type DdfNode, OCCURRENCE_MAX, OCCURRENCE_MIN } from './ddf.ts';
import { decodeDdf } from './ddf-decode.ts';
import { encodeDdf, formatDdf } from './ddf-encode.ts';

function document(nodes: string, front = '<VerDTD>1.2</VerDTD>'): string {
  return `<MgmtTree xmlns="syncml:dmddf1.2">${front}${nodes}</MgmtTree>`;
}

const DESCRIPTION = `<AccessType><Get/></AccessType><DFFormat><chr/></DFFormat>
  <DFType><MIME>text/plain</MIME></DFType>`;

function node(description = DESCRIPTION, rest = '', name = 'a'): string {
  const DFProperties = `<DFProperties>${description}</DFProperties>`;
  return `<Node><NodeName>${name}</NodeName>${DFProperties}${rest}</Node>`;
}

const INTERIOR = `<AccessType><Get/></AccessType><DFFormat><node/></DFFormat>
  <DFType><DDFName/></DFType>`;

function only(xml: string): DdfNode {
  const [first] = decodeDdf(document(xml)).nodes;
  if (first === undefined) throw new Error('no node');
  return first;
}

function refusal(xml: string): ProtocolError {
  try {
    decodeDdf(xml);
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

test('every element of a description is read', () => {
  const xml = `<Node>
    <NodeName>Port</NodeName><Path>./A/B</Path>
    <RTProperties><ACL>Get=*</ACL><Format><int/></Format><Name/><Size/><Title/><TStamp/>
      <Type><MIME>text/plain</MIME></Type><VerNo/></RTProperties>
    <DFProperties>
      <AccessType><Replace/><Get/><Exec/><Delete/><Copy/><Add/></AccessType>
      <DefaultValue>5060</DefaultValue><Description>A port.</Description>
      <DFFormat><int/></DFFormat><Occurrence><ZeroOrN>3</ZeroOrN></Occurrence>
      <Scope><Dynamic/></Scope><DFTitle>Port</DFTitle>
      <DFType><MIME>text/plain</MIME><MIME>text/x-port</MIME></DFType>
      <CaseSense><CIS/></CaseSense>
    </DFProperties>
    <Value>5061</Value>
  </Node>`;
  const expected: Ddf = {
    VerDTD: '1.2',
    Man: 'm',
    Mod: 'n',
    nodes: [
      {
        NodeName: 'Port',
        Path: './A/B',
        RTProperties: {
          ACL: 'Get=*',
          Format: 'int',
          Name: '',
          Size: '',
          Title: '',
          TStamp: '',
          Type: 'text/plain',
          VerNo: '',
        },
        DFProperties: {
          AccessType: ['Add', 'Copy', 'Delete', 'Exec', 'Get', 'Replace'],
          DefaultValue: '5060',
          Description: 'A port.',
          DFFormat: 'int',
          Occurrence: { ZeroOrN: 3 },
          Scope: 'Dynamic',
          DFTitle: 'Port',
          DFType: { kind: 'MIME', MIME: ['text/plain', 'text/x-port'] },
          CaseSense: 'CIS',
        },
        nodes: [],
        Value: '5061',
      },
    ],
  };
  const ddf = decodeDdf(document(xml, '<VerDTD>1.2</VerDTD><Man>m</Man><Mod>n</Mod>'));
  expect(ddf).toEqual(expected);
  for (const encoding of ['xml', 'wbxml'] as const) {
    expect(decodeDdf(encodeDdf(ddf, encoding))).toEqual(expected);
  }
});

test('left out, a node occurs once and is dynamic', () => {
  const { DFProperties } = only(node());
  expect(DFProperties.Occurrence).toBe('One');
  expect(DFProperties.Scope).toBe('Dynamic');
});

test.each([
  ['One', 'One'],
  ['ZeroOrOne', 'ZeroOrOne'],
  ['ZeroOrMore', 'ZeroOrMore'],
  ['OneOrMore', 'OneOrMore'],
] as const)('Occurrence %s comes through both spellings', (name, expected) => {
  const ddf = decodeDdf(document(node(`${DESCRIPTION}<Occurrence><${name}/></Occurrence>`)));
  expect(ddf.nodes[0]?.DFProperties.Occurrence).toEqual(expected);
  const { notes: _, ...clean } = ddf;
  expect(decodeDdf(encodeDdf(ddf, 'xml'))).toEqual(clean);
  expect(decodeDdf(encodeDdf(ddf, 'wbxml'))).toEqual(clean);
});

test(`N is from ${OCCURRENCE_MIN} to ${OCCURRENCE_MAX}`, () => {
  const occurrence = (n: string) => node(`${DESCRIPTION}<Occurrence>${n}</Occurrence>`);
  for (const n of [OCCURRENCE_MIN, OCCURRENCE_MAX]) {
    const zero = only(occurrence(`<ZeroOrN>${n}</ZeroOrN>`));
    expect(zero.DFProperties.Occurrence).toEqual({ ZeroOrN: n });
    const one = only(occurrence(`<OneOrN> ${n} </OneOrN>`));
    expect(one.DFProperties.Occurrence).toEqual({ OneOrN: n });
  }
  for (const n of [OCCURRENCE_MIN - 1, OCCURRENCE_MAX + 1, '', '-2', '2.5', 'many']) {
    const { code } = refusal(document(occurrence(`<OneOrN>${n}</OneOrN>`)));
    expect(code).toBe('DDF_OCCURRENCE');
  }
});

test.each([
  ['no VerDTD', document(node(), ''), 'DDF_VERSION'],
  ['an older VerDTD', document(node(), '<VerDTD>1.1</VerDTD>'), 'DDF_VERSION'],
  ['no node', document(''), 'DDF_EMPTY'],
  ['another root', '<SyncML/>', 'DDF_ROOT'],
  ['no octets', '', 'DDF_ENCODING'],
  ['a node without name', document('<Node/>'), 'DDF_NAME'],
  ['a name of two segments', document(node(DESCRIPTION, '', 'a/b')), 'DDF_NAME'],
  ['no DFProperties', document('<Node><NodeName/></Node>'), 'DDF_NO_DFPROPERTIES'],
  ['no AccessType', document(node('<DFFormat><chr/></DFFormat>')), 'DDF_ACCESS'],
  ['no DFFormat', document(node('<AccessType/>')), 'DDF_FORMAT'],
  ['an unknown DFFormat', document(node('<DFFormat><text/></DFFormat>')), 'DDF_FORMAT'],
  ['nodes below a leaf', document(node(DESCRIPTION, node())), 'DDF_LEAF'],
  ['two nodes of one name', document(node(INTERIOR, node() + node())), 'DDF_TWICE'],
  ['an interior node with a Value', document(node(INTERIOR, '<Value>x</Value>')), 'DDF_VALUE'],
  ['a Path that is none', document(node(DESCRIPTION, '<Path>a//b</Path>')), 'DDF_PATH'],
  ['two scopes', document(node('<Scope><Permanent/><Dynamic/></Scope>')), 'DDF_DUPLICATE'],
  [
    'two occurrences',
    document(node('<Occurrence><One/><OneOrMore/></Occurrence>')),
    'DDF_OCCURRENCE',
  ],
  [
    'MIME beside DDFName',
    document(node('<DFType><MIME>a</MIME><DDFName>b</DDFName></DFType>')),
    'DDF_TYPE',
  ],
])('%s is refused', (_name, xml, code) => {
  expect(refusal(xml).code).toBe(code);
});

test('an error has its line, and the name of its node where it is known', () => {
  const { at } = refusal(document(`\n\n${node(INTERIOR, '<Value>x</Value>')}`));
  expect(at).toEqual({ line: 3, path: 'a' });
});

test('access is in no order; all else is, with a note where it is not', () => {
  const access = '<AccessType><Replace/><Add/></AccessType>';
  const xml = `${access}<DFType><MIME>text/plain</MIME></DFType><DFFormat><chr/></DFFormat>`;
  const { nodes, notes } = decodeDdf(document(node(xml)));
  expect(nodes[0]?.DFProperties.AccessType).toEqual(['Add', 'Replace']);
  expect(notes?.map(({ code }) => code)).toEqual(['DDF_ORDER']);
});

test('without DFType a leaf is text and an interior node nothing in particular, with a note', () => {
  const described = (format: string) =>
    decodeDdf(document(node(`<AccessType/><DFFormat><${format}/></DFFormat>`)));
  const leaf = described('int');
  expect(leaf.nodes[0]?.DFProperties.DFType).toEqual({ kind: 'MIME', MIME: ['text/plain'] });
  expect(leaf.notes?.map(({ code }) => code)).toEqual(['DDF_NO_DFTYPE']);
  const DFType = described('node').nodes[0]?.DFProperties.DFType;
  expect(DFType).toEqual({ kind: 'DDFName', DDFName: '' });
});

test('a DOCTYPE is noted, and written into a file for people', () => {
  const ddf = decodeDdf(document(node()));
  const file = formatDdf(ddf);
  expect(file).toContain('<!DOCTYPE MgmtTree PUBLIC "-//OMA//DTD-DM-DDF 1.2//EN"');
  const { notes, ...read } = decodeDdf(file);
  expect(read).toEqual(ddf);
  expect(notes?.map(({ code }) => code)).toEqual(['XML_DOCTYPE']);
});
