import { expect, test } from 'vitest';
import { decodeHex, encodeUtf8 } from '../../bytes.ts';
import { ProtocolError } from '../../error.ts';
import { DDF_TYPES } from './ddf.ts';
import { NOTES_MAX } from './mgmt-tree-reading.ts';
import { formatOf, TNDS_TYPES, type Tnds, type TndsNode } from './tnds.ts';
import { decodeTnds } from './tnds-decode.ts';
import { encodeTnds, formatTnds } from './tnds-encode.ts';

function document(nodes: string, front = '<VerDTD>1.2</VerDTD>'): string {
  return `<MgmtTree xmlns="syncml:dmddf1.2">${front}${nodes}</MgmtTree>`;
}

const MIME = '<Type><MIME>text/plain</MIME></Type>';

function leaf(name: string, value: string, properties = MIME): string {
  const RTProperties = `<RTProperties>${properties}</RTProperties>`;
  return `<Node><NodeName>${name}</NodeName>${RTProperties}<Value>${value}</Value></Node>`;
}

function only(xml: string): TndsNode {
  const [node] = decodeTnds(document(xml)).nodes;
  if (node === undefined) throw new Error('no node');
  return node;
}

function givenValue(node: TndsNode): string | Uint8Array | undefined {
  return node.kind === 'leaf' ? node.Value : undefined;
}

function notesOf(xml: string): readonly string[] {
  return (decodeTnds(xml).notes ?? []).map(({ code }) => code);
}

