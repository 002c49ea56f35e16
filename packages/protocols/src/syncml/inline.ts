/**
 * Mark-up that stands inside Data as elements, kept as XML text: what an escaped one or a CDATA section would give.
 *
 * [REPPRO 6.3.1-1] RepPro 1.2.2 wants it escaped; the example of OMA-DMTNDS 1.2 has it inline. Used by `decodeData`.
 */
import { CLOSE, type Cursor, OPEN } from '../cursor.ts';
import { escapeAttribute, escapeText } from '../xml/index.ts';

/** From the first child element of Data, which was just opened, to the end of Data. */
export function decodeInline(cursor: Cursor, textBefore: string): string {
  const names: string[] = [];
  const namespaces: string[] = [''];
  let xml = escapeText(textBefore) + openTag(cursor, names, namespaces);
  // A tag is ended when it is known whether anything stands in the element.
  let isTagOpen = true;
  for (;;) {
    const token = cursor.next();
    if (token === CLOSE) {
      const name = names.pop();
      if (name === undefined) return xml.trim();
      namespaces.pop();
      xml += isTagOpen ? '/>' : `</${name}>`;
      isTagOpen = false;
      continue;
    }
    if (isTagOpen) xml += '>';
    isTagOpen = token === OPEN;
    xml += isTagOpen ? openTag(cursor, names, namespaces) : escapeText(cursor.text);
  }
}

function openTag(cursor: Cursor, names: string[], namespaces: string[]): string {
  const { name, namespace } = cursor;
  const declaration =
    namespace === namespaces.at(-1) ? '' : ` xmlns="${escapeAttribute(namespace)}"`;
  names.push(name);
  namespaces.push(namespace);
  const attributes = cursor.attributes.map(
    (attribute) => ` ${attribute.name}="${escapeAttribute(attribute.value)}"`,
  );
  return `<${name}${declaration}${attributes.join('')}`;
}
