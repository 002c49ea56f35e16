/** Every limit of a message, at the limit and one past it. A limit without a row here does not compile. */
import { expect, test } from 'vitest';
import { concatBytes, decodeHex, encodeUtf8 } from '../bytes.ts';
import { ProtocolError } from '../error.ts';
import { decodeSyncML } from './decode.ts';
import { encodeSyncML } from './encode.ts';
import { LIMITS } from './limits.ts';
import type { SyncML } from './message.ts';

const HEADER =
  '<SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>1</SessionID><MsgID>1</MsgID>' +
  '<Target><LocURI>http://dm.example/</LocURI></Target><Source><LocURI>urn:x:1</LocURI></Source></SyncHdr>';

function xml(body: string): Uint8Array {
  return encodeUtf8(
    `<SyncML xmlns="SYNCML:SYNCML1.2">${HEADER}<SyncBody>${body}</SyncBody></SyncML>`,
  );
}

function withData(content: string): string {
  return `<Replace><CmdID>1</CmdID><Item><Data>${content}</Data></Item></Replace>`;
}

/** SyncML, SyncHdr with its six elements, SyncBody. */
const ELEMENTS = 11;

/** A message that has as many of something as is asked for, and the code of the error that one too many gives. */
interface Row {
  readonly code: string | undefined;
  of(count: number): Uint8Array;
}

/** The memory of a document is counted, not made up of one thing: see `document.test.ts`. */
const ROWS: Readonly<Record<Exclude<keyof typeof LIMITS, 'memory'>, Row>> = {
  bytes: {
    code: 'XML_BYTES',
    of: (count) => xml(withData('x'.repeat(count - xml(withData('')).length))),
  },
  depth: {
    code: 'XML_DEPTH',
    // SyncML, SyncBody, Replace, Item and Data are around it.
    of: (count) => xml(withData('<a>'.repeat(count - 5) + '</a>'.repeat(count - 5))),
  },
  elements: {
    code: 'XML_ELEMENTS',
    // And Odd.
    of: (count) => xml(`<Odd>${'<a/>'.repeat(count - ELEMENTS - 1)}</Odd>`),
  },
  namespaces: {
    code: 'XML_NAMESPACES',
    // SyncML declares one; 32 on an element is as many as it may have.
    of: (count) => xml(withData(declarations(32, declarations(count - 33, '')))),
  },
  attributes: {
    code: 'XML_ATTRIBUTES',
    of: (count) =>
      xml(withData(`<a ${Array.from({ length: count }, (_, n) => `b${n}=""`).join(' ')}/>`)),
  },
  stringTableBytes: { code: 'WBXML_STRING_TABLE', of: withStringTable },
  opaqueBytes: { code: 'WBXML_OPAQUE', of: withOpaque },
  commands: {
    code: 'SYNCML_COMMANDS',
    of: (count) => xml('<Get><CmdID>1</CmdID></Get>'.repeat(count)),
  },
  items: {
    code: 'SYNCML_ITEMS',
    of: (count) => xml(`<Get><CmdID>1</CmdID>${'<Item/>'.repeat(count)}</Get>`),
  },
  // A message with more remarks is taken all the same: see below.
  notes: { code: undefined, of: withNotes },
};

function declarations(count: number, content: string): string {
  const each = Array.from({ length: count }, (_, n) => ` xmlns:n${n}="u"`).join('');
  return `<a${each}>${content}</a>`;
}

function withNotes(count: number): Uint8Array {
  return xml(`<Get><CmdID>1</CmdID>${'<Odd/>'.repeat(count)}</Get>`);
}

test.each(Object.entries(ROWS))(
  '%s: the limit is taken, one past it is not',
  (name, { code, of }) => {
    const limit = LIMITS[name as keyof typeof LIMITS];
    expect(decodeSyncML(of(limit)).SyncHdr.MsgID).toBe('1');
    if (code === undefined) expect(decodeSyncML(of(limit + 1)).SyncHdr.MsgID).toBe('1');
    else expect(refusal(of(limit + 1))).toBe(code);
  },
);

test('notes: as many as the limit are kept, further ones are not', () => {
  expect(decodeSyncML(withNotes(LIMITS.notes - 1)).notes).toHaveLength(LIMITS.notes - 1);
  expect(decodeSyncML(withNotes(LIMITS.notes)).notes).toHaveLength(LIMITS.notes);
  expect(decodeSyncML(withNotes(LIMITS.notes + 1)).notes).toHaveLength(LIMITS.notes);
});

function refusal(bytes: Uint8Array): string {
  try {
    decodeSyncML(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return 'taken';
}

/** WBXML 1.3 §5.1, in three groups. */
function length(count: number): Uint8Array {
  return Uint8Array.of(0x80 | (count >> 14), 0x80 | ((count >> 7) & 0x7f), count & 0x7f);
}

function withStringTable(count: number): Uint8Array {
  const plain = encodeSyncML(decodeSyncML(xml('')), 'wbxml');
  // Version, public identifier and charset are four octets, then comes the length of the table.
  const front = concatBytes(plain.subarray(0, 4), length(count), new Uint8Array(count));
  return concatBytes(front, plain.subarray(5));
}

function withOpaque(count: number): Uint8Array {
  const { SyncHdr } = decodeSyncML(xml(''));
  const Items = [{ Meta: { Format: 'bin' }, Data: decodeHex('ff'.repeat(count)) }];
  const message: SyncML = {
    SyncHdr,
    SyncBody: { commands: [{ kind: 'Replace', CmdID: '1', Items }], Final: true },
  };
  return encodeSyncML(message, 'wbxml');
}
