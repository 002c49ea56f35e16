/** Generated TNDS and DDF documents: each one well-typed and without contradiction. */
import {
  ACCESS,
  type Acl,
  type Ddf,
  type DdfNode,
  type DFProperties,
  FORMATS,
  type Format,
  type RTProperties,
  type Tnds,
  type TndsNode,
} from '@ueprov/protocols/dm/tree';
import fc from 'fast-check';

const character = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...'abcXYZ019./:?=&<>\'"-_ \n\r\t') },
  { weight: 1, arbitrary: fc.constantFrom('é', '漢', '😀', ']]>', '&amp;') },
);
const text = fc.array(character, { maxLength: 20 }).map((characters) => characters.join(''));
/** White space around a word is none of it. */
const word = text.map((characters) => characters.trim());
const segment = fc
  .array(fc.constantFrom(...'abcXYZ019-_~!@&=+$,'), { minLength: 1, maxLength: 8 })
  .map((characters) => characters.join(''));

const serverIds = fc.uniqueArray(fc.constantFrom('a', 'b.example', 'c-1'), { minLength: 1 });
const acl: fc.Arbitrary<Acl> = fc
  .record(
    { Add: fc.constant(['*']), Get: serverIds, Replace: serverIds, Delete: serverIds },
    { requiredKeys: [] },
  )
  .map((entries) => new Map(Object.entries(entries)) as Acl);

type LeafFormat = Exclude<Format, 'node'>;
const leafFormat = fc.constantFrom(
  ...FORMATS.filter((each): each is LeafFormat => each !== 'node'),
);

function properties<Allowed extends Format>(
  format: fc.Arbitrary<Allowed>,
  requiredKeys: ('Type' | 'Format')[],
): fc.Arbitrary<RTProperties<Allowed>> {
  return fc.record(
    {
      ACL: acl,
      Format: format,
      Title: word,
      TStamp: fc.constant('20010711T163817Z'),
      Type: fc.constantFrom('text/plain', 'urn:oma:mo:x:1.0', ''),
      VerNo: fc.integer({ min: 0, max: 65_535 }),
    },
    { requiredKeys },
  ) as fc.Arbitrary<RTProperties<Allowed>>;
}

const textLeaf = fc.record(
  {
    kind: fc.constant('leaf' as const),
    RTProperties: properties(
      leafFormat.filter((each) => each !== 'bin'),
      ['Type'],
    ),
    Value: text,
  },
  { requiredKeys: ['kind', 'RTProperties'] },
);
const octetLeaf = fc.record({
  kind: fc.constant('leaf' as const),
  RTProperties: properties(fc.constant('bin' as const), ['Type', 'Format']),
  Value: fc.uint8Array({ maxLength: 40 }),
});

/** Siblings with names of their own. */
function siblings<Node extends object>(
  node: fc.Arbitrary<Node>,
  bounds: { minLength: number; maxLength: number },
): fc.Arbitrary<(Node & { NodeName: string })[]> {
  const named = fc.record({ NodeName: segment, node });
  return fc
    .uniqueArray(named, { ...bounds, selector: ({ NodeName }) => NodeName })
    .map((all) => all.map(({ NodeName, node }) => ({ ...node, NodeName })));
}

type Unnamed = TndsNode;
const { tree } = fc.letrec<{ tree: Unnamed; interior: Unnamed }>((tie) => ({
  tree: fc.oneof({ maxDepth: 4 }, textLeaf as fc.Arbitrary<Unnamed>, octetLeaf, tie('interior')),
  interior: fc.record({
    kind: fc.constant('interior' as const),
    RTProperties: properties(fc.constant('node' as const), ['Type']),
    nodes: siblings(tie('tree'), { minLength: 0, maxLength: 4 }),
  }),
}));

/** At the top: named nodes, or one without a name, or the node of the Target itself. */
const top: fc.Arbitrary<TndsNode[]> = fc.oneof(
  { weight: 6, arbitrary: siblings(tree, { minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: tree.map((node) => [{ ...node, NodeName: '' }]) },
  { weight: 1, arbitrary: tree.map((node) => [node]) },
);

export const tndsDocument: fc.Arbitrary<Tnds> = fc.record(
  { VerDTD: fc.constant('1.2' as const), Man: word, Mod: word, nodes: top },
  { requiredKeys: ['VerDTD', 'nodes'] },
);

const count = fc.integer({ min: 2, max: 65_536 });
const occurrence: fc.Arbitrary<DFProperties['Occurrence']> = fc.oneof(
  fc.constantFrom(
    'One' as const,
    'ZeroOrOne' as const,
    'ZeroOrMore' as const,
    'OneOrMore' as const,
  ),
  count.map((ZeroOrN) => ({ ZeroOrN })),
  count.map((OneOrN) => ({ OneOrN })),
);

function described(format: fc.Arbitrary<Format>): fc.Arbitrary<DFProperties> {
  return fc.record(
    {
      AccessType: fc.subarray([...ACCESS]),
      DefaultValue: text,
      Description: word,
      DFFormat: format,
      Occurrence: occurrence,
      Scope: fc.constantFrom('Permanent', 'Dynamic'),
      DFTitle: word,
      DFType: fc.oneof(
        word.map((DDFName) => ({ kind: 'DDFName' as const, DDFName })),
        fc
          .array(word, { minLength: 1, maxLength: 3 })
          .map((MIME) => ({ kind: 'MIME' as const, MIME })),
      ),
      CaseSense: fc.constantFrom('CS', 'CIS'),
    },
    { requiredKeys: ['AccessType', 'DFFormat', 'Occurrence', 'Scope', 'DFType'] },
  ) as fc.Arbitrary<DFProperties>;
}

const { ddfTree } = fc.letrec<{ ddfTree: DdfNode; interior: DdfNode; leaf: DdfNode }>((tie) => ({
  ddfTree: fc.oneof({ maxDepth: 4 }, tie('leaf'), tie('interior')),
  leaf: fc.record(
    {
      NodeName: fc.constant(''),
      DFProperties: described(leafFormat),
      nodes: fc.constant([]),
      Value: text,
    },
    { requiredKeys: ['NodeName', 'DFProperties', 'nodes'] },
  ),
  interior: fc.record({
    NodeName: fc.constant(''),
    DFProperties: described(fc.constant('node' as const)),
    nodes: fc.oneof(
      siblings(tie('ddfTree'), { minLength: 0, maxLength: 4 }),
      tie('ddfTree').map((node) => [node]),
    ),
  }),
}));

export const ddfDocument: fc.Arbitrary<Ddf> = fc.record(
  {
    VerDTD: fc.constant('1.2' as const),
    Man: word,
    Mod: word,
    nodes: siblings(ddfTree, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: ['VerDTD', 'nodes'] },
);
