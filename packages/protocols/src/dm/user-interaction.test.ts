import { describe, expect, test } from 'vitest';
import type { Alert, Item } from '../syncml/message.ts';
import {
  ANSWER_TIMEOUT_MS,
  type Answer,
  answerTimeoutMs,
  CHOICES_MAX,
  QUESTION_LENGTH_MAX,
  type Question,
  questionAlert,
  readQuestion,
  replyOf,
} from './user-interaction.ts';
import { decodeUserOptions, encodeUserOptions, OPTIONS_LENGTH_MAX } from './user-options.ts';

const alert = (Data: string, ...texts: (string | undefined)[]): Alert => ({
  kind: 'Alert',
  CmdID: '1',
  Data,
  Items: texts.map((text): Item => (text === undefined ? {} : { Data: text })),
});
const question = (more: Partial<Question>): Question => ({
  kind: 'display',
  text: 't',
  choices: [],
  options: {},
  ...more,
});

describe('options', () => {
  test('are all read [DMPRO 10-6]', () => {
    expect(decodeUserOptions('MINDT=10&MAXDT=60&DR=John+Doe&MAXLEN=20&IT=A&ET=P')).toEqual({
      MINDT: 10,
      MAXDT: 60,
      DR: 'John Doe',
      MAXLEN: 20,
      IT: 'A',
      ET: 'P',
    });
  });

  test.each([
    ['an unknown name', 'XX=1', {}],
    ['an unknown value', 'IT=Q&ET=Z', {}],
    ['a number that is none', 'MINDT=0&MAXDT=-1&MAXLEN=ten', {}],
    ['a percent sign that is none', 'DR=%zz&MAXDT=5', { MAXDT: 5 }],
    ['nothing at all', '', {}],
    ['lower case', 'maxdt=5', {}],
    ['no value', 'MAXDT&MINDT=', {}],
  ])('pass over %s', (_, text, options) => {
    expect(decodeUserOptions(text)).toEqual(options);
  });

  test('a value may hold escapes and equals signs; of two the first counts', () => {
    expect(decodeUserOptions('DR=a%26b=c%2B&DR=x')).toEqual({ DR: 'a&b=c+' });
  });

  test('are as long as their limit, and empty beyond', () => {
    const text = (length: number) => `DR=${'x'.repeat(length - 3)}`;
    expect(decodeUserOptions(text(OPTIONS_LENGTH_MAX)).DR).toHaveLength(OPTIONS_LENGTH_MAX - 3);
    expect(decodeUserOptions(text(OPTIONS_LENGTH_MAX + 1))).toEqual({});
  });

  test('come back as they were written', () => {
    const options = { MAXDT: 5, DR: 'Größe & so+', IT: 'P', ET: 'T' } as const;
    expect(decodeUserOptions(encodeUserOptions(options))).toEqual(options);
  });
});

describe('a question', () => {
  test.each([
    ['1100', 'display'],
    ['1101', 'confirm'],
    ['1102', 'text'],
  ])('of Alert %s is options and text: %s', (code, kind) => {
    expect(readQuestion(alert(code, 'MAXDT=5', 'Sure?'))).toEqual(
      question({ kind: kind as Question['kind'], text: 'Sure?', options: { MAXDT: 5 } }),
    );
    expect(readQuestion(alert(code, undefined, 'Sure?'))).toMatchObject({ options: {} });
  });

  test.each(['1103', '1104'])('of Alert %s has choices in their order', (code) => {
    expect(readQuestion(alert(code, undefined, 'Which?', 'a', 'b'))).toMatchObject({
      choices: ['a', 'b'],
    });
  });

  test('without its Items is 412 [DMPRO 10-1]', () => {
    expect(readQuestion(alert('1100'))).toBe(412);
    expect(readQuestion(alert('1100', 'MAXDT=5'))).toBe(412);
    expect(readQuestion(alert('1103', undefined, 'Which?'))).toBe(412);
  });

  test('is as long, and has as many choices, as can be shown; else 416', () => {
    const text = (length: number) => readQuestion(alert('1100', undefined, 'x'.repeat(length)));
    expect(text(QUESTION_LENGTH_MAX)).toMatchObject({ kind: 'display' });
    expect(text(QUESTION_LENGTH_MAX + 1)).toBe(416);
    const choices = (count: number) =>
      readQuestion(alert('1104', undefined, 't', ...Array<string>(count).fill('c')));
    expect(choices(CHOICES_MAX)).toMatchObject({ kind: 'choices' });
    expect(choices(CHOICES_MAX + 1)).toBe(416);
  });

  test('comes back from the Alert that it makes', () => {
    const asked = question({
      kind: 'choices',
      text: 'Which?',
      choices: ['a', 'b'],
      options: { DR: '1-2' },
    });
    expect(readQuestion({ ...questionAlert(asked), CmdID: '1' } as Alert)).toEqual(asked);
  });

  test('is waited for MAXDT seconds, and never longer than ANSWER_TIMEOUT_MS [DMPRO 10-5]', () => {
    expect(answerTimeoutMs(question({ options: { MAXDT: 5 } }))).toBe(5000);
    expect(answerTimeoutMs(question({}))).toBe(ANSWER_TIMEOUT_MS);
    expect(answerTimeoutMs(question({ options: { MAXDT: 999_999 } }))).toBe(ANSWER_TIMEOUT_MS);
  });
});

