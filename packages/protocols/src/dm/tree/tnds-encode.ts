/**
 * A typed TNDS document to octets in either spelling, in the order of the DTD. OMA-DMTNDS 6.
 *
 * Never fails on a document that was decoded; `XML_CHARACTER` for text that XML cannot carry. Used
 * by whoever sends a sub-tree.
 */
import { encodeUtf8 } from '../../bytes.ts';
import { DMDDF_NAMESPACE, type Writer } from '../../cursor.ts';
import { DMDDF_1_2, WbxmlWriter } from '../../wbxml/index.ts';
import { XmlWriter } from '../../xml/index.ts';
import { formatAcl } from './acl.ts';
import type { Format } from './format.ts';
import { formatOf, type Tnds, type TndsNode } from './tnds.ts';

export function encodeTnds(tnds: Tnds, encoding: 'xml' | 'wbxml'): Uint8Array {
  const writer = encoding === 'xml' ? new XmlWriter() : new WbxmlWriter(DMDDF_1_2);
  writeTnds(writer, tnds);
  return writer.finish();
}

/** As text for people, indented. */
export function formatTnds(tnds: Tnds): string {
  const writer = new XmlWriter({ display: true });
  writeTnds(writer, tnds);
  return writer.xml;
}

function writeTnds(writer: Writer, { VerDTD, Man, Mod, nodes }: Tnds): void {
  writer.open('MgmtTree', DMDDF_NAMESPACE);
  writer.leaf('VerDTD', DMDDF_NAMESPACE, VerDTD);
  leaf(writer, 'Man', Man);
  leaf(writer, 'Mod', Mod);
  for (const node of nodes) writeNode(writer, node);
  writer.close();
}

function writeNode(writer: Writer, node: TndsNode): void {
  writer.open('Node', DMDDF_NAMESPACE);
  leaf(writer, 'NodeName', node.NodeName);
  leaf(writer, 'Path', node.Path);
  writeProperties(writer, node);
  if (node.kind === 'interior') {
    for (const child of node.nodes) writeNode(writer, child);
  } else if (node.Value !== undefined) {
    writeValue(writer, node.Value, formatOf(node));
  }
  writer.close();
}

/**
 * [TNDS 6.2-1] [TNDS 6.1-2] RTProperties and Type are always written; what is not given is not made
 * up.
 */
function writeProperties(writer: Writer, node: TndsNode): void {
  const { ACL, Format, Title, TStamp, Type, VerNo } = node.RTProperties;
  writer.open('RTProperties', DMDDF_NAMESPACE);
  leaf(writer, 'ACL', ACL === undefined ? undefined : formatAcl(ACL));
  // Octets would be read as text without it.
  const isOctets = node.kind === 'leaf' && node.Value instanceof Uint8Array;
  writeChoice(writer, 'Format', isOctets ? 'bin' : Format);
  leaf(writer, 'Title', Title);
  leaf(writer, 'TStamp', TStamp);
  writer.open('Type', DMDDF_NAMESPACE);
  if (node.kind === 'interior') writer.leaf('DDFName', DMDDF_NAMESPACE, Type ?? '');
  else writer.leaf('MIME', DMDDF_NAMESPACE, Type ?? 'text/plain');
  writer.close();
  leaf(writer, 'VerNo', VerNo?.toString());
  writer.close();
}

function writeValue(writer: Writer, Value: string | Uint8Array, format: Format): void {
  if (typeof Value === 'string' && format !== 'bin') {
    writer.leaf('Value', DMDDF_NAMESPACE, Value);
    return;
  }
  const octets = typeof Value === 'string' ? encodeUtf8(Value) : Value;
  if (octets.length === 0) {
    writer.empty('Value', DMDDF_NAMESPACE);
    return;
  }
  writer.open('Value', DMDDF_NAMESPACE);
  writer.octets(octets);
  writer.close();
}

/** An element that holds the name of its choice as an empty element. */
function writeChoice(writer: Writer, name: string, choice: string | undefined): void {
  if (choice === undefined) return;
  writer.open(name, DMDDF_NAMESPACE);
  writer.empty(choice, DMDDF_NAMESPACE);
  writer.close();
}

function leaf(writer: Writer, name: string, text: string | undefined): void {
  if (text !== undefined) writer.leaf(name, DMDDF_NAMESPACE, text);
}
