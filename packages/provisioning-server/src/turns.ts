/** One after the other per name: what is done under a name waits for what came before it. */
import { ProtocolError } from '@ueprov/protocols';

/** How many may wait under one name; a device sends one message at a time. */
export const TURNS_WAITING_MAX = 32;

interface Queue {
  last: Promise<unknown>;
  length: number;
}

export class Turns {
  readonly #queues = new Map<string, Queue>();

  /** Rejects as `work` does, and with `DM_BUSY` where too many wait. */
  async take<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const queue = this.#queues.get(name) ?? { last: Promise.resolve(), length: 0 };
    if (queue.length > TURNS_WAITING_MAX) {
      throw new ProtocolError('DM_BUSY', 'too many messages of one device at once');
    }
    this.#queues.set(name, queue);
    queue.length += 1;
    const turn = queue.length === 1 ? work() : queue.last.then(work);
    queue.last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      queue.length -= 1;
      if (queue.length === 0) this.#queues.delete(name);
    }
  }
}
