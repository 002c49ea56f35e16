/** Walks a cursor to its end and touches all that it offers. Used by the targets `xml` and `wbxml`. */
import assert from 'node:assert';
import { CLOSE, type Cursor, END, OPAQUE, OPEN, ProtocolError } from '@ueprov/protocols';

/** Opens a cursor and walks it; what a ProtocolError ends is fine, what leaves tags open is not. */
export function walk(open: () => Cursor, bytes: Uint8Array): void {
  try {
    walkAll(open(), bytes);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const { byte, line } = error.at;
    assert(byte !== undefined || line !== undefined, `${error.code} says no place`);
    assert(byte === undefined || byte <= bytes.length, `${error.code} at byte ${byte}`);
  }
}

function walkAll(cursor: Cursor, bytes: Uint8Array): void {
  const copy = bytes.slice();
  let depth = 0;
  let elements = 0;
  for (let token = cursor.next(); token !== END; token = cursor.next()) {
    if (token === OPEN) {
      depth += 1;
      elements += 1;
      assert(cursor.name.length > 0);
      assert(cursor.attributes.length <= 32);
    } else if (token === CLOSE) {
      depth -= 1;
      assert(depth >= 0);
    } else {
      assert(depth > 0);
      if (token === OPAQUE) assert(cursor.octets.length <= bytes.length);
      else assert(typeof cursor.text === 'string');
      cursor.mask(copy);
    }
  }
  assert.equal(depth, 0);
  assert(elements > 0);
  assert.equal(copy.length, bytes.length);
}
