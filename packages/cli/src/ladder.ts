/** A ladder diagram that grows line by line in a terminal: who said what to whom, on one time axis. */
import { styleText } from 'node:util';

export interface Arrow {
  /** Milliseconds since the ladder began. */
  readonly offsetMs: number;
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly protocol: 'SIP' | 'HTTP';
}

const COLUMN_WIDTH = 22;
const TIME_WIDTH = 11;
/** A silence longer than this is drawn as a break in the axis. */
const BREAK_MS = 1000;

const COLOURS = { SIP: 'cyan', HTTP: 'green' } as const;

export class Ladder {
  readonly #columns: readonly string[];
  readonly #isColoured: boolean;
  #lastMs = 0;

  /** `columns` from left to right. */
  constructor(columns: readonly string[], isColoured: boolean) {
    this.#columns = columns;
    this.#isColoured = isColoured;
  }

  header(): string {
    const names = this.#columns.map((name) => name.padEnd(COLUMN_WIDTH)).join('');
    return `${' '.repeat(TIME_WIDTH)}${names.trimEnd()}`;
  }

  /** The lines of one arrow; none if an end of it is not on the ladder. */
  arrow({ offsetMs, from, to, label, protocol }: Arrow): string[] {
    const [start, end] = [this.#columns.indexOf(from), this.#columns.indexOf(to)];
    if (start < 0 || end < 0 || start === end) return [];
    const silence = offsetMs - this.#lastMs;
    this.#lastMs = offsetMs;
    const line = this.#line(start, end, label, protocol);
    const time = `${offsetMs.toFixed(1)} ms`.padStart(TIME_WIDTH - 2);
    return [
      ...(silence > BREAK_MS ? [`${' '.repeat(TIME_WIDTH)}${this.#rails('┊')}`] : []),
      `${time}  ${line}`,
    ];
  }

  #line(start: number, end: number, label: string, protocol: Arrow['protocol']): string {
    const [left, right] = [Math.min(start, end), Math.max(start, end)];
    const shaft = this.#shaft((right - left) * COLUMN_WIDTH - 1, label, end > start);
    const coloured = this.#isColoured ? styleText(COLOURS[protocol], shaft) : shaft;
    const before = `│${' '.repeat(COLUMN_WIDTH - 1)}`.repeat(left);
    const after = `${' '.repeat(COLUMN_WIDTH - 1)}│`.repeat(this.#columns.length - 1 - right);
    return `${before}│${coloured}│${after}`;
  }

  #shaft(width: number, label: string, isRightward: boolean): string {
    const room = width - 4;
    const text = label.length > room ? `${label.slice(0, room - 1)}…` : label;
    const dashes = width - 1 - text.length - 2;
    const [left, right] = [Math.floor(dashes / 2), Math.ceil(dashes / 2)];
    const body = `${'─'.repeat(left)} ${text} ${'─'.repeat(right)}`;
    return isRightward ? `${body}▶` : `◀${body}`;
  }

  #rails(rail: string): string {
    return this.#columns
      .map(() => rail.padEnd(COLUMN_WIDTH))
      .join('')
      .trimEnd();
  }
}
