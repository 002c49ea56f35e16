/** A bare pass of saxes, the measure for XML: octets to text, the text through the parser, nothing kept. */
import { SaxesParser } from 'saxes';

export function saxesPass(xml: Uint8Array): void {
  const parser = new SaxesParser({ xmlns: true });
  parser.on('opentag', nothing);
  parser.on('text', nothing);
  parser.on('closetag', nothing);
  parser.write(Buffer.from(xml.buffer, xml.byteOffset, xml.length).toString('utf8')).close();
}

function nothing(): void {}
