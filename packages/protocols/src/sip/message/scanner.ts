/**
 * Reads one header value from left to right (RFC 3261 §25.1); used by every grammar of this folder.
 */
import { ProtocolError } from '../../error.ts';
import { PARAMETER_COUNT_MAX, type SipErrorCode } from './message.ts';

export interface Parameter {
  readonly name: string;
  readonly value?: string;
  /**
   * It stood between quotes, and must again: `methods="MESSAGE"` is not `methods=MESSAGE` (RFC 3840
   * section 9).
   */
  readonly quoted?: true;
}

const TOKEN = /[A-Za-z0-9\-.!%*_+`'~]+/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/sy;
/**
 * token or host: an IPv6 address may stand with or without its brackets (RFC 3261 §25.1,
 * via-received).
 */
const PLAIN_VALUE = /[A-Za-z0-9\-.!%*_+`'~:[\]/]+/y;

export class Scanner {
  readonly text: string;
  readonly #path: string;
  #at = 0;

  constructor(text: string, path: string) {
    this.text = text;
    this.#path = path;
  }

  get at(): number {
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.text.length;
  }

  skipSpace(): void {
    while (this.text[this.#at] === ' ' || this.text[this.#at] === '\t') this.#at++;
  }

  /** What `pattern` (sticky) finds here, consumed. */
  match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text);
    if (found === null) return undefined;
    this.#at = pattern.lastIndex;
    return found;
  }

  /** One character with the white space around it, if it stands here. */
  take(character: string): boolean {
    let at = this.#at;
    while (this.text[at] === ' ' || this.text[at] === '\t') at++;
    if (this.text[at] !== character) return false;
    this.#at = at + 1;
    this.skipSpace();
    return true;
  }

  expect(character: string, code: SipErrorCode): void {
    if (!this.take(character)) throw this.error(code, `${character} expected`);
  }

  token(code: SipErrorCode): string {
    const found = this.match(TOKEN);
    if (found === undefined) throw this.error(code, 'token expected');
    return found[0];
  }

  /** The text between two quotes, unescaped; undefined if no quote stands here. */
  quotedString(code: SipErrorCode): string | undefined {
    if (this.text[this.#at] !== '"') return undefined;
    const found = this.match(QUOTED);
    if (found === undefined) throw this.error(code, 'quote not closed');
    return (found[1] ?? '').replace(/\\(.)/gs, '$1');
  }

  /** `*( SEMI name [ EQUAL value ] )` */
  parameters(): readonly Parameter[] {
    const parameters: Parameter[] = [];
    while (this.take(';')) {
      if (parameters.length === PARAMETER_COUNT_MAX) {
        throw this.error('SIP_COUNT', 'too many parameters');
      }
      parameters.push(this.#parameter());
    }
    return parameters;
  }

  expectEnd(code: SipErrorCode): void {
    this.skipSpace();
    if (!this.isAtEnd) throw this.error(code, 'text that does not belong');
  }

  error(code: SipErrorCode, message: string): ProtocolError {
    return new ProtocolError(code, message, { path: this.#path, byte: this.#at });
  }

  #parameter(): Parameter {
    const name = this.token('SIP_PARAMETER');
    if (!this.take('=')) return { name };
    const text = this.quotedString('SIP_PARAMETER');
    if (text !== undefined) return { name, value: text, quoted: true };
    const value = this.match(PLAIN_VALUE)?.[0];
    if (value === undefined) throw this.error('SIP_PARAMETER', 'value expected');
    return { name, value };
  }
}

/** Value of the first parameter of that name, without case; '' if it stands without a value. */
export function parameterValue(
  { parameters }: { readonly parameters: readonly Parameter[] },
  name: string,
): string | undefined {
  const wanted = name.toLowerCase();
  const found = parameters.find((parameter) => parameter.name.toLowerCase() === wanted);
  return found === undefined ? undefined : (found.value ?? '');
}

/** The same list with `name` set, in its place or at the end. */
export function withParameter(
  parameters: readonly Parameter[],
  parameter: Parameter,
): readonly Parameter[] {
  const name = parameter.name.toLowerCase();
  const at = parameters.findIndex((each) => each.name.toLowerCase() === name);
  return at < 0 ? [...parameters, parameter] : parameters.with(at, parameter);
}

export function encodeParameters(parameters: readonly Parameter[]): string {
  return parameters
    .map(({ name, value, quoted }) => {
      if (value === undefined) return `;${name}`;
      return quoted === true ? `;${name}=${encodeQuoted(value)}` : `;${name}=${value}`;
    })
    .join('');
}

export function encodeQuoted(text: string): string {
  // Control characters stand in quotes only behind a backslash (RFC 3261 §25.1, quoted-pair).
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to be escaped
  return `"${text.replace(/["\\\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '\\$&')}"`;
}
