/** What `ueprov lab` prints: the live ladder of the first UE, then the table of all. Nothing of it with --json. */
import { styleText } from 'node:util';
import Table from 'cli-table3';
import { type Arrow, Ladder } from '../ladder.ts';
import type { Lab, LogLevel } from './lab.ts';
import { isConfigured, type UeProgress, verifiedCount } from './progress.ts';
import { BOXES } from './wire.ts';

export interface ShowOptions {
  readonly isJson: boolean;
  /** The ladder's colours: a terminal that wants them. */
  readonly isColoured: boolean;
}

export interface LabEnd {
  /** Its folder stays. */
  readonly isKept: boolean;
  /** It closes now: its addresses are of no use. */
  readonly isOver: boolean;
  readonly tookMs: number;
}

export class Show {
  readonly #options: ShowOptions;
  readonly #ladder: Ladder;
  /** Of the ladder: the first arrow's instant. */
  #beganAt: number | undefined;

  constructor(options: ShowOptions) {
    this.#options = options;
    this.#ladder = new Ladder(BOXES, options.isColoured);
  }

  arrow(ue: UeProgress, arrow: Omit<Arrow, 'offsetMs'>, at: number): void {
    if (ue.account.name !== 'ue1') return;
    if (this.#beganAt === undefined) {
      this.#beganAt = at;
      this.#print(`\n${this.#ladder.header()}`);
    }
    for (const line of this.#ladder.arrow({ ...arrow, offsetMs: at - this.#beganAt }))
      this.#print(line);
  }

  /** The table of UEs and where to go on. */
  finished({ progress, apiUrl, token, dir }: Lab, end: LabEnd): void {
    const table = new Table({
      head: ['UE', 'IMPU', 'config', 'event', 'encoding', 'DM auth', 'SIP'],
      style: this.#options.isColoured ? {} : { head: [], border: [] },
    });
    for (const ue of progress.ues) table.push(row(ue));
    this.#print(`\n${table.toString()}`);
    const done = progress.ues.filter((ue) => isConfigured(ue)).length;
    this.#print(
      `${done} of ${progress.ues.length} UEs configured and verified in ${end.tookMs} ms.`,
    );
    if (end.isKept) this.#print(`Stores, trees and lab.json: ${dir}`);
    if (end.isOver) return;
    this.#print(`API      ${apiUrl}/api/v1`);
    if (token !== undefined) this.#print(`Console  ${apiUrl}/#token=${token}`);
  }

  /** Of a device from outside. */
  account(text: string): void {
    this.#print(`\n${text}`);
  }

  hint(text: string): void {
    this.#print(this.#options.isColoured ? styleText('dim', text) : text);
  }

  /** What goes as it should is on the ladder already; programs get all of it, on standard error. */
  log(level: LogLevel, text: string): void {
    if (this.#options.isJson || level !== 'info') console.error(text);
  }

  #print(text: string): void {
    if (!this.#options.isJson) console.log(text);
  }
}

function row(ue: UeProgress): string[] {
  const { account, nodes, events, wire } = ue;
  return [
    account.name,
    account.IMPU,
    `${isConfigured(ue) ? 'verified' : 'not yet'} ${verifiedCount(ue)}/${nodes.size}`,
    events.join(' ') || '-',
    wire.encoding ?? '-',
    wire.auth ?? '-',
    [wire.sipAuth, wire.transport].filter((part) => part !== undefined).join('/') || '-',
  ];
}
