/**
 * Octets of a DDF document to its typed form, in XML or WBXML. OMA-DMTND 9.
 *
 * Omitted Occurrence and Scope are filled in; a description that says too little or contradicts
 * itself at the root of what it means is refused with its place. Used by CLI and console.
 */
import type { ProtocolError, Where } from '../../error.ts';
import type { DFProperties, SupportedProperties } from './ddf.ts';
import {
  ACCESS,
  type Ddf,
  type DdfNode,
  type DFType,
  OCCURRENCE_MAX,
  OCCURRENCE_MIN,
} from './ddf.ts';
import type { Format } from './format.ts';
import { MgmtTreeReading, VER_DTD } from './mgmt-tree-reading.ts';
import { PROPERTIES, type PropertyName } from './property.ts';
import type { Access, Occurrence } from './shape.ts';
import { readPath } from './tnds-path.ts';
import { isSegment } from './uri.ts';

/** Throws a `ProtocolError`, and nothing else, for whatever is no DDF document. */
export function decodeDdf(data: Uint8Array | string): Ddf {
  const reading = new MgmtTreeReading(data, 'DDF');
  const about: { VerDTD?: typeof VER_DTD; Man?: string; Mod?: string } = {};
  const nodes: DdfNode[] = [];
  reading.root(() => {
    reading.children('MgmtTree', ['VerDTD', 'Man', 'Mod', 'Node'], (name) => {
      if (name === 'VerDTD') about.VerDTD = reading.version();
      else if (name === 'Node') nodes.push(readNode(reading));
      else if (name === 'Man' || name === 'Mod') about[name] = reading.word();
    });
    if (about.VerDTD === undefined) throw reading.error('VERSION', 'MgmtTree without VerDTD');
    if (nodes.length === 0) throw reading.error('EMPTY', 'MgmtTree without Node');
  });
  const { notes } = reading;
  return { VerDTD: VER_DTD, ...about, nodes, ...(notes.length > 0 && { notes }) };
}

interface Draft {
  NodeName?: string;
  Path?: string;
  RTProperties?: SupportedProperties;
  DFProperties?: DFProperties;
  Value?: string;
}

// OMA-DMTND 9.4.1.5, in the order of the DTD.
const NODE = ['NodeName', 'Path', 'RTProperties', 'DFProperties', 'Node', 'Value'];

/** What a node and its two lists of properties take on the heap, and a MIME in its list. */
const NODE_BYTES = 320;
const PROPERTIES_BYTES = 288;
const MIME_BYTES = 16;

function readNode(reading: MgmtTreeReading): DdfNode {
  const { where } = reading.cursor;
  reading.cursor.take(NODE_BYTES);
  const draft: Draft = {};
  const nodes: DdfNode[] = [];
  reading.children('Node', NODE, (name) => {
    if (name === 'NodeName' || name === 'Path') draft[name] = reading.word();
    else if (name === 'RTProperties') draft.RTProperties = readSupported(reading);
    else if (name === 'DFProperties') draft.DFProperties = readDescription(reading);
    else if (name === 'Node') nodes.push(readNode(reading));
    else draft.Value = reading.text();
  });
  return settled(draft, nodes, (code, message) => {
    const at = draft.NodeName ? { ...where, path: draft.NodeName } : where;
    return reading.error(code, message, at);
  });
}

function settled(
  { NodeName, DFProperties, Value, ...rest }: Draft,
  nodes: readonly DdfNode[],
  refuse: (code: string, message: string) => ProtocolError,
): DdfNode {
  if (NodeName === undefined) throw refuse('NAME', 'Node without NodeName');
  if (NodeName !== '' && !isSegment(NodeName)) throw refuse('NAME', 'NodeName is no URI segment');
  if (rest.Path !== undefined && readPath(rest.Path) === undefined) {
    throw refuse('PATH', 'Path is no node address');
  }
  // OMA-DMTND 9.4.1.10: required in a description.
  if (DFProperties === undefined) throw refuse('NO_DFPROPERTIES', 'Node without DFProperties');
  const isInterior = DFProperties.DFFormat === 'node';
  if (!isInterior && nodes.length > 0) throw refuse('LEAF', 'a leaf with nodes below it');
  if (isInterior && Value !== undefined && Value.trim() !== '') {
    throw refuse('VALUE', 'an interior node with a Value');
  }
  const names = new Set<string>();
  for (const node of nodes) {
    if (node.Path !== undefined || node.NodeName === '') continue;
    if (names.has(node.NodeName)) throw refuse('TWICE', `two nodes with the name ${node.NodeName}`);
    names.add(node.NodeName);
  }
  const value = isInterior || Value === undefined ? {} : { Value };
  return { NodeName, ...rest, DFProperties, nodes, ...value };
}

/** OMA-DMTND 9.4.2: an empty element says that the property is supported. */
function readSupported(reading: MgmtTreeReading): SupportedProperties {
  reading.cursor.take(PROPERTIES_BYTES);
  const supported: Partial<Record<PropertyName, string>> = {};
  reading.children('RTProperties', PROPERTIES, (name) => {
    const property = PROPERTIES.find((each) => each === name);
    if (property === undefined) return;
    if (property === 'Format') supported.Format = reading.format('Format') ?? '';
    else if (property === 'Type') supported.Type = readRunTimeType(reading);
    else supported[property] = reading.word();
  });
  return supported;
}

