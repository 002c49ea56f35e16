/**
 * User interaction: what Alerts 1100 to 1104 ask of the user, and what the answer is on the wire.
 *
 * OMA-DMPRO 10. The client engine gives a `Question` to its shell and takes an `Answer`; the server engine makes the
 * Alert of a `Question`.
 */
import assert from 'node:assert';
import type { Alert, Item } from '../syncml/message.ts';
import type { Draft } from './packages-draft.ts';
import {
  decodeUserOptions,
  encodeUserOptions,
  type InputType,
  type UserOptions,
} from './user-options.ts';

/** OMA-DMREPPRO 4.2. */
export const USER_ALERTS = {
  display: '1100',
  confirm: '1101',
  text: '1102',
  choice: '1103',
  choices: '1104',
} as const;

export type QuestionKind = keyof typeof USER_ALERTS;

export interface Question {
  readonly kind: QuestionKind;
  readonly text: string;
  /** Of `choice` and `choices`, numbered from 1 in this order. */
  readonly choices: readonly string[];
  readonly options: UserOptions;
}

export type Answer =
  /** Shown, or confirmed. */
  | { readonly kind: 'accepted' }
  /** No, to `confirm`. */
  | { readonly kind: 'rejected' }
  | { readonly kind: 'typed'; readonly text: string }
  | { readonly kind: 'chosen'; readonly numbers: readonly number[] }
  | { readonly kind: 'cancelled' }
  /** Too long, or with too many choices, for this display. */
  | { readonly kind: 'undisplayable' };

/** What the user's answer comes to: the Status of the Alert, and the Items in it. */
export interface Reply {
  readonly status: number;
  readonly Items: readonly Item[];
}

/** More than any display shows: 416. */
export const QUESTION_LENGTH_MAX = 10_000;
export const CHOICES_MAX = 100;

/** How long a user is waited for where MAXDT says nothing, and at most. */
export const ANSWER_TIMEOUT_MS = 300_000;

/** What the Alert asks, or the code that refuses it: 412 without its Items, 416 beyond what can be shown. */
export function readQuestion(alert: Alert): Question | 412 | 416 {
  const kind = questionKind(alert);
  // OMA-DMPRO 10: the options, which may be empty, then the text.
  const [options, text, ...choices] = alert.Items.map(textOf);
  if (kind === undefined || text === undefined) return 412;
  if (isChoice(kind) && choices.length === 0) return 412;
  const length = [text, ...choices].reduce((sum, part) => sum + part.length, 0);
  if (length > QUESTION_LENGTH_MAX || choices.length > CHOICES_MAX) return 416;
  return {
    kind,
    text,
    choices: isChoice(kind) ? choices : [],
    options: decodeUserOptions(options ?? ''),
  };
}

export function questionKind({ Data }: Pick<Alert, 'Data'>): QuestionKind | undefined {
  const kinds = Object.keys(USER_ALERTS) as QuestionKind[];
  return kinds.find((kind) => USER_ALERTS[kind] === Data?.trim());
}

/** Whether the question asks for such an answer, in the form in which answers travel. */
export function isAnswerTo(question: Question, answer: Answer): boolean {
  switch (answer.kind) {
    case 'cancelled':
    case 'undisplayable':
      return true;
    case 'rejected':
      return question.kind === 'confirm';
    case 'accepted':
      return question.kind === 'display' || question.kind === 'confirm';
    case 'typed':
      return question.kind === 'text' && isInput(question.options, answer.text);
    case 'chosen':
      return isChosen(question, answer.numbers);
  }
}

/** [DMPRO 10-2] Asserts that the answer is one to this question. */
export function replyOf(question: Question, answer: Answer): Reply {
  assert(isAnswerTo(question, answer), `${answer.kind} is no answer to ${question.kind}`);
  switch (answer.kind) {
    case 'cancelled':
      return { status: 214, Items: [] };
    case 'undisplayable':
      return { status: 416, Items: [] };
    case 'rejected':
      return { status: 304, Items: [] };
    case 'accepted':
      return { status: 200, Items: [] };
    case 'typed':
      return { status: 200, Items: [{ Data: answer.text }] };
    case 'chosen':
      return { status: 200, Items: answer.numbers.map((number) => ({ Data: String(number) })) };
  }
}

/** [DMPRO 10-5] MAXDT: past it the Alert is answered 408. */
export function answerTimeoutMs({ options }: Question): number {
  return Math.min((options.MAXDT ?? Number.POSITIVE_INFINITY) * 1000, ANSWER_TIMEOUT_MS);
}

/** The Alert that asks. */
export function questionAlert({ kind, text, choices, options }: Question): Draft {
  const encoded = encodeUserOptions(options);
  const Items: Item[] = [encoded === '' ? {} : { Data: encoded }, { Data: text }];
  return {
    kind: 'Alert',
    Data: USER_ALERTS[kind],
    Items: [...Items, ...choices.map((Data) => ({ Data }))],
  };
}

/** OMA-DMPRO 10 IT: the form in which an answer travels. */
const INPUT_FORMS: Readonly<Record<InputType, RegExp>> = {
  A: /^/,
  N: /^[+-]?\d*\.?\d*$/,
  D: /^(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{4}$/,
  T: /^(?:[01]\d|2[0-3])[0-5]\d[0-5]\d$/,
  P: /^\+?[\dpws]*$/,
  I: /^\d{3}\.\d{3}\.\d{3}\.\d{3}$/,
};

function isInput({ IT = 'A', MAXLEN }: UserOptions, text: string): boolean {
  return INPUT_FORMS[IT].test(text) && text.length <= (MAXLEN ?? text.length);
}

function isChosen({ kind, choices }: Question, numbers: readonly number[]): boolean {
  if (!isChoice(kind) || (kind === 'choice' && numbers.length !== 1)) return false;
  const isDistinct = new Set(numbers).size === numbers.length;
  return isDistinct && numbers.every((number) => choices[number - 1] !== undefined);
}

function isChoice(kind: QuestionKind): boolean {
  return kind === 'choice' || kind === 'choices';
}

function textOf({ Data = '' }: Item): string {
  return typeof Data === 'string' ? Data : Buffer.from(Data).toString();
}
