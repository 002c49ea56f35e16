/**
 * What a session waits for outside of it: a user's answer, the end of an action. Numbers them, and knows an end that
 * comes when nobody waits for it any more.
 *
 * OMA-DMPRO 10, OMA-DMREPPRO 6.6.5. Used by device.ts.
 */
import type { Answer, ExecOrder, Question } from '@ueprov/protocols/dm';
import type { Begun } from './action-ends.ts';

export type ErrandInput =
  /** The answer to the `ask` of that number. */
  | { readonly kind: 'answered'; readonly ask: number; readonly answer: Answer }
  /** The end of the `exec` of that number; `text` goes into the alert, if one is due. */
  | {
      readonly kind: 'executed';
      readonly exec: number;
      readonly status: number;
      readonly text?: string;
    };

export type ErrandEffect =
  | { readonly kind: 'ask'; readonly ask: number; readonly question: Question }
  /** The answer is not wanted any more. */
  | { readonly kind: 'withdraw'; readonly ask: number }
  /** `place`: the address as actions are known by. */
  | {
      readonly kind: 'exec';
      readonly exec: number;
      readonly place: string;
      readonly order: ExecOrder;
    };

/** Actions that go on at once; one more is refused. */
export const ACTIONS_MAX = 64;

export class Errands {
  #count = 0;
  /** What the open session waits for. */
  #awaited: number | undefined;
  readonly #begun = new Map<number, Begun>();

  get isFull(): boolean {
    return this.#begun.size >= ACTIONS_MAX;
  }

  ask(question: Question): ErrandEffect {
    return { kind: 'ask', ask: this.#next(), question };
  }

  exec(place: string, order: ExecOrder, begun: Begun): ErrandEffect {
    const exec = this.#next();
    this.#begun.set(exec, begun);
    return { kind: 'exec', exec, place, order };
  }

  /** The question that is still there. */
  withdraw(): ErrandEffect[] {
    const ask = this.#awaited;
    this.#awaited = undefined;
    return ask === undefined || this.#begun.has(ask) ? [] : [{ kind: 'withdraw', ask }];
  }

  /** The session goes on, or is over, without what it waited for. */
  release(): void {
    this.#awaited = undefined;
  }

  /** Whether the session waits for this, which is then done. */
  take(number: number): boolean {
    const isAwaited = this.#awaited === number;
    if (isAwaited) this.#awaited = undefined;
    return isAwaited;
  }

  /** What this action was begun as, once. */
  end(exec: number): Begun | undefined {
    const begun = this.#begun.get(exec);
    this.#begun.delete(exec);
    return begun;
  }

  #next(): number {
    this.#count += 1;
    this.#awaited = this.#count;
    return this.#count;
  }
}