describe('an answer', () => {
  test.each<[Partial<Question>, Answer, number, string[]]>([
    [{ kind: 'display' }, { kind: 'accepted' }, 200, []],
    [{ kind: 'confirm' }, { kind: 'accepted' }, 200, []],
    [{ kind: 'confirm' }, { kind: 'rejected' }, 304, []],
    [{ kind: 'text' }, { kind: 'typed', text: 'abc' }, 200, ['abc']],
    [{ kind: 'choice', choices: ['a', 'b'] }, { kind: 'chosen', numbers: [2] }, 200, ['2']],
    [
      { kind: 'choices', choices: ['a', 'b'] },
      { kind: 'chosen', numbers: [2, 1] },
      200,
      ['2', '1'],
    ],
    [{ kind: 'choices', choices: ['a', 'b'] }, { kind: 'chosen', numbers: [] }, 200, []],
    [{ kind: 'text' }, { kind: 'cancelled' }, 214, []],
    [{ kind: 'text' }, { kind: 'undisplayable' }, 416, []],
  ])('%j answered %j is Status %d with %j [DMPRO 10-2]', (asked, answer, status, items) => {
    const reply = replyOf(question(asked), answer);
    expect(reply).toEqual({ status, Items: items.map((Data) => ({ Data })) });
  });

  test.each<[Partial<Question>, Answer]>([
    [{ kind: 'display' }, { kind: 'rejected' }],
    [{ kind: 'text' }, { kind: 'accepted' }],
    [{ kind: 'confirm' }, { kind: 'typed', text: 'x' }],
    [
      { kind: 'choice', choices: ['a', 'b'] },
      { kind: 'chosen', numbers: [1, 2] },
    ],
    [
      { kind: 'choice', choices: ['a', 'b'] },
      { kind: 'chosen', numbers: [3] },
    ],
    [
      { kind: 'choices', choices: ['a'] },
      { kind: 'chosen', numbers: [0] },
    ],
    [
      { kind: 'choices', choices: ['a'] },
      { kind: 'chosen', numbers: [1, 1] },
    ],
    [
      { kind: 'text', options: { MAXLEN: 2 } },
      { kind: 'typed', text: 'abc' },
    ],
  ])('%j cannot be answered %j', (asked, answer) => {
    expect(() => replyOf(question(asked), answer)).toThrow();
  });

  test.each([
    ['N', '-12.5', '1e5'],
    ['D', '31122026', '2026-12-31'],
    ['T', '235959', '23:59'],
    ['P', '+49wp30s1', '+49 30'],
    ['I', '192.168.001.001', '192.168.1.1'],
  ] as const)('of input type %s is like %s, not like %s', (IT, good, bad) => {
    const asked = question({ kind: 'text', options: { IT } });
    expect(replyOf(asked, { kind: 'typed', text: good }).status).toBe(200);
    expect(() => replyOf(asked, { kind: 'typed', text: bad })).toThrow();
  });
});
