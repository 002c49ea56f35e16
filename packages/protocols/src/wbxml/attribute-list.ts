/**
 * Attributes to tokens. WBXML 1.3 §5.8.3. Used by `WbxmlWriter`.
 *
 * A token of the lowest page that has it is taken, as encoders in the field do, though a later page
 * may hold it too.
 */
import { encodeUtf8 } from '../bytes.ts';
import type { Attribute } from '../cursor.ts';
import { type AttributePage, startKey } from './pages/attribute-page.ts';

/** What a list is made of; the writer knows the octets. */
export interface AttributeOctets {
  /** A token of the page with this number. */
  token(token: number, page: number): void;
  /** A name that no page knows, through the string table. */
  literal(name: string): void;
  /** Characters as they are; none of them NUL. */
  string(text: string): void;
  octets(octets: Uint8Array): void;
}

export function writeAttributes(
  attributes: readonly Attribute[],
  pages: readonly AttributePage[],
  out: AttributeOctets,
): void {
  for (const { name, value } of attributes) {
    const whole = find(pages, ({ startTokens }) => startTokens.get(startKey(name, value)));
    if (whole !== undefined) {
      out.token(whole.token, whole.page);
      continue;
    }
    const start = find(pages, ({ startTokens }) => startTokens.get(startKey(name, '')));
    if (start === undefined) out.literal(name);
    else out.token(start.token, start.page);
    const word = find(pages, ({ valueTokens }) => valueTokens.get(value));
    if (word !== undefined) out.token(word.token, word.page);
    else if (value.includes('\0')) out.octets(encodeUtf8(value));
    else if (value !== '') out.string(value);
  }
}

function find(
  pages: readonly AttributePage[],
  tokenIn: (page: AttributePage) => number | undefined,
): { readonly token: number; readonly page: number } | undefined {
  for (const [page, each] of pages.entries()) {
    const token = tokenIn(each);
    if (token !== undefined) return { token, page };
  }
  return undefined;
}
