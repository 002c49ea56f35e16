import { PassThrough, Writable } from 'node:stream';
import type { Answer, Question } from '@ueprov/protocols/dm';
import { expect, test } from 'vitest';
import { TerminalUser } from './terminal-user.ts';

const confirm = (DR?: string): Question => ({
  kind: 'confirm',
  text: 'Restart?',
  choices: [],
  options: DR === undefined ? {} : { DR },
});
const text = (options: Question['options']): Question => ({
  kind: 'text',
  text: 'PIN?',
  choices: [],
  options,
});
const choices = (kind: 'choice' | 'choices', DR?: string): Question => ({
  kind,
  text: 'Which?',
  choices: ['red', 'green', 'blue'],
  options: DR === undefined ? {} : { DR },
});

/** A user, and all that the terminal showed. */
function terminal(isTTY = false) {
  const input = Object.assign(new PassThrough(), { isTTY });
  const shown: string[] = [];
  const output = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      shown.push(chunk.toString());
      done();
    },
  });
  return { input, shown, user: new TerminalUser({ input, output }) };
}

async function answered(question: Question, ...lines: readonly string[]): Promise<Answer> {
  const { input, user } = terminal();
  const answer = user.ask(question, new AbortController().signal);
  for (const line of lines) input.write(`${line}\n`);
  return answer;
}

test.each<[string, Question, string[], Answer]>([
  ['yes', confirm(), ['y'], { kind: 'accepted' }],
  ['no', confirm(), ['No'], { kind: 'rejected' }],
  ['an empty line is the default', confirm('1'), [''], { kind: 'accepted' }],
  ['and no answer without one', confirm(), ['', 'perhaps', 'n'], { kind: 'rejected' }],
  ['text', text({}), ['any words'], { kind: 'typed', text: 'any words' }],
  ['a number', text({ IT: 'N' }), ['four', '4'], { kind: 'typed', text: '4' }],
  ['a short one', text({ MAXLEN: 2 }), ['123', '12'], { kind: 'typed', text: '12' }],
  ['the text that is there', text({ DR: 'John Doe' }), [''], { kind: 'typed', text: 'John Doe' }],
  ['one of three', choices('choice'), ['4', '1,2', '3'], { kind: 'chosen', numbers: [3] }],
  ['several', choices('choices'), ['1, 3'], { kind: 'chosen', numbers: [1, 3] }],
  ['those of DR', choices('choices', '2-3'), [''], { kind: 'chosen', numbers: [2, 3] }],
  ['a refusal', text({}), ['/cancel'], { kind: 'cancelled' }],
])('%s is what was typed [DMPRO 10-2]', async (_what, question, lines, answer) => {
  expect(await answered(question, ...lines)).toEqual(answer);
});

test('a text is shown, and nothing in it reaches the terminal but letters', async () => {
  const { user, shown } = terminal();
  const question: Question = { kind: 'display', text: '\u001b[2Jhello', choices: [], options: {} };
  expect(await user.ask(question, new AbortController().signal)).toEqual({ kind: 'accepted' });
  expect(shown.join('')).toBe('\\u{1b}[2Jhello\n');
});

test('what is typed with ET=P is not shown', async () => {
  const { user, input, shown } = terminal(true);
  const asked = user.ask(text({ ET: 'P' }), new AbortController().signal);
  input.write('secret\r');
  expect(await asked).toEqual({ kind: 'typed', text: 'secret' });
  expect(shown.join('')).not.toContain('secret');
});

test('a question that is taken back has no answer, and the next line is for the next one', async () => {
  const { user, input, shown } = terminal();
  const controller = new AbortController();
  const late = user.ask(confirm(), controller.signal);
  controller.abort();
  expect(await late).toEqual({ kind: 'cancelled' });
  expect(shown.join('')).toContain('The question was taken back.');
  const next = user.ask(confirm(), new AbortController().signal);
  input.write('y\n');
  expect(await next).toEqual({ kind: 'accepted' });
});

test('where the input has ended nobody answers', async () => {
  const { user, input } = terminal();
  const asked = user.ask(confirm(), new AbortController().signal);
  input.end();
  expect(await asked).toEqual({ kind: 'cancelled' });
  expect(await user.ask(confirm(), new AbortController().signal)).toEqual({ kind: 'cancelled' });
});
