/**
 * What has been asked of the DNS, and is known for a while (RFC 1034 5.3, RFC 2308): one query at a
 * time for each question, answers kept for their lifetime. Its shell puts the queries to a resolver.
 */
import type { Instant } from '../engine.ts';
import { type Answer, type Question, questionKey, RECORD_COUNT_MAX } from './record.ts';

export type DnsClientInput =
  /** `key` names it in the effects. */
  | { readonly kind: 'ask'; readonly question: Question; readonly key: string }
  | { readonly kind: 'answered'; readonly question: Question; readonly answer: Answer };

export type DnsClientEffect =
  | { readonly kind: 'query'; readonly question: Question }
  | {
      readonly kind: 'answer';
      readonly key: string;
      readonly question: Question;
      readonly answer: Answer;
    };

/** Answers kept; the oldest goes for a new one. */
export const ANSWER_COUNT_MAX = 256;
/** A day: longer lifetimes are cut, so that nothing wrong stays for ever. Seconds. */
export const TTL_MAX = 86_400;

interface Kept {
  readonly answer: Answer;
  readonly until: Instant;
}

export class DnsClient {
  readonly #kept = new Map<string, Kept>();
  readonly #waiting = new Map<string, string[]>();

  step(input: DnsClientInput, now: Instant): DnsClientEffect[] {
    const { question } = input;
    const id = questionKey(question);
    if (input.kind === 'answered') return this.#answered(question, input.answer, now);
    const known = this.#kept.get(id);
    if (known !== undefined && now < known.until) {
      return [{ kind: 'answer', key: input.key, question, answer: known.answer }];
    }
    const others = this.#waiting.get(id);
    this.#waiting.set(id, [...(others ?? []), input.key]);
    return others === undefined ? [{ kind: 'query', question }] : [];
  }

  #answered(question: Question, answer: Answer, now: Instant): DnsClientEffect[] {
    const id = questionKey(question);
    const keys = this.#waiting.get(id);
    // What nobody has asked is nobody's to know.
    if (keys === undefined) return [];
    this.#waiting.delete(id);
    const cut = cutShort(answer);
    this.#keep(id, cut, now);
    return keys.map((key) => ({ kind: 'answer', key, question, answer: cut }));
  }

  /** RFC 1035 3.2.1: a lifetime of zero is for the transaction in progress; a failure has none. */
  #keep(id: string, answer: Answer, now: Instant): void {
    this.#kept.delete(id);
    if (answer.kind === 'failed' || answer.ttl <= 0) return;
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined && this.#kept.size >= ANSWER_COUNT_MAX) this.#kept.delete(oldest);
    this.#kept.set(id, { answer, until: now + Math.min(answer.ttl, TTL_MAX) * 1000 });
  }
}

function cutShort(answer: Answer): Answer {
  if (answer.kind !== 'records') return answer;
  return { ...answer, records: answer.records.slice(0, RECORD_COUNT_MAX) };
}