function readRunTimeType(reading: MgmtTreeReading): string {
  let type = '';
  reading.children('Type', ['MIME', 'DDFName'], () => {
    type = reading.word();
  });
  return type;
}

interface DraftProperties {
  AccessType?: readonly Access[];
  DefaultValue?: string;
  Description?: string;
  DFFormat?: Format;
  Occurrence?: Occurrence;
  Scope?: 'Permanent' | 'Dynamic';
  DFTitle?: string;
  DFType?: DFType;
  CaseSense?: 'CS' | 'CIS';
}

// OMA-DMTND 9.4.1.10, in the order of the DTD.
const DF_PROPERTIES = [
  'AccessType',
  'DefaultValue',
  'Description',
  'DFFormat',
  'Occurrence',
  'Scope',
  'DFTitle',
  'DFType',
  'CaseSense',
];

function readDescription(reading: MgmtTreeReading): DFProperties {
  const { where } = reading.cursor;
  reading.cursor.take(PROPERTIES_BYTES);
  const draft: DraftProperties = {};
  reading.children('DFProperties', DF_PROPERTIES, (name) => readProperty(reading, draft, name));
  const { AccessType, DFFormat, DFType } = draft;
  if (AccessType === undefined) throw reading.error('ACCESS', 'no AccessType', where);
  if (DFFormat === undefined) throw reading.error('FORMAT', 'no DFFormat', where);
  return {
    ...draft,
    AccessType,
    DFFormat,
    // OMA-DMTND 9.4.3.5 and 9.4.3.6: exactly one, and dynamic, if nothing is said.
    Occurrence: draft.Occurrence ?? 'One',
    Scope: draft.Scope ?? 'Dynamic',
    DFType: DFType ?? withoutType(reading, DFFormat, where),
  };
}

function readProperty(reading: MgmtTreeReading, draft: DraftProperties, name: string): void {
  if (name === 'AccessType') draft.AccessType = readAccess(reading);
  else if (name === 'DefaultValue') draft.DefaultValue = reading.text();
  else if (name === 'Description' || name === 'DFTitle') draft[name] = reading.word();
  else if (name === 'DFFormat') assign(draft, 'DFFormat', reading.format('DFFormat'));
  else if (name === 'Occurrence') assign(draft, 'Occurrence', readOccurrence(reading));
  else if (name === 'Scope') {
    assign(draft, 'Scope', reading.choice('Scope', ['Permanent', 'Dynamic']));
  } else if (name === 'DFType') assign(draft, 'DFType', readType(reading));
  else assign(draft, 'CaseSense', reading.choice('CaseSense', ['CS', 'CIS']));
}

function assign<Key extends keyof DraftProperties>(
  draft: DraftProperties,
  key: Key,
  value: DraftProperties[Key],
): void {
  if (value !== undefined) draft[key] = value;
}

/** OMA-DMTND 9.4.3.1: an unordered list, kept in the order of the DTD. */
function readAccess(reading: MgmtTreeReading): readonly Access[] {
  const granted = new Set<string>();
  const grant = (name: string): void => {
    granted.add(name);
    reading.word();
  };
  reading.children('AccessType', ACCESS, grant, 'any');
  return ACCESS.filter((access) => granted.has(access));
}

const PLAIN = ['One', 'ZeroOrOne', 'ZeroOrMore', 'OneOrMore'] as const;
const OCCURRENCES = [...PLAIN, 'ZeroOrN', 'OneOrN'];

function readOccurrence(reading: MgmtTreeReading): Occurrence | undefined {
  let occurrence: Occurrence | undefined;
  reading.children('Occurrence', OCCURRENCES, (name) => {
    if (occurrence !== undefined) throw reading.error('OCCURRENCE', 'more than one Occurrence');
    const { where } = reading.cursor;
    const word = reading.word();
    if (name === 'ZeroOrN') occurrence = { ZeroOrN: readCount(reading, word, where) };
    else if (name === 'OneOrN') occurrence = { OneOrN: readCount(reading, word, where) };
    else occurrence = PLAIN.find((each) => each === name);
  });
  return occurrence;
}

function readCount(reading: MgmtTreeReading, word: string, where: Where): number {
  const count = /^\d{1,5}$/.test(word) ? Number(word) : 0;
  if (count >= OCCURRENCE_MIN && count <= OCCURRENCE_MAX) return count;
  const range = `${OCCURRENCE_MIN} to ${OCCURRENCE_MAX}`;
  throw reading.error('OCCURRENCE', `N is ${JSON.stringify(word)}, not ${range}`, where);
}

function readType(reading: MgmtTreeReading): DFType | undefined {
  const MIME: string[] = [];
  let DDFName: string | undefined;
  reading.children('DFType', ['MIME', 'DDFName'], (name) => {
    reading.cursor.take(MIME_BYTES);
    if (name === 'MIME') MIME.push(reading.word());
    else DDFName = reading.word();
  });
  if (DDFName === undefined) return MIME.length > 0 ? { kind: 'MIME', MIME } : undefined;
  if (MIME.length > 0) throw reading.error('TYPE', 'DFType holds MIME and DDFName');
  return { kind: 'DDFName', DDFName };
}

function withoutType(reading: MgmtTreeReading, format: Format, where: Where): DFType {
  reading.note('NO_DFTYPE', 'DFProperties without DFType', where);
  if (format === 'node') return { kind: 'DDFName', DDFName: '' };
  return { kind: 'MIME', MIME: ['text/plain'] };
}
