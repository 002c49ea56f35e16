/**
 * The tokens of one XML document in order, as parallel arrays: what the parser pushes and the cursor walks.
 *
 * Made by `parseXml`, read by `XmlCursor`.
 */
import type { Attribute, Remark, Token } from '../cursor.ts';

export interface XmlTape {
  readonly tokens: Token[];
  /** Local name of OPEN, characters of TEXT, '' of CLOSE. */
  readonly values: string[];
  /** Namespace of OPEN, '' of the others. */
  readonly namespaces: string[];
  /** Index in `source` where the token ends. */
  readonly ends: number[];
  /** By index of the OPEN; elements without attributes are absent. */
  readonly attributes: Map<number, readonly Attribute[]>;
  readonly remarks: Remark[];
  /** The document as text, without byte order mark. */
  readonly source: string;
  /** Octets of the byte order mark: 0 or 3. */
  readonly markBytes: number;
}
