/**
 * From `unknown` to a typed value by small readers that are put together. A fault is `JSON_FORM` with the path of the
 * value. Used by json-form.ts.
 */
import { decodeHex, ProtocolError } from '@ueprov/protocols';

export type Reader<T> = (value: unknown, path: string) => T;

export const textual: Reader<string> = (value, path) => {
  if (typeof value === 'string') return value;
  throw malformed('text is wanted', path);
};

export const count: Reader<number> = (value, path) => {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw malformed('a whole number is wanted', path);
};

export const flag: Reader<boolean> = (value, path) => {
  if (typeof value === 'boolean') return value;
  throw malformed('true or false is wanted', path);
};

/** What is there or is not: only `true` says that it is. */
export const presence: Reader<true> = (value, path) => {
  if (value === true) return value;
  throw malformed('true is wanted, or nothing', path);
};

/** `{ "hex": ... }`. */
export const octets: Reader<Uint8Array> = (value, path) => {
  const { hex } = record({ hex: textual })(value, path);
  try {
    return decodeHex(hex);
  } catch {
    throw malformed('an even number of hex digits is wanted', `${path}.hex`);
  }
};

export function listOf<T>(reader: Reader<T>): Reader<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw malformed('a list is wanted', path);
    return value.map((each: unknown, index) => reader(each, `${path}[${index}]`));
  };
}

type Readers = Readonly<Record<string, Reader<unknown>>>;
type Values<R extends Readers> = { readonly [Key in keyof R]: ReturnType<R[Key]> };

/** An object with all of `required`, perhaps some of `allowed`, and nothing else. */
export function record<R extends Readers, A extends Readers = Record<never, never>>(
  required: R,
  allowed?: A,
): Reader<Values<R> & Partial<Values<A>>> {
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw malformed('an object is wanted', path);
    }
    const readers = new Map(Object.entries({ ...allowed, ...required }));
    const fields = new Map<string, unknown>(Object.entries(value));
    for (const name of Object.keys(required)) {
      if (!fields.has(name)) throw malformed(`${name} is missing`, path);
    }
    const read = [...fields].map(([name, field]) => {
      const reader = readers.get(name);
      if (reader === undefined) throw malformed('is not known', inside(path, name));
      return [name, reader(field, inside(path, name))];
    });
    return Object.fromEntries(read) as Values<R> & Partial<Values<A>>;
  };
}

function inside(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

export function malformed(message: string, path: string): ProtocolError {
  return new ProtocolError('JSON_FORM', message, { path: path === '' ? 'message' : path });
}
