/** The last changes, numbered, so that a reader who was away can go on where it stopped, or learns that it cannot. */
import type { Topic } from './schema.ts';

/** Changes that can be caught up with. */
export const RING_MAX = 2048;

export interface StreamEvent {
  readonly number: number;
  readonly topic: Topic;
  readonly data: string;
}

export class StreamRing {
  /** Numbers mean nothing to another run of the server. */
  readonly #run: string;
  readonly #events: StreamEvent[] = [];
  #number = 0;

  constructor(run: string) {
    this.#run = run;
  }

  add(topic: Topic, data: string): StreamEvent {
    const event = { number: ++this.#number, topic, data };
    this.#events.push(event);
    if (this.#events.length > RING_MAX) this.#events.shift();
    return event;
  }

  /** What comes next is not told: nobody can catch up past this point. */
  interrupt(): void {
    this.#number += 1;
    this.#events.length = 0;
  }

  idOf({ number }: Pick<StreamEvent, 'number'>): string {
    return `${this.#run}-${number}`;
  }

  /** The id of the newest event, or of none yet. */
  get lastId(): string {
    return this.idOf({ number: this.#number });
  }

  /** What came after the event of this id; undefined if that is no longer known. */
  since(id: string): readonly StreamEvent[] | undefined {
    const [, run, digits] = /^([\w]+)-(\d{1,15})$/.exec(id) ?? [];
    const number = Number(digits);
    const oldest = this.#number - this.#events.length + 1;
    if (run !== this.#run || number > this.#number || number + 1 < oldest) return undefined;
    return this.#events.slice(this.#events.length - (this.#number - number));
  }
}
