/** Ids of operations: they rise with the order of the wishes, and nobody can guess one. */
import type { Instant, Random } from '@ueprov/protocols';

const RANDOM_BYTES = 5;

export class OperationIds {
  readonly #random: Random;
  #at: Instant = 0;
  #count = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** A clock that is set back changes nothing: the order is that of the calls. */
  next(now: Instant): string {
    this.#count = now > this.#at ? 0 : this.#count + 1;
    this.#at = Math.max(this.#at, now);
    const place = this.#count.toString(36).padStart(3, '0');
    const unique = Buffer.from(this.#random(RANDOM_BYTES)).toString('hex');
    return `${this.#at.toString(36).padStart(9, '0')}${place}-${unique}`;
  }
}
