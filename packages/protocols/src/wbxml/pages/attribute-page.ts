/**
 * A code page of the attribute space: names with the beginning of their value, and values. WBXML
 * 1.3 §5.8.3.
 */

export interface AttributeStart {
  readonly name: string;
  /** The value, or its beginning; '' where the token names the attribute alone. */
  readonly value: string;
}

export interface AttributePage {
  /** By token below 0x80. */
  readonly starts: ReadonlyMap<number, AttributeStart>;
  /** By token from 0x85 on; below it by tokens that an old table took from the global ones. */
  readonly values: ReadonlyMap<number, string>;
  /** Tokens by name and value. */
  readonly startTokens: ReadonlyMap<string, number>;
  readonly valueTokens: ReadonlyMap<string, number>;
}

export interface AttributeWords {
  /** Tokens of names: `05 name 06 value`. */
  readonly names: string;
  /** By name of the attribute, tokens of its values: `07 NAME`. */
  readonly starts: Readonly<Record<string, string>>;
  readonly values: string;
  /** Read and never written: `80 ,`. */
  readonly oldValues?: string;
}

export function attributePage({ names, starts, values, oldValues }: AttributeWords): AttributePage {
  const named = pairsOf(names).map(([token, name]) => [token, { name, value: '' }] as const);
  const valued = Object.entries(starts).flatMap(([name, words]) =>
    pairsOf(words).map(([token, value]) => [token, { name, value }] as const),
  );
  const all = [...named, ...valued];
  return {
    starts: new Map(all),
    values: new Map([...pairsOf(values), ...pairsOf(oldValues ?? '')]),
    startTokens: new Map(all.map(([token, { name, value }]) => [startKey(name, value), token])),
    valueTokens: new Map(pairsOf(values).map(([token, value]) => [value, token])),
  };
}

export function startKey(name: string, value: string): string {
  return `${name}=${value}`;
}

/** `05 name 06 value` as tokens with their words. */
function pairsOf(words: string): readonly (readonly [token: number, word: string])[] {
  const pairs = words.matchAll(/([0-9A-F]{2})\s+(\S+)/g);
  return [...pairs].map(([, token = '', word = '']) => [Number.parseInt(token, 16), word]);
}
