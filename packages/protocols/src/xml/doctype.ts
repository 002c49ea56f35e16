/**
 * What a DOCTYPE may hold: nothing that declares. XML 1.0 §2.8.
 *
 * Without an internal subset, or with one of comments and processing instructions only, it is harmless and never
 * fetched (SyncML and DDF documents carry such); any declaration or parameter entity is refused. Used by `parseXml`.
 */

/** True if the text between `<!DOCTYPE` and `>` declares something. */
export function isDeclaringDoctype(doctype: string): boolean {
  const open = internalSubsetStart(doctype);
  if (open < 0) return false;
  const close = doctype.lastIndexOf(']');
  const rest = doctype.slice(open + 1, close).replace(/<!--[\s\S]*?-->|<\?[\s\S]*?\?>/g, '');
  return rest.trim() !== '';
}

/** Index of the `[` that is not inside a quoted literal. */
function internalSubsetStart(doctype: string): number {
  let quote = '';
  for (let index = 0; index < doctype.length; index++) {
    const char = doctype.charAt(index);
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '[') {
      return index;
    } else if (char === '"' || char === "'") {
      quote = char;
    }
  }
  return -1;
}
