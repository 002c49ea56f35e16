/**
 * The one error that a decoder throws: the peer's bytes or order make no sense.
 *
 * `code` comes from a union of the folder that throws (`XML_DEPTH`, `WBXML_TRUNCATED`, ...); `at` says where:
 * a byte offset, a line, or a LocURI. Shells catch it in one place each.
 */
export interface Where {
  /** Offset in the input that was handed to the decoder, in bytes, from 0. */
  readonly byte?: number;
  /** Line of a text input, from 1. */
  readonly line?: number;
  /** Address of a management node, or the name of a header or an element. */
  readonly path?: string;
}

export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: string;
  readonly at: Where;

  constructor(code: string, message: string, at: Where = {}) {
    super(message);
    this.code = code;
    this.at = at;
  }

  /** The error in one line for people: code, what is wrong, where. */
  override toString(): string {
    const { byte, line, path } = this.at;
    const where = [
      path,
      line === undefined ? undefined : `line ${line}`,
      byte === undefined ? undefined : `byte ${byte}`,
    ].filter((part) => part !== undefined);
    return `${this.code}: ${this.message}${where.length > 0 ? ` (${where.join(', ')})` : ''}`;
  }
}
