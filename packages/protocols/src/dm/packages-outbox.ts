/**
 * The package that one side is sending: what goes into the next message, what waits for the one after.
 *
 * OMA-DMPRO 8.1.2 (the peer's MaxMsgSize), 8.2 (a package over several messages). Used by the client engine.
 */
import { countThatFits, type Draft } from './packages-draft.ts';

export class Outbox {
  #waiting: Draft[] = [];
  #last: readonly Draft[] = [];

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** RepPro 1.2.2: a Status goes before what is no Status, and before the Results that it announces. */
  add(drafts: readonly Draft[]): void {
    const all = [...this.#waiting, ...drafts];
    this.#waiting = [
      ...all.filter(({ kind }) => kind === 'Status'),
      ...all.filter(({ kind }) => kind !== 'Status'),
    ];
  }

  /** What fits beside the `taken` bytes of a message of at most `limit`. */
  take(taken: number, limit: number): readonly Draft[] {
    const count = countThatFits(this.#waiting, taken, limit);
    this.#last = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    return this.#last;
  }

  /** The last message was accepted: it is not wanted again. */
  settle(): void {
    this.#last = [];
  }

  /** OMA-DMPRO 9.2.2: the message was not accepted; its content goes into the next one. */
  rewind(): void {
    this.#waiting = [...this.#last, ...this.#waiting];
    this.#last = [];
  }
}
