/**
 * Splits the text of a SIP message for display (RFC 3261 §7). The server has parsed it already; this
 * only finds the lines, joins folded ones (§7.3.1) and leaves everything as it was written.
 */
export interface SipParts {
  readonly startLine: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

export function splitSip(text: string): SipParts {
  const end = /\r?\n\r?\n/.exec(text);
  const head = end ? text.slice(0, end.index) : text;
  const body = end ? text.slice(end.index + end[0].length) : '';
  const [startLine = '', ...lines] = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  const headers = lines
    .filter((line) => line !== '')
    .map((line): readonly [string, string] => {
      const colon = line.indexOf(':');
      if (colon < 0) return ['', line];
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    });
  return { startLine, headers, body };
}