function refusal(data: string | Uint8Array): ProtocolError {
  try {
    decodeTnds(data);
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

/** The sample of OMA-DMTNDS 5.3, where RTProperties are missing at POP3. */
const SAMPLE = document(`
  <Node>
    <NodeName>E-Mail</NodeName>
    <RTProperties><Format><node/></Format>
      <Type><DDFName>com.operatorx.dm/1.0/EMail</DDFName></Type></RTProperties>
    <Node>
      <NodeName>POP3</NodeName>
      ${leaf('POPServer', 'mail.example', `<Format>\n<chr/>\n</Format>${MIME}`)}
      ${leaf('UserID', 'UserName')}
    </Node>
  </Node>`);

test('the sample of the standard becomes nested nodes, typed [TNDS 6.1-1]', () => {
  const { VerDTD, nodes, notes } = decodeTnds(SAMPLE);
  expect(VerDTD).toBe('1.2');
  expect(nodes).toEqual([
    {
      kind: 'interior',
      NodeName: 'E-Mail',
      RTProperties: { Format: 'node', Type: 'com.operatorx.dm/1.0/EMail' },
      nodes: [
        {
          kind: 'interior',
          NodeName: 'POP3',
          RTProperties: {},
          nodes: [
            {
              kind: 'leaf',
              NodeName: 'POPServer',
              RTProperties: { Format: 'chr', Type: 'text/plain' },
              Value: 'mail.example',
            },
            {
              kind: 'leaf',
              NodeName: 'UserID',
              RTProperties: { Type: 'text/plain' },
              Value: 'UserName',
            },
          ],
        },
      ],
    },
  ]);
  expect(notes?.map(({ code }) => code)).toEqual(['TNDS_NO_RTPROPERTIES']);
});

test('a node without RTProperties is read, with a note at its line [TNDS 6.3.1-9]', () => {
  const { notes } = decodeTnds(document('\n<Node><NodeName>a</NodeName></Node>'));
  expect(notes).toEqual([expect.objectContaining({ code: 'TNDS_NO_RTPROPERTIES', line: 2 })]);
});

test('all run-time properties of the file are read, Name and Size are left out [TNDS 6.1-3] [TNDS 6.1-4]', () => {
  const xml = leaf(
    'a',
    'x',
    `<ACL>Get=*&amp;Add=a+b</ACL><Format><chr/></Format><Name>a</Name><Size>1</Size>
    <Title>T</Title><TStamp>20010711T163817Z</TStamp>${MIME}<VerNo>65535</VerNo>`,
  );
  expect(only(xml).RTProperties).toEqual({
    ACL: new Map([
      ['Get', ['*']],
      ['Add', ['a', 'b']],
    ]),
    Format: 'chr',
    Title: 'T',
    TStamp: '20010711T163817Z',
    Type: 'text/plain',
    VerNo: 65535,
  });
  expect(notesOf(document(xml))).toEqual(['TNDS_IGNORED', 'TNDS_IGNORED']);
});

test('a TStamp or VerNo that is none is left out with a note, an empty one without [TNDS 6.3.1-11]', () => {
  const xml = leaf('a', 'x', `<TStamp>yesterday</TStamp>${MIME}<VerNo>65536</VerNo>`);
  expect(only(xml).RTProperties).toEqual({ Type: 'text/plain' });
  expect(notesOf(document(xml))).toEqual(['TNDS_PROPERTY', 'TNDS_PROPERTY']);
  expect(notesOf(document(leaf('a', 'x', `<TStamp/>${MIME}<VerNo/>`)))).toEqual([]);
});

test('the octets of the vector V2 are a tree with a leaf-less MO root [TNDS 5.2-2]', () => {
  const name = Buffer.from('-//OMA//DTD-DM-DDF 1.2//EN').toString('hex');
  const hex =
    `0300006a1b${name}00000260770331 2e3200016466 03426f6f740001 6f5c2501` +
    '7551 03780001 01 01 01 01';
  expect(decodeTnds(decodeHex(hex.replaceAll(' ', ''))).nodes).toEqual([
    {
      kind: 'interior',
      NodeName: 'Boot',
      RTProperties: { Format: 'node', Type: 'x' },
      nodes: [],
    },
  ]);
});

test('XML and WBXML of one document are the same document [TNDS 5.2-2]', () => {
  const full = decodeTnds(encodeTnds(decodeTnds(SAMPLE), 'xml'));
  expect(decodeTnds(encodeTnds(full, 'xml'))).toEqual(full);
  expect(decodeTnds(encodeTnds(full, 'wbxml'))).toEqual(full);
});

test.each([
  ['no VerDTD', document(leaf('a', ''), ''), 'TNDS_VERSION'],
  ['VerDTD 1.1', document(leaf('a', ''), '<VerDTD>1.1</VerDTD>'), 'TNDS_VERSION'],
  ['VerDTD 2.0', document(leaf('a', ''), '<VerDTD>2.0</VerDTD>'), 'TNDS_VERSION'],
])('%s is refused [TNDS 6.3.1-2]', (_name, xml, code) => {
  expect(refusal(xml).code).toBe(code);
});

test('the root is MgmtTree; another namespace is noted [TNDS 6.3.1-1]', () => {
  expect(refusal('<Tree xmlns="syncml:dmddf1.2"/>').code).toBe('TNDS_ROOT');
  const bare = document(leaf('a', '')).replace(' xmlns="syncml:dmddf1.2"', '');
  expect(notesOf(bare)).toEqual(['TNDS_NAMESPACE']);
});

test('Format left out is node with children, else chr [TNDS 6.3.1-12]', () => {
  expect(formatOf(only(leaf('a', 'x')))).toBe('chr');
  expect(formatOf(only(`<Node><NodeName>a</NodeName>${leaf('b', '')}</Node>`))).toBe('node');
});

test('without Format, Value and children the kind of Type tells', () => {
  const node = (type: string) =>
    only(`<Node><NodeName>a</NodeName><RTProperties><Type>${type}</Type></RTProperties></Node>`);
  expect(node('<DDFName/>').kind).toBe('interior');
  expect(node('<MIME>text/plain</MIME>').kind).toBe('leaf');
  expect(node('').kind).toBe('leaf');
});

test('a node that a Path continues is interior, even without RTProperties [TNDS 6.3.1-5]', () => {
  const xml = `<Node><NodeName>a</NodeName></Node>
    <Node><NodeName>c</NodeName><Path>a/b</Path><RTProperties>${MIME}</RTProperties></Node>`;
  const { nodes } = decodeTnds(document(xml));
  expect(nodes.map(({ kind }) => kind)).toEqual(['interior', 'leaf']);
});

test.each([
  ['an interior node in Format chr', '<Format><chr/></Format>', leaf('b', ''), 'TNDS_FORMAT'],
  ['a Value beside children', '', `${leaf('b', '')}<Value>x</Value>`, 'TNDS_VALUE'],
  ['a Value in Format node', '<Format><node/></Format>', '<Value>x</Value>', 'TNDS_VALUE'],
  ['an unknown format', '<Format><text/></Format>', '', 'TNDS_FORMAT'],
  ['two formats', '<Format><chr/><int/></Format>', '', 'TNDS_FORMAT'],
  ['two Types', `<Type><MIME>a</MIME><DDFName/></Type>`, '', 'TNDS_TYPE'],
  ['a bad ACL', '<ACL>Get=</ACL>', '', 'TNDS_ACL'],
  ['mark-up in a Value', '', '<Value><b/></Value>', 'TNDS_VALUE'],
  ['a bin Value that is no base64', '<Format><bin/></Format>', '<Value>a</Value>', 'TNDS_BASE64'],
  ['two Values', '', '<Value>a</Value><Value>b</Value>', 'TNDS_DUPLICATE'],
])('%s makes no sense [TNDS 6.3.1-12] [TNDS 6.3.1-4] [TNDS 6.3.1-10]', (_n, props, rest, code) => {
  const xml = `\n<Node><NodeName>a</NodeName><RTProperties>${props}</RTProperties>${rest}</Node>`;
  const error = refusal(document(xml));
  expect(error.code).toBe(code);
  expect(error.at.line).toBe(2);
});

test.each([
  ['a name with a slash', leaf('a/b', ''), 'TNDS_NAME'],
  ['a dot segment', leaf('..', ''), 'TNDS_NAME'],
  ['no name below another', `<Node><NodeName>a</NodeName><Node/></Node>`, 'TNDS_NAME'],
  [
    'an empty name below another',
    `<Node><NodeName>a</NodeName>${leaf('', '')}</Node>`,
    'TNDS_NAME',
  ],
  ['an empty name with a Path', '<Node><NodeName/><Path>a</Path></Node>', 'TNDS_NAME'],
  ['a Path with a blank', '<Node><NodeName>a</NodeName><Path>a b</Path></Node>', 'TNDS_PATH'],
  [
    'a Path that ends in a slash',
    '<Node><NodeName>a</NodeName><Path>b/</Path></Node>',
    'TNDS_PATH',
  ],
  ['two of one name', leaf('a', '') + leaf('a', ''), 'TNDS_TWICE'],
  [
    'the same address in both styles',
    `<Node><NodeName>a</NodeName>${leaf('b', '')}</Node><Node><NodeName>b</NodeName><Path>a</Path></Node>`,
    'TNDS_TWICE',
  ],
  [
    'a Path below a leaf',
    `${leaf('a', 'x')}<Node><NodeName>b</NodeName><Path>a</Path></Node>`,
    'TNDS_LEAF',
  ],
])('%s is no address [TNDS 6.3.1-6] [TNDS 6.3.1-8]', (_name, xml, code) => {
  expect(refusal(document(xml)).code).toBe(code);
});

test('an error says which node it is about', () => {
  const { at } = refusal(document(`\n${leaf('a', 'x')}\n${leaf('a', 'y')}`));
  expect(at).toEqual({ line: 3, path: 'a' });
});

test('at the top the name may be empty, or missing [TNDS 6.3.1-7]', () => {
  expect(only(leaf('', 'x')).NodeName).toBe('');
  const unnamed = '<Node><RTProperties><Type><DDFName>m</DDFName></Type></RTProperties></Node>';
  const { nodes } = decodeTnds(document(unnamed + unnamed));
  expect(nodes.map(({ NodeName, kind }) => [NodeName, kind])).toEqual([
    [undefined, 'interior'],
    [undefined, 'interior'],
  ]);
});

test('white space around words is none of theirs, in a Value it stays', () => {
  const xml = `<Node><NodeName>\n a \n</NodeName><Value>\n x \n</Value></Node>`;
  expect(only(xml)).toMatchObject({ NodeName: 'a', Value: '\n x \n' });
});

test('an empty Value is a value, an absent one is none', () => {
  expect(givenValue(only(leaf('a', '')))).toBe('');
  expect(only('<Node><NodeName>a</NodeName></Node>')).not.toHaveProperty('Value');
});

test('a Value may be CDATA or escaped mark-up', () => {
  expect(givenValue(only(leaf('a', '<![CDATA[<b>&]]>&lt;c/>')))).toBe('<b>&<c/>');
});

test('bin is octets in both spellings, b64 stays base64 text', () => {
  const bin = `<Format><bin/></Format>${MIME}`;
  expect(givenValue(only(leaf('a', ' AAH/\n', bin)))).toEqual(Uint8Array.of(0, 1, 255));
  expect(givenValue(only(leaf('a', '', bin)))).toEqual(Uint8Array.of());
  expect(givenValue(only(leaf('a', 'AAH/', `<Format><b64/></Format>${MIME}`)))).toBe('AAH/');
  const Value = Uint8Array.of(1, 0, 255, 3);
  const tnds: Tnds = {
    VerDTD: '1.2',
    nodes: [
      {
        kind: 'leaf',
        NodeName: 'a',
        RTProperties: { Format: 'bin', Type: 'application/octet-stream' },
        Value,
      },
    ],
  };
  expect(decodeTnds(encodeTnds(tnds, 'xml'))).toEqual(tnds);
  expect(decodeTnds(encodeTnds(tnds, 'wbxml'))).toEqual(tnds);
});

test('OPAQUE in a Format of text is the text; octets that are none are refused', () => {
  const name = Buffer.from('-//OMA//DTD-DM-DDF 1.2//EN\0').toString('hex');
  const front = `0300006a1b${name}00026077 03312e320001 64 6603610001 76`;
  const node = (content: string) => decodeHex(`${front}${content}01 01 01`.replaceAll(' ', ''));
  expect(decodeTnds(node('c302c3a9')).nodes[0]).toMatchObject({ Value: 'é' });
  expect(decodeTnds(node('c30178 037900')).nodes[0]).toMatchObject({ Value: 'xy' });
  expect(decodeTnds(node('037900 c30178')).nodes[0]).toMatchObject({ Value: 'yx' });
  expect(refusal(node('c301ff')).code).toBe('TNDS_VALUE');
});

test('octets without a Format are written in Format bin, so that they are read as octets', () => {
  const tnds: Tnds = {
    VerDTD: '1.2',
    nodes: [{ kind: 'leaf', NodeName: 'a', RTProperties: {}, Value: Uint8Array.of(7) }],
  };
  expect(decodeTnds(encodeTnds(tnds, 'wbxml')).nodes[0]).toEqual({
    kind: 'leaf',
    NodeName: 'a',
    RTProperties: { Format: 'bin', Type: 'text/plain' },
    Value: Uint8Array.of(7),
  });
});

test('RTProperties and Type are written even where they are not given [TNDS 6.1-2]', () => {
  const nodes: TndsNode[] = [
    {
      kind: 'interior',
      NodeName: 'a',
      RTProperties: {},
      nodes: [{ kind: 'leaf', NodeName: 'b', RTProperties: {}, Value: 'x' }],
    },
  ];
  expect(
    new TextDecoder().decode(encodeTnds({ VerDTD: '1.2', Man: 'm', Mod: 'n', nodes }, 'xml')),
  ).toBe(
    '<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD><Man>m</Man><Mod>n</Mod>' +
      '<Node><NodeName>a</NodeName><RTProperties><Type><DDFName/></Type></RTProperties>' +
      '<Node><NodeName>b</NodeName><RTProperties><Type><MIME>text/plain</MIME></Type></RTProperties>' +
      '<Value>x</Value></Node></Node></MgmtTree>',
  );
});

test('a Type of the other kind of node is left out with a note [TNDS 6.3.1-13]', () => {
  const xml = leaf('a', 'x', '<Type><DDFName>m</DDFName></Type>');
  expect(only(xml).RTProperties).toEqual({});
  expect(notesOf(document(xml))).toEqual(['TNDS_TYPE']);
});

test('what DDF has and TNDS has not is left out with a note, as is a wrong order', () => {
  const xml = `<Node><Value>x</Value><DFProperties><AccessType/></DFProperties>
    <NodeName>a</NodeName></Node>`;
  expect(only(xml)).toMatchObject({ NodeName: 'a', Value: 'x' });
  expect(notesOf(document(xml))).toEqual(['TNDS_IGNORED', 'TNDS_ORDER', 'TNDS_NO_RTPROPERTIES']);
  expect(notesOf(document(`stray${leaf('a', '')}`))).toEqual(['TNDS_STRAY_TEXT']);
});

test('a Format written as a word is read, with a note', () => {
  const xml = leaf('a', '1', `<Format> int </Format>${MIME}`);
  expect(only(xml).RTProperties.Format).toBe('int');
  expect(notesOf(document(xml))).toEqual(['TNDS_FORMAT_TEXT']);
});

test('the document may be text of Data, with white space before it', () => {
  const xml = `\n  <?xml version="1.0"?>${document(leaf('a', 'x'))}`;
  expect(decodeTnds(xml)).toEqual(decodeTnds(encodeUtf8(xml)));
  expect(refusal('text').code).toBe('TNDS_ENCODING');
  expect(refusal('').code).toBe('TNDS_ENCODING');
});

test('both spellings have a media type that is none of a description [TNDS 5.1-1]', () => {
  expect(TNDS_TYPES).toEqual({
    xml: 'application/vnd.syncml.dmtnds+xml',
    wbxml: 'application/vnd.syncml.dmtnds+wbxml',
  });
  expect(Object.values(DDF_TYPES)).not.toContain(TNDS_TYPES.xml);
});

test('a document without a node says nothing and is refused', () => {
  expect(refusal(document('')).code).toBe('TNDS_EMPTY');
});

test('every cut of a document is one error with its place', () => {
  for (const encoding of ['xml', 'wbxml'] as const) {
    const bytes = encodeTnds(decodeTnds(SAMPLE), encoding);
    for (let end = 0; end < bytes.length; end++) {
      const { at } = refusal(bytes.subarray(0, end));
      expect(at.byte ?? at.line).toBeDefined();
    }
  }
});

test('as many notes as are of use are kept, and no more', () => {
  const notes = (count: number) => notesOf(document(leaf('a', '', '<X/>'.repeat(count) + MIME)));
  expect(notes(NOTES_MAX)).toHaveLength(NOTES_MAX);
  expect(notes(NOTES_MAX + 1)).toHaveLength(NOTES_MAX);
});

test('for people a document is indented', () => {
  expect(formatTnds(decodeTnds(document(leaf('a', 'x'))))).toContain(
    '\n    <NodeName>a</NodeName>',
  );
});
