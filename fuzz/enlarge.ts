/** Inputs as large as a document may be, out of seeds: one thing of it again and again. Used by `mutate`. */
// By path: see `fuzz.ts`.
import {
  CLOSE,
  DOCUMENT_LIMITS,
  END,
  OPEN,
  ProtocolError,
} from '../packages/protocols/src/index.ts';
import { WbxmlCursor } from '../packages/protocols/src/wbxml/index.ts';
import type { Draw } from './mutate.ts';

/** An input that is this long, or as much longer as is drawn, with `seed` around what is repeated. */
export function enlarge(seed: Uint8Array, draw: Draw): Uint8Array {
  const [start, end] = place(seed, draw);
  const unit = draw(2) === 0 && end > start ? seed.subarray(start, end) : unitOf(seed, draw);
  const room = DOCUMENT_LIMITS.bytes - seed.length;
  // Every second one is as long as a document may be.
  const size = Math.max(0, draw(2) === 0 ? room : draw(room));
  const times = Math.floor(size / unit.length);
  return Buffer.concat([seed.subarray(0, start), ...repeated(unit, times), seed.subarray(start)]);
}

function repeated(unit: Uint8Array, times: number): readonly Uint8Array[] {
  return times < 1 ? [] : [Buffer.alloc(unit.length * times, unit)];
}

type Range = readonly [start: number, end: number];

/** One element of the seed, or its content, or any place if it is no document. */
function place(seed: Uint8Array, draw: Draw): Range {
  const ranges = isWbxml(seed) ? wbxmlElements(seed) : xmlElements(seed);
  const at = draw(seed.length + 1);
  return ranges[draw(ranges.length)] ?? [at, Math.min(seed.length, at + 1 + draw(64))];
}

function isWbxml([first = 0]: Uint8Array): boolean {
  return first >= 1 && first <= 3;
}

/** Of each element: the whole, and the empty range at which its content starts. */
function xmlElements(seed: Uint8Array): Range[] {
  const text = Buffer.from(seed).toString('latin1');
  const open: number[] = [];
  const ranges: Range[] = [];
  for (const { 0: tag, index } of text.matchAll(/<[^!?][^>]*>/g)) {
    const end = index + tag.length;
    if (tag.startsWith('</')) ranges.push([open.pop() ?? index, end]);
    else if (tag.endsWith('/>')) ranges.push([index, end]);
    else {
      open.push(index);
      ranges.push([end, end], [end - 1, end - 1]);
    }
  }
  return ranges;
}

function wbxmlElements(seed: Uint8Array): Range[] {
  const ranges: Range[] = [];
  const open: number[] = [];
  try {
    const cursor = new WbxmlCursor(seed);
    for (let token = cursor.next(); token !== END; token = cursor.next()) {
      const { byte = 0 } = cursor.where;
      if (token === OPEN) open.push(byte);
      else if (token === CLOSE) ranges.push([open.pop() ?? byte, byte + 1]);
      else ranges.push([byte, byte]);
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
  }
  return ranges;
}

function unitOf(seed: Uint8Array, draw: Draw): Uint8Array {
  const units = isWbxml(seed) ? WBXML_UNITS : XML_UNITS;
  return units[draw(units.length)] ?? seed;
}

const ATTRIBUTES = Array.from({ length: 31 }, (_, index) => ` a${index}=""`).join('');

/** What costs a reader most for its octets. */
const XML_UNITS = [
  '<a/>',
  '<a>b</a>',
  '<a>',
  '<a><b>',
  '<a>bc<d/></a>',
  `<a${ATTRIBUTES}/>`,
  '<a b="&lt;" c="d"/>',
  `<${'a'.repeat(250)}/>`,
  '<!---->',
  '<!---->a',
  '<!---->ab',
  '<!----> ',
  '<![CDATA[a]]>',
  '<![CDATA[&]]>',
  '<?a?>bc',
  '&#65;',
  '&amp;',
  '&amp;b',
  '&#x4e00;',
  'x',
  'xyz漢xyz',
  'é',
  '漢',
  '😀',
  '\r\n',
  ' ',
  '\n',
  `${'x'.repeat(15_000)}漢`,
  `${'x'.repeat(15_000)}<!---->`,
  ' xmlns:a="b"',
  ' a="b"',
  '<a xmlns="b"><c xmlns="d"/></a>',
  '<Item/>',
  '<EMI/>',
  '<EMI>ab</EMI>',
  '<Get><CmdID>12</CmdID></Get>',
  '<Item><Meta><NextNonce>AAAA</NextNonce></Meta></Item>',
  '<Meta><Type>chr</Type></Meta>',
  '<TargetRef>ab</TargetRef>',
  '<Node/>',
  '<Node><NodeName>ab</NodeName></Node>',
  '<parm name="ab"/>',
  '<characteristic type=""/>',
  '</a>',
  '&',
  '<',
].map((unit) => new TextEncoder().encode(unit));

const WBXML_UNITS = [
  '0000',
  '0241',
  '02814e00',
  '0361 00',
  '03616200',
  '03e6bca200',
  'c300',
  'c30141',
  'c302c3a9',
  '8300',
  '0500',
  '44000f',
  '54',
  '54 01',
  '544fc3000101',
  '546e570361620001 01',
  '545a000150c3024142 01 0000 01 01',
  '5a00014501',
  '406100',
  '43 01',
  '61',
  'ff',
].map((hex) => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex')));
