/**
 * The package that one side is sending: what goes into the next message, what waits for the one after.
 *
 * OMA-DMPRO 8.1.2 (the peer's MaxMsgSize), 8.2 (a package over several messages), 7.2 (large objects). Used by the
 * client engine.
 */
import { CHUNK_MIN_BYTES, chunkOf, isObject } from './packages-chunk.ts';
import { COMMANDS_MAX, type Draft, draftSize } from './packages-draft.ts';

/** A command on its way, and how much of its object has left. */
interface Parcel {
  readonly whole: Draft;
  readonly from: number;
}

export interface Taken {
  /** The command, or the piece of it, for the next message. */
  readonly draft: Draft;
  /** As it was given to `add`. */
  readonly whole: Draft;
  /** Whether nothing of it is left. */
  readonly isEnd: boolean;
}

export class Outbox {
  #waiting: readonly Parcel[] = [];
  #last: readonly Parcel[] = [];

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Whether anything waits that is no Status: what the peer has to be sent before it may go on. */
  get hasCommands(): boolean {
    return this.#waiting.some(({ whole }) => whole.kind !== 'Status');
  }

  /** RepPro 1.2.2: a Status goes before what is no Status, and before the Results that it announces. */
  add(drafts: readonly Draft[]): void {
    const all = [...this.#waiting, ...drafts.map((whole) => ({ whole, from: 0 }))];
    this.#waiting = [
      ...all.filter(({ whole }) => whole.kind === 'Status'),
      ...all.filter(({ whole }) => whole.kind !== 'Status'),
    ];
  }

  /** [DMPRO 6-4] What fits beside the `taken` bytes of a message of at most `limit`; never nothing. */
  take(taken: number, limit: number): readonly Taken[] {
    let filled = fill(this.#waiting, taken, limit);
    const command = this.#waiting[filled.count];
    const isHeldBack = filled.message.every(({ whole }) => whole.kind === 'Status');
    if (isHeldBack && command !== undefined && command.whole.kind !== 'Status') {
      // Each Next Message brings a Status of its own: a command that never fits beside it goes before it.
      this.#waiting = [command, ...this.#waiting.filter((parcel) => parcel !== command)];
      filled = fill(this.#waiting, taken, limit);
    }
    const { message, count, rest } = filled;
    this.#last = this.#waiting.slice(0, count);
    this.#waiting = [...(rest ? [rest] : []), ...this.#waiting.slice(count)];
    return message;
  }

  /** The last message was accepted: it is not wanted again. */
  settle(): void {
    this.#last = [];
  }

  /** OMA-DMPRO 9.2.2: the message was not accepted; its content goes into the next one. */
  rewind(): void {
    const waiting = this.#waiting.filter(({ from }) => from === 0);
    this.#waiting = [...this.#last, ...waiting];
    this.#last = [];
  }

  /** The peer does not take the object that is on its way: the rest of it is not sent. */
  dropObject(): void {
    this.#waiting = this.#waiting.filter(({ from }) => from === 0);
  }
}

interface Filled {
  readonly message: readonly Taken[];
  /** How many parcels are in it, the one that goes on in the next message as well. */
  readonly count: number;
  readonly rest?: Parcel;
}

function fill(waiting: readonly Parcel[], taken: number, limit: number): Filled {
  const message: Taken[] = [];
  let size = taken;
  for (const parcel of waiting) {
    const count = message.length;
    const room = limit - size;
    const next = takeParcel(parcel, room, { isFirst: count === 0, alone: limit - taken });
    if (next === undefined || count === COMMANDS_MAX) return { message, count };
    const { draft, next: from } = next;
    message.push({ draft, whole: parcel.whole, isEnd: from === undefined });
    size += draftSize(draft);
    // OMA-DMPRO 7: nothing comes between two chunks of an object.
    if (from !== undefined) {
      return { message, count: count + 1, rest: { whole: parcel.whole, from } };
    }
  }
  return { message, count: message.length };
}

function takeParcel(
  { whole, from }: Parcel,
  room: number,
  { isFirst, alone }: { isFirst: boolean; alone: number },
): ReturnType<typeof chunkOf> | undefined {
  if (from === 0) {
    const bytes = draftSize(whole);
    if (bytes <= room) return { draft: whole, next: undefined };
    // OMA-DMPRO 7: what fits into a message is never sent in chunks.
    if (bytes <= alone || !isObject(whole)) {
      return isFirst ? { draft: whole, next: undefined } : undefined;
    }
  }
  if (!isObject(whole)) return undefined;
  const chunk = chunkOf(whole, from, room);
  const isTooSmall = draftSize(chunk.draft) > room + CHUNK_MIN_BYTES;
  return isFirst || !isTooSmall ? chunk : undefined;
}
