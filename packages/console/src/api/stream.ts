/**
 * The server's live stream (Server-Sent Events), with a state that the frame shows.
 *
 * The browser reconnects by itself after a lost connection and sends Last-Event-ID; after an answer
 * that is not a stream (the server is restarting, the cookie ran out) it gives up, and then this
 * class opens a new one after a pause. What came is handed on at most four times a second.
 */
import type { Topic } from '@ueprov/provisioning-server/api';
import { API } from './request.ts';

export type LiveState = 'connecting' | 'live' | 'reconnecting';

export interface LiveChange {
  readonly topic: Topic;
  readonly resource: unknown;
}

const TOPICS: readonly Topic[] = ['device', 'session', 'message', 'event'];
const FLUSH_MS = 250;
const REOPEN_MS = 2_000;

export class LiveStream {
  #source: EventSource | undefined;
  #state: LiveState = 'connecting';
  #waiting: LiveChange[] = [];
  #flush: ReturnType<typeof setTimeout> | undefined;
  #reopen: ReturnType<typeof setTimeout> | undefined;
  readonly #watchers = new Set<() => void>();
  readonly #deliver: (changes: readonly LiveChange[]) => void;
  readonly #onGap: () => void;

  /** `onGap`: something was missed; whatever is shown may be old. */
  constructor(deliver: (changes: readonly LiveChange[]) => void, onGap: () => void) {
    this.#deliver = deliver;
    this.#onGap = onGap;
  }

  readonly state = (): LiveState => this.#state;

  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  open(): void {
    const source = new EventSource(`${API}/stream?topics=${TOPICS.join(',')}`);
    this.#source = source;
    source.onopen = () => {
      if (this.#state === 'reconnecting') this.#onGap();
      this.#enter('live');
    };
    source.onerror = () => {
      this.#enter('reconnecting');
      if (source.readyState !== EventSource.CLOSED) return;
      // Refused (signed out, too many readers): the questions of the page find out which.
      this.#onGap();
      this.#reopen = setTimeout(() => this.open(), REOPEN_MS);
    };
    // The server no longer has what was missed.
    source.addEventListener('reset', this.#onGap);
    for (const topic of TOPICS) {
      source.addEventListener(topic, (message: MessageEvent<string>) => {
        this.#waiting.push({ topic, resource: parsed(message.data) });
        this.#flush ??= setTimeout(() => this.#hand(), FLUSH_MS);
      });
    }
  }

  close(): void {
    this.#source?.close();
    clearTimeout(this.#flush);
    clearTimeout(this.#reopen);
    this.#flush = undefined;
    this.#waiting = [];
    this.#enter('connecting');
  }

  #hand(): void {
    const changes = this.#waiting;
    this.#waiting = [];
    this.#flush = undefined;
    this.#deliver(changes);
  }

  #enter(state: LiveState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const watcher of this.#watchers) watcher();
  }
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
