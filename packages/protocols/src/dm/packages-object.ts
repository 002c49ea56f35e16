/**
 * Large objects coming in: chunks are kept until the last one is there, and nothing of them counts before.
 *
 * OMA-DMPRO 7. Used by the client for Add and Replace, by the server for Results and Alert. What is kept is bounded
 * by the Size that the first chunk states, and that by our MaxObjSize.
 */
import type { Command, Data, Item, Meta } from '../syncml/message.ts';
import { objectSize } from './packages-chunk.ts';
import { isAlert } from './packages-status.ts';

export type Offered =
  /** No chunk: to be taken as it is. */
  | { readonly kind: 'whole' }
  /** [DMPRO 7-2] 213: kept for the chunks to come. */
  | { readonly kind: 'buffered' }
  /** The last chunk: the object as if it had come in one piece. */
  | { readonly kind: 'complete'; readonly item: Item; readonly meta: Meta }
  /** What was kept of it is gone. */
  | { readonly kind: 'refused'; readonly code: 411 | 413 | 416 | 424 };

interface Pending {
  readonly key: string;
  readonly item: Item;
  readonly meta: Meta;
  readonly Size: number;
  readonly parts: Data[];
  length: number;
}

const WHOLE: Offered = { kind: 'whole' };

export class ObjectReader {
  readonly #sizeMax: number;
  #pending: Pending | undefined;
  #broken: Item[] = [];

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax;
  }

  /** Call it for each command in turn: one that does not go on with the object ends it. */
  arrive(command: Command): void {
    if (command.kind === 'Status' || isAlert(command, '1222') || isAlert(command, '1223')) return;
    const [item] = 'Items' in command ? command.Items : [];
    if (item === undefined || keyOf(command, item) !== this.#pending?.key) this.#break();
  }

  /** [REPPRO 6.1.11-1] [REPPRO 6.1.11-2] An Item of that command; `meta` is what holds for it, `isFinal` whether its message has Final. */
  offer(command: Command, item: Item, meta: Meta, isFinal: boolean): Offered {
    const key = keyOf(command, item);
    const pending = this.#pending;
    // A Size that differs begins another object; the same one again is only superfluous.
    const goesOn = pending?.key === key && (meta.Size === undefined || meta.Size === pending.Size);
    if (!goesOn) this.#break();
    if (!item.MoreData && !goesOn) return WHOLE;
    const object = goesOn ? pending : this.#begin(key, item, meta);
    if (typeof object === 'number') return { kind: 'refused', code: object };
    return this.#append(object, item, isFinal);
  }

  /** The sender will begin again: what was kept of its object is nothing that broke. */
  abandon(): void {
    this.#pending = undefined;
  }

  /** The message is over. With Final there is no chunk to come. */
  finish(isFinal: boolean): void {
    if (isFinal) this.#break();
  }

  /** [DMPRO 7-4] The addresses of objects whose end did not come, once; each is an Alert 1225. */
  takeBroken(): readonly Item[] {
    const broken = this.#broken;
    this.#broken = [];
    return broken;
  }

  #begin(key: string, item: Item, meta: Meta): Pending | 411 | 416 {
    const { Size } = meta;
    if (Size === undefined) return 411;
    if (Size > this.#sizeMax) return 416;
    return { key, item, meta, Size, parts: [], length: 0 };
  }

  #append(object: Pending, item: Item, isFinal: boolean): Offered {
    this.#pending = undefined;
    const data = item.Data ?? '';
    object.parts.push(data);
    object.length += objectSize(data);
    const isComplete = item.MoreData === undefined;
    // [DMPRO 7-3]
    if (object.length > object.Size || (isComplete && object.length !== object.Size)) {
      return { kind: 'refused', code: 424 };
    }
    if (isComplete) return complete(object);
    // Interop 7: a message that promises more is not the last of its package.
    if (isFinal) return { kind: 'refused', code: 413 };
    this.#pending = object;
    return { kind: 'buffered' };
  }

  #break(): void {
    if (this.#pending === undefined) return;
    const { Source, Target } = this.#pending.item;
    this.#broken.push({ ...(Target && { Target }), ...(Source && { Source }) });
    this.#pending = undefined;
  }
}

function complete({ item, meta, parts }: Pending): Offered {
  const { MoreData: _, ...whole } = item;
  const { Size: __, ...kept } = meta;
  return { kind: 'complete', item: { ...whole, Data: joined(parts) }, meta: kept };
}

function joined(parts: readonly Data[]): Data {
  if (parts.every((part) => typeof part === 'string')) return parts.join('');
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

function keyOf(command: Command, { Target, Source }: Item): string {
  const reference = command.kind === 'Results' ? `${command.MsgRef} ${command.CmdRef}` : '';
  const code = command.kind === 'Alert' ? command.Data : '';
  return `${command.kind} ${reference}${code} ${Target?.LocURI ?? ''} ${Source?.LocURI ?? ''}`;
}
