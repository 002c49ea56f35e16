/**
 * A typed DDF document to octets in either spelling, in the order of the DTD. OMA-DMTND 9.
 *
 * `XML_CHARACTER` for text that XML cannot carry. Used by CLI and console, and for the descriptions
 * of our own management objects.
 */
import { DMDDF_NAMESPACE, type Writer } from '../../cursor.ts';
import { DMDDF_1_2, WbxmlWriter } from '../../wbxml/index.ts';
import { XmlWriter } from '../../xml/index.ts';
import type { Ddf, DdfNode, DFProperties, DFType, SupportedProperties } from './ddf.ts';
import { PROPERTIES } from './property.ts';
import type { Occurrence } from './shape.ts';

export function encodeDdf(ddf: Ddf, encoding: 'xml' | 'wbxml'): Uint8Array {
  const writer = encoding === 'xml' ? new XmlWriter() : new WbxmlWriter(DMDDF_1_2);
  writeDdf(writer, ddf);
  return writer.finish();
}

const PROLOG = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE MgmtTree PUBLIC "-//OMA//DTD-DM-DDF 1.2//EN"
  "http://www.openmobilealliance.org/tech/DTD/dm_ddf-v1_2.dtd">
`;

/** A whole file for people and tools: with prolog and DOCTYPE, indented. */
export function formatDdf(ddf: Ddf): string {
  const writer = new XmlWriter({ display: true });
  writeDdf(writer, ddf);
  return `${PROLOG}${writer.xml}\n`;
}

function writeDdf(writer: Writer, { VerDTD, Man, Mod, nodes }: Ddf): void {
  writer.open('MgmtTree', DMDDF_NAMESPACE);
  leaf(writer, 'VerDTD', VerDTD);
  leaf(writer, 'Man', Man);
  leaf(writer, 'Mod', Mod);
  for (const node of nodes) writeNode(writer, node);
  writer.close();
}

function writeNode(writer: Writer, node: DdfNode): void {
  writer.open('Node', DMDDF_NAMESPACE);
  leaf(writer, 'NodeName', node.NodeName);
  leaf(writer, 'Path', node.Path);
  if (node.RTProperties !== undefined) writeSupported(writer, node, node.RTProperties);
  writeDescription(writer, node.DFProperties);
  for (const child of node.nodes) writeNode(writer, child);
  leaf(writer, 'Value', node.Value);
  writer.close();
}

function writeSupported(writer: Writer, node: DdfNode, supported: SupportedProperties): void {
  const isInterior = node.DFProperties.DFFormat === 'node';
  element(writer, 'RTProperties', () => {
    for (const name of PROPERTIES) {
      const value = supported[name];
      if (value === undefined) continue;
      if (name === 'Format') {
        choice(writer, 'Format', value === '' ? node.DFProperties.DFFormat : value);
      } else if (name === 'Type') {
        element(writer, 'Type', () => leaf(writer, isInterior ? 'DDFName' : 'MIME', value));
      } else {
        leaf(writer, name, value);
      }
    }
  });
}

function writeDescription(writer: Writer, properties: DFProperties): void {
  const { AccessType, DFFormat, Occurrence, Scope, DFType, CaseSense } = properties;
  element(writer, 'DFProperties', () => {
    choice(writer, 'AccessType', ...AccessType);
    leaf(writer, 'DefaultValue', properties.DefaultValue);
    leaf(writer, 'Description', properties.Description);
    choice(writer, 'DFFormat', DFFormat);
    writeOccurrence(writer, Occurrence);
    choice(writer, 'Scope', Scope);
    leaf(writer, 'DFTitle', properties.DFTitle);
    writeType(writer, DFType);
    if (CaseSense !== undefined) choice(writer, 'CaseSense', CaseSense);
  });
}

function writeOccurrence(writer: Writer, occurrence: Occurrence): void {
  if (typeof occurrence === 'string') {
    choice(writer, 'Occurrence', occurrence);
    return;
  }
  element(writer, 'Occurrence', () => {
    if ('ZeroOrN' in occurrence) leaf(writer, 'ZeroOrN', String(occurrence.ZeroOrN));
    else leaf(writer, 'OneOrN', String(occurrence.OneOrN));
  });
}

function writeType(writer: Writer, type: DFType): void {
  element(writer, 'DFType', () => {
    if (type.kind === 'DDFName') leaf(writer, 'DDFName', type.DDFName);
    else for (const mime of type.MIME) leaf(writer, 'MIME', mime);
  });
}

/** An element that holds names as empty elements. */
function choice(writer: Writer, name: string, ...chosen: readonly string[]): void {
  if (chosen.length === 0) {
    writer.empty(name, DMDDF_NAMESPACE);
    return;
  }
  element(writer, name, () => {
    for (const each of chosen) writer.empty(each, DMDDF_NAMESPACE);
  });
}

function element(writer: Writer, name: string, write: () => void): void {
  writer.open(name, DMDDF_NAMESPACE);
  write();
  writer.close();
}

function leaf(writer: Writer, name: string, text: string | undefined): void {
  if (text !== undefined) writer.leaf(name, DMDDF_NAMESPACE, text);
}
