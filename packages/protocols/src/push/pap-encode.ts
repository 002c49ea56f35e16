/** A PAP message as its control document: attributes and children in the order of the DTD. */

import { concatBytes, encodeUtf8 } from '../bytes.ts';
import type { Attribute } from '../cursor.ts';
import { XmlWriter } from '../xml/index.ts';
import { timeText } from './pap-decode.ts';
import {
  ADDRESS_ATTRIBUTE,
  ADDRESS_ELEMENT,
  type AttributeType,
  PAP_VERSION_WRITTEN,
  PAP_VERSIONS,
  ruleOf,
} from './pap-dtd.ts';
import type { PapMessage } from './pap-message.ts';

const WRITTEN = PAP_VERSIONS.find(({ version }) => version === PAP_VERSION_WRITTEN);

/** PAP 3.1: the versions that we read stand in an instruction, newest first. [SIPPUSH PAP-1] */
const PROLOG = [
  '<?xml version="1.0" encoding="UTF-8"?>',
  `<!DOCTYPE pap PUBLIC "${WRITTEN?.publicId}" "${WRITTEN?.systemId}">`,
  `<?wap-pap-ver supported-versions="${PAP_VERSIONS.map(({ version }) => version)
    .reverse()
    .join()}"?>`,
  '',
].join('\n');

export function encodePapDocument(message: PapMessage): Uint8Array {
  const writer = new XmlWriter();
  writer.open('pap', '');
  write(writer, message.kind, message as unknown as Fields);
  writer.close();
  return concatBytes(encodeUtf8(PROLOG), writer.finish());
}

type Fields = Readonly<Record<string, unknown>>;

function write(writer: XmlWriter, name: string, fields: Fields): void {
  const { attributes = {}, children = {} } = ruleOf(name) ?? {};
  const written = Object.entries(attributes).flatMap(([attribute, { type }]): Attribute[] => {
    const value = fields[attribute];
    return value === undefined ? [] : [{ name: attribute, value: textOf(value, type) }];
  });
  const inside = Object.entries(children).flatMap(([child, { property }]) => {
    const value = fields[property];
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return values.filter((each) => each !== undefined).map((each) => [child, each] as const);
  });
  if (inside.length === 0) {
    writer.empty(name, '', written);
    return;
  }
  writer.open(name, '', written);
  for (const [child, value] of inside) {
    if (child === ADDRESS_ELEMENT) {
      writer.empty(child, '', [{ name: ADDRESS_ATTRIBUTE, value: String(value) }]);
    } else {
      write(writer, child, value as Fields);
    }
  }
  writer.close();
}

function textOf(value: unknown, type: AttributeType): string {
  return type === 'time' ? timeText(Number(value)) : String(value);
}
