/** What has arrived and was not taken yet; whoever waits for the next does so for a bounded time. */
import { Violation } from './case.ts';

export class Inbox<Thing> {
  readonly #things: Thing[] = [];
  #waiting: ((thing: Thing) => void) | undefined;

  put(thing: Thing): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#things.push(thing);
    else waiting(thing);
  }

  /** The next one, or undefined if none comes in time. */
  take(patienceMs: number): Promise<Thing | undefined> {
    const [first] = this.#things.splice(0, 1);
    if (first !== undefined) return Promise.resolve(first);
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        this.#waiting = undefined;
        resolve(undefined);
      }, patienceMs);
      this.#waiting = (thing) => {
        clearTimeout(late);
        resolve(thing);
      };
    });
  }

  /** The next one; that none comes is a violation of `rule`. */
  async require(patienceMs: number, rule: string): Promise<Thing> {
    const thing = await this.take(patienceMs);
    if (thing === undefined) throw new Violation(`${rule}: nothing came within ${patienceMs} ms`);
    return thing;
  }
}
