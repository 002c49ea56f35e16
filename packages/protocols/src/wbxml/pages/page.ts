/** A code page: the names of one namespace by token. WBXML 1.3 §5.8.1. */
export interface Page {
  readonly namespace: string;
  /** By token 0x05 to 0x3F; undefined where none is assigned. */
  readonly names: readonly (string | undefined)[];
  readonly tokens: ReadonlyMap<string, number>;
}

/** A page of names in token order from 0x05 on; '-' keeps a token free. */
export function page(namespace: string, words: string): Page {
  const names: (string | undefined)[] = [undefined, undefined, undefined, undefined, undefined];
  const tokens = new Map<string, number>();
  for (const word of words.trim().split(/\s+/)) {
    if (word !== '-') tokens.set(word, names.length);
    names.push(word === '-' ? undefined : word);
  }
  return { namespace, names, tokens };
}
