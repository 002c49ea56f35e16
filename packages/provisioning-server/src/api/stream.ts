/**
 * `GET /stream`: changes as server-sent events (WHATWG HTML §9.2), resumable with Last-Event-ID.
 *
 * A reader that is too slow is let go, not waited for: it comes back, and catches up from the ring or is told to `reset`.
 */
import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Topic } from './schema.ts';
import { type StreamEvent, StreamRing } from './stream-ring.ts';

/** Readers at once. */
export const READERS_MAX = 256;
/** Octets that may wait for one reader. */
export const BACKLOG_MAX = 1024 * 1024;
const HEARTBEAT_MS = 15_000;
/** Heartbeats for which a reader who went away can catch up; then nothing is said until somebody reads again. */
const ABSENT_BEATS_MAX = 4;
/** How long a reader waits before it comes back. */
const RETRY_MS = 1000;

interface Reader {
  readonly response: ServerResponse;
  readonly topics: ReadonlySet<Topic>;
  /** False once the reader's cookie has ended. */
  readonly isAllowed: () => boolean;
}

export class Stream {
  readonly #ring = new StreamRing(randomBytes(6).toString('hex'));
  readonly #readers = new Set<Reader>();
  readonly #heartbeat: NodeJS.Timeout;
  /** Heartbeats since anybody read. */
  #absentBeats = ABSENT_BEATS_MAX;

  constructor() {
    this.#heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  get isFull(): boolean {
    return this.#readers.size >= READERS_MAX;
  }

  /** Nobody reads, nor comes back for what was missed: to say something would be lost work, at every message. */
  get isIdle(): boolean {
    return this.#readers.size === 0 && this.#absentBeats >= ABSENT_BEATS_MAX;
  }

  publish(topic: Topic, resource: unknown): void {
    if (this.isIdle) return;
    const event = this.#ring.add(topic, JSON.stringify(resource));
    for (const reader of this.#readers) {
      if (reader.topics.has(topic)) this.#write(reader, this.#encode(event));
    }
  }

  /** Takes the response over; `lastEventId` is what the reader saw last. */
  open(reader: Reader, headers: Record<string, string>, lastEventId: string | undefined): void {
    const { response, topics } = reader;
    response.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    if (this.isIdle) this.#ring.interrupt();
    this.#absentBeats = 0;
    this.#readers.add(reader);
    response.on('close', () => this.#readers.delete(reader));
    const missed = lastEventId === undefined ? [] : this.#ring.since(lastEventId);
    // An id at once, so that a reader to whom nothing happened yet can resume too.
    const start = `retry: ${RETRY_MS}\nid: ${this.#ring.lastId}\n`;
    if (missed === undefined) {
      this.#write(reader, `${start}event: reset\ndata: {}\n\n`);
      return;
    }
    const events = missed.filter(({ topic }) => topics.has(topic));
    this.#write(reader, `${events.map((event) => this.#encode(event)).join('')}${start}\n`);
  }

  /** A comment keeps the connection alive and shows a dead one; who is signed out is let go. */
  beat(): void {
    this.#absentBeats = this.#readers.size === 0 ? this.#absentBeats + 1 : 0;
    for (const reader of this.#readers) {
      if (reader.isAllowed()) this.#write(reader, ': beat\n\n');
      else this.#letGo(reader);
    }
  }

  close(): void {
    clearInterval(this.#heartbeat);
    for (const { response } of this.#readers) response.end();
    this.#readers.clear();
  }

  #encode(event: StreamEvent): string {
    return `id: ${this.#ring.idOf(event)}\nevent: ${event.topic}\ndata: ${event.data}\n\n`;
  }

  #write(reader: Reader, text: string): void {
    reader.response.write(text);
    if (reader.response.writableLength > BACKLOG_MAX) this.#letGo(reader);
  }

  #letGo(reader: Reader): void {
    this.#readers.delete(reader);
    reader.response.destroy();
  }
}
