/** Colours of a terminal, or none. Used by outline.ts and octet-dump.ts. */
import { styleText } from 'node:util';

export interface Paint {
  readonly name: (text: string) => string;
  readonly quiet: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly alert: (text: string) => string;
}

const plain = (text: string): string => text;

export const NO_PAINT: Paint = { name: plain, quiet: plain, good: plain, bad: plain, alert: plain };

const COLOURS: Paint = {
  name: (text) => styleText('bold', text, { validateStream: false }),
  quiet: (text) => styleText('dim', text, { validateStream: false }),
  good: (text) => styleText('green', text, { validateStream: false }),
  bad: (text) => styleText('red', text, { validateStream: false }),
  alert: (text) => styleText('cyan', text, { validateStream: false }),
};

export function paintOf(isColoured: boolean): Paint {
  return isColoured ? COLOURS : NO_PAINT;
}

/** A peer's text for the eye on one line: nothing in it moves the cursor, changes colours or turns the direction. */
export function printable(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (char) => ESCAPES[char] ?? codeOf(char));
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function codeOf(char: string): string {
  return `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
}
