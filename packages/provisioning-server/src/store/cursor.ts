/** The opaque mark between two pages: the sort keys of the last item. */
import { StoreError } from './store.ts';

export type CursorKey = string | number;

/** Nothing longer is decoded: two keys of ours fit many times. */
const CURSOR_LENGTH_MAX = 1024;

export function encodeCursor(keys: readonly CursorKey[]): string {
  return Buffer.from(JSON.stringify(keys)).toString('base64url');
}

/** Throws StoreError `CURSOR_INVALID` unless the cursor holds keys of just these types. */
export function decodeCursor(cursor: string, types: readonly ('string' | 'number')[]): CursorKey[] {
  const keys = cursor.length <= CURSOR_LENGTH_MAX ? parse(cursor) : undefined;
  const fits =
    Array.isArray(keys) &&
    keys.length === types.length &&
    keys.every((key, index) => typeof key === types[index]);
  if (!fits) throw new StoreError('CURSOR_INVALID', 'the cursor is not one of ours');
  return keys;
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}
