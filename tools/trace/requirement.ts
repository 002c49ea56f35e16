/**
 * The tables of `spec/`: every requirement word of a standard is a row with an id.
 *
 * Ids of our own specification read `R-6.2.3-1`, those of a referenced standard start with its short
 * name: `DMPRO 8.3-1`. The same ids in brackets are the marks in code and in test names.
 */

export interface Requirement {
  readonly id: string;
  /** The key word as printed: `MUST`, `must (lower case)`, `(implied)`. */
  readonly level: string;
  readonly role: string;
}

const ID = /^(?:R-|[A-Z][A-Z0-9]* )[A-Za-z0-9.-]*\d$/;

/** The rows of all tables whose head begins with `Id`. */
export function requirementsIn(markdown: string): readonly Requirement[] {
  let head: readonly string[] = [];
  return markdown.split('\n').flatMap((line): Requirement[] => {
    const cells = cellsOf(line);
    if (cells.length === 0) head = [];
    if (cells[0] === 'Id') head = cells;
    const [id = ''] = cells;
    if (head.length === 0 || !ID.test(id)) return [];
    const cell = (name: string) => cells[head.indexOf(name)] ?? '';
    return [{ id, level: cell('Key word'), role: cell('Role') }];
  });
}

/** The cells of a line of a Markdown table, [] for any other line. */
export function cellsOf(line: string): readonly string[] {
  if (!line.startsWith('|')) return [];
  return line
    .replace(/^\||\|\s*$/g, '')
    .split('|')
    .map((cell) => cell.trim());
}

/** `6.2.3` of `R-6.2.3-1`, `DMPRO 8.3` of `DMPRO 8.3-1`. */
export function sectionOf(id: string): string {
  return id.replace(/^R-/, '').replace(/-[^-]*$/, '');
}

/** `R` or the short name of the standard. */
export function standardOf(id: string): string {
  return id.startsWith('R-') ? 'R' : id.slice(0, id.indexOf(' '));
}

/** What a closed section has to show code and a test for. */
export function isBinding({ level }: Requirement): boolean {
  return level.startsWith('MUST') || level === '(implied)';
}
