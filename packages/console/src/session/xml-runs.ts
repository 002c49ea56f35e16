/** Cuts XML text into markup and content, for colouring only: joined, the runs are the text again. */
export interface XmlRun {
  readonly at: number;
  readonly kind: 'markup' | 'content';
  readonly text: string;
}

export function xmlRuns(text: string): XmlRun[] {
  let at = 0;
  return text
    .split(/(<!\[CDATA\[[\s\S]*?\]\]>|<[^>]*>)/)
    .map((part): XmlRun => {
      const run: XmlRun = { at, kind: isMarkup(part) ? 'markup' : 'content', text: part };
      at += part.length;
      return run;
    })
    .filter((run) => run.text !== '');
}

function isMarkup(part: string): boolean {
  return part.startsWith('<') && !part.startsWith('<![CDATA[');
}
