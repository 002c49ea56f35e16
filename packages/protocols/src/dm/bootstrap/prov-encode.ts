/**
 * A typed provisioning document to octets in either spelling, in the order of the DTD.
 * OMA-WAP-ProvCont 1.1 §4 and §7.
 *
 * `XML_CHARACTER` for text that XML cannot carry. Used by whoever sends a bootstrap.
 */
import type { Attribute } from '../../cursor.ts';
import { PROV_1_0, WbxmlWriter } from '../../wbxml/index.ts';
import { XmlWriter } from '../../xml/index.ts';
import type { Characteristic, Parm, ProvDocument } from './prov.ts';

export function encodeProv(document: ProvDocument, encoding: 'xml' | 'wbxml'): Uint8Array {
  const writer = encoding === 'xml' ? new XmlWriter() : new WbxmlWriter(PROV_1_0);
  writeDocument(writer, document);
  return writer.finish();
}

/** As text for people, indented. */
export function formatProv(document: ProvDocument): string {
  const writer = new XmlWriter({ display: true });
  writeDocument(writer, document);
  return writer.xml;
}

type AttributeWriter = XmlWriter | WbxmlWriter;

/** No element has a namespace. */
const NONE = '';

function writeDocument(writer: AttributeWriter, { version, characteristics }: ProvDocument): void {
  element(writer, 'wap-provisioningdoc', { version }, characteristics.length > 0, () => {
    for (const each of characteristics) writeCharacteristic(writer, each);
  });
}

function writeCharacteristic(writer: AttributeWriter, characteristic: Characteristic): void {
  const { type, parms, characteristics } = characteristic;
  const isFull = parms.length + characteristics.length > 0;
  element(writer, 'characteristic', { type }, isFull, () => {
    for (const parm of parms) writeParm(writer, parm);
    for (const each of characteristics) writeCharacteristic(writer, each);
  });
}

function writeParm(writer: AttributeWriter, { name, value }: Parm): void {
  writer.empty('parm', NONE, attributesOf({ name, value }));
}

function element(
  writer: AttributeWriter,
  name: string,
  attributes: Readonly<Record<string, string | undefined>>,
  isFull: boolean,
  write: () => void,
): void {
  if (!isFull) {
    writer.empty(name, NONE, attributesOf(attributes));
    return;
  }
  writer.open(name, NONE, attributesOf(attributes));
  write();
  writer.close();
}

function attributesOf(values: Readonly<Record<string, string | undefined>>): readonly Attribute[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value }],
  );
}
