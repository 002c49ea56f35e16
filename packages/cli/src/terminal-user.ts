/**
 * The user of a UE at a terminal: what a server asks is printed, and a line that is typed answers it.
 *
 * OMA-DMPRO 10. Used by `ueprov ue run --user`.
 */
import { createInterface, type Interface } from 'node:readline';
import { type Readable, Writable } from 'node:stream';
import { type Answer, isAnswerTo, type Question } from '@ueprov/protocols/dm';
import type { UserInterface } from '@ueprov/ue';
import { printable } from './syncml/paint.ts';

/** Typed instead of an answer. */
export const CANCEL = '/cancel';

export interface TerminalStreams {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable;
}

export class TerminalUser implements UserInterface {
  readonly #lines: Interface;
  readonly #output: Writable;
  /** ET: what is typed is not to be seen. */
  #isHidden = false;
  #isClosed = false;
  /** Lines that came faster than they were read. */
  #typed: string[] = [];
  #onLine: ((line: string | undefined) => void) | undefined;

  /** `onInterrupt`: Ctrl-C at the terminal. */
  constructor({ input, output }: TerminalStreams, onInterrupt: () => void = () => {}) {
    this.#output = output;
    const echo = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        if (!this.#isHidden) output.write(chunk);
        done();
      },
    });
    this.#lines = createInterface({ input, output: echo, terminal: input.isTTY ?? false });
    this.#lines.on('line', (line) => {
      const onLine = this.#onLine;
      // Several lines may come in one turn.
      this.#onLine = undefined;
      if (onLine === undefined) this.#typed.push(line);
      else onLine(line);
    });
    this.#lines.on('SIGINT', onInterrupt);
    this.#lines.on('close', () => {
      this.#isClosed = true;
      this.#onLine?.(undefined);
    });
  }

  async ask(question: Question, signal: AbortSignal): Promise<Answer> {
    // What was typed before the question is no answer to it.
    this.#typed = [];
    this.#say(printable(question.text));
    if (question.kind === 'display') return { kind: 'accepted' };
    for (const [index, choice] of question.choices.entries()) {
      this.#say(`  ${index + 1}  ${printable(choice)}`);
    }
    for (;;) {
      const line = await this.#line(question, signal);
      if (line === undefined || line.trim() === CANCEL) return { kind: 'cancelled' };
      const answer = answerIn(question, line);
      if (answer !== undefined && isAnswerTo(question, answer)) return answer;
      this.#say(`That is no answer. ${CANCEL} refuses one.`);
    }
  }

  close(): void {
    this.#lines.close();
  }

  /** undefined: none will come. */
  async #line(question: Question, signal: AbortSignal): Promise<string | undefined> {
    if (this.#isClosed || signal.aborted) return undefined;
    this.#output.write(`${promptOf(question)} `);
    this.#isHidden = question.options.ET === 'P';
    const line =
      this.#typed.shift() ??
      (await new Promise<string | undefined>((resolve) => {
        this.#onLine = resolve;
        signal.addEventListener('abort', () => resolve(undefined), { once: true });
      }));
    this.#onLine = undefined;
    if (this.#isHidden || line === undefined) this.#say('');
    this.#isHidden = false;
    if (signal.aborted) this.#say('The question was taken back.');
    return line;
  }

  #say(line: string): void {
    this.#output.write(`${line}\n`);
  }
}

const FORMS = {
  A: 'text',
  N: 'a number',
  D: 'a date as DDMMYYYY',
  T: 'a time as hhmmss',
  P: 'a telephone number',
  I: 'an address as xxx.yyy.zzz.www',
} as const;

function promptOf({ kind, options }: Question): string {
  const { DR, IT = 'A', MAXLEN } = options;
  const given = DR === undefined ? '' : ` [${printable(DR)}]`;
  switch (kind) {
    case 'display':
      return '';
    case 'confirm':
      return DR === undefined ? 'y or n?' : DR === '1' ? 'y or n? [y]' : 'y or n? [n]';
    case 'text':
      return `${FORMS[IT]}${MAXLEN === undefined ? '' : `, at most ${MAXLEN} characters`}${given}:`;
    case 'choice':
      return `its number${given}:`;
    case 'choices':
      return `their numbers, set apart by commas${given}:`;
  }
}

/** DR: what an empty line stands for. */
function answerIn({ kind, options: { DR } }: Question, line: string): Answer | undefined {
  switch (kind) {
    case 'display':
      return { kind: 'accepted' };
    case 'confirm': {
      const word = line.trim() === '' ? { 0: 'n', 1: 'y' }[DR ?? ''] : line.trim().toLowerCase();
      if (word === 'y' || word === 'yes') return { kind: 'accepted' };
      return word === 'n' || word === 'no' ? { kind: 'rejected' } : undefined;
    }
    case 'text':
      return { kind: 'typed', text: line === '' ? (DR ?? '') : line };
    case 'choice':
    case 'choices': {
      // OMA-DMPRO 10: the numbers of DR are set apart by hyphens.
      const text = line.trim() === '' ? (DR ?? '').replaceAll('-', ',') : line;
      const numbers = text.split(',').filter((each) => each.trim() !== '');
      return { kind: 'chosen', numbers: numbers.map(Number) };
    }
  }
}
