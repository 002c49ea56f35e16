/**
 * The operations of a session: which wait, which are under way, and what the device answered to each.
 *
 * OMA-DMPRO 8.2 (no new command while Statuses are missing), 7 (large objects), RepPro 1.2.2 Status and Results.
 * Used by server.ts.
 */
import assert from 'node:assert';
import type { Item, Results, Status } from '../syncml/message.ts';
import { chunkOf, isObject } from './packages-chunk.ts';
import { COMMANDS_MAX, type Draft, draftSize } from './packages-draft.ts';
import { codeOf, metaOf } from './packages-status.ts';
import {
  ATOMIC_KINDS,
  type OperationResult,
  type OperationValue,
  type SessionOperation,
  UNANSWERED,
} from './server-interface.ts';
import { draftOf, largestObject, membersOf, patienceMs } from './server-operation-draft.ts';

interface UnderWay {
  readonly operation: SessionOperation;
  status?: number;
  /** Of a Get: what came as Results; of a question: what the user answered. */
  items: OperationItem[];
}

interface OperationItem extends OperationValue {
  readonly uri?: string;
}

/** An object that goes over in chunks, alone in its messages. */
interface ObjectUnderWay {
  readonly operation: SessionOperation;
  readonly draft: Draft;
  from: number;
  /** Of the chunk that the device has not answered; undefined where it asks for the next. */
  key: string | undefined;
}

/** What the message that is being filled may hold. */
export interface Room {
  readonly MsgID: number;
  /** Commands before the first operation. */
  readonly commands: number;
  /** Bytes before the first operation, and at most. */
  readonly taken: number;
  readonly MaxMsgSize: number;
  readonly MaxObjSize: number;
}

export interface Filled {
  readonly drafts: readonly Draft[];
  /** [REPPRO 6.1.7-1] False with a chunk that others follow. */
  readonly isFinal: boolean;
  /** How much longer than usual the device may take: it has to ask its user. */
  readonly patienceMs: number;
}

export class Operations {
  #waiting: readonly SessionOperation[] = [];
  #object: ObjectUnderWay | undefined;
  /** By MsgRef and CmdRef. */
  #underWay = new Map<string, UnderWay>();
  /** Refused here, before they went out: results that go to the caller with the others. */
  #refused: OperationResult[] = [];

  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Their ids; what is in a container goes out with it. */
  get unsent(): readonly string[] {
    const object = this.#object === undefined ? [] : [this.#object.operation];
    return [...object, ...this.#waiting].map(({ id }) => id);
  }

  /** Of the object that goes over in chunks: whether the device has asked for the next. */
  get object(): 'none' | 'unanswered' | 'wanted' {
    if (this.#object === undefined) return 'none';
    return this.#object.key === undefined ? 'wanted' : 'unanswered';
  }

  add(operations: readonly SessionOperation[]): void {
    assert(operations.every(isWellFormed), 'an Atomic holds Add, Replace, Delete, Copy, questions');
    this.#waiting = [...this.#waiting, ...operations];
  }

  /** The commands that fit into the next message. */
  fill(room: Room): Filled {
    if (this.#object !== undefined) return this.#fillChunk(this.#object, room);
    const sent: SessionOperation[] = [];
    const drafts: Draft[] = [];
    let size = room.taken;
    let count = room.commands;
    for (const [index, operation] of this.#waiting.entries()) {
      const draft = draftOf(operation);
      const bytes = draftSize(draft);
      const isTooLarge = room.taken + bytes > room.MaxMsgSize;
      // [DMPRO 7-5]
      if (largestObject(operation) > room.MaxObjSize || (isTooLarge && !isObject(draft))) {
        this.#refuse(operation);
        continue;
      }
      const isFull = size + bytes > room.MaxMsgSize || count - room.commands >= COMMANDS_MAX;
      if (isFull && (drafts.length > 0 || !isTooLarge)) {
        this.#waiting = this.#waiting.slice(index);
        return filled(drafts, sent);
      }
      if (isTooLarge) {
        this.#waiting = this.#waiting.slice(index + 1);
        return this.#fillChunk({ operation, draft, from: 0, key: undefined }, room);
      }
      size += bytes;
      drafts.push(draft);
      sent.push(operation);
      for (const member of membersOf(operation)) {
        count += 1;
        this.#underWay.set(keyOf(room.MsgID, count), { operation: member, items: [] });
      }
    }
    this.#waiting = [];
    return filled(drafts, sent);
  }

  /** Takes a Status; one for a command that was never sent is not ours. */
  answer(status: Status): OperationResult[] {
    const key = keyOf(status.MsgRef, status.CmdRef);
    const code = codeOf(status);
    if (this.#object?.key === key) return this.#answerChunk(this.#object, code);
    const underWay = this.#underWay.get(key);
    if (underWay === undefined) return [];
    underWay.status ??= code;
    if (underWay.operation.kind === 'Ask') underWay.items.push(...status.Items.map(plainItem));
    return isAwaitingValue(underWay) ? [] : this.#close(key, underWay);
  }

  /** Takes a Results. RepPro 1.2.2: MsgRef and CmdRef absent mean 1. */
  value(results: Results): OperationResult[] {
    const key = keyOf(results.MsgRef ?? 1, results.CmdRef ?? 1);
    const underWay = this.#underWay.get(key);
    if (underWay?.operation.kind !== 'Get' || results.Items.length === 0) return [];
    underWay.items.push(...results.Items.map((item) => carriedItem(results, item)));
    const isOpen = underWay.status === undefined || isAwaitingValue(underWay);
    return isOpen ? [] : this.#close(key, underWay);
  }

  /** The Results of a Get were spoilt on their way: `code` is what they were answered with. */
  spoil(results: Results, code: number): OperationResult[] {
    const key = keyOf(results.MsgRef ?? 1, results.CmdRef ?? 1);
    const underWay = this.#underWay.get(key);
    if (underWay?.operation.kind !== 'Get') return [];
    return this.#close(key, { ...underWay, status: code, items: [] });
  }

  /** The device finished its package: what it did not answer by now, it never will. */
  settle(): OperationResult[] {
    const rest = [...this.#underWay].flatMap(([key, underWay]) => this.#close(key, underWay));
    const refused = this.#refused;
    this.#refused = [];
    return [...this.dropObject(UNANSWERED), ...rest, ...refused];
  }

  /** The object that goes over in chunks does not, and came to this. */
  dropObject(status: number): OperationResult[] {
    if (this.#object === undefined) return [];
    const { id } = this.#object.operation;
    this.#object = undefined;
    return [{ kind: 'result', id, status }];
  }

  /** OMA-DMPRO 9.2.3: the device did not take them from us; the same again, in the same order. */
  repeat(): void {
    const again = [...this.#underWay.values()].map(({ operation }) => operation);
    const outer = again.filter((operation) => !isMember(operation, again));
    const object = this.#object === undefined ? [] : [this.#object.operation];
    this.#object = undefined;
    this.#underWay = new Map();
    this.#waiting = [...object, ...outer, ...this.#waiting];
  }

  #fillChunk(object: ObjectUnderWay, room: Room): Filled {
    const { draft, operation } = object;
    // Only what `isObject` said of becomes an ObjectUnderWay.
    const chunk = isObject(draft)
      ? chunkOf(draft, object.from, room.MaxMsgSize - room.taken)
      : { draft, next: undefined };
    const key = keyOf(room.MsgID, room.commands + 1);
    if (chunk.next === undefined) {
      this.#object = undefined;
      this.#underWay.set(key, { operation, items: [] });
    } else this.#object = { ...object, from: chunk.next, key };
    return { drafts: [chunk.draft], isFinal: chunk.next === undefined, patienceMs: 0 };
  }

  /** OMA-DMPRO 7: 213 asks for the next chunk. A device that takes a part for the whole has not understood. */
  #answerChunk(object: ObjectUnderWay, code: number): OperationResult[] {
    if (code >= 300) return this.dropObject(code);
    if (code !== 213) return this.dropObject(424);
    object.key = undefined;
    return [];
  }

  #refuse(operation: SessionOperation): void {
    const members = membersOf(operation);
    this.#refused.push(...members.map(({ id }) => ({ kind: 'result', id, status: 413 }) as const));
  }

  #close(key: string, { operation, status, items }: UnderWay): OperationResult[] {
    this.#underWay.delete(key);
    const code = status ?? (items.length === 0 ? UNANSWERED : 200);
    const [first] = items;
    if (first === undefined) return [{ kind: 'result', id: operation.id, status: code }];
    const { uri: _, ...value } = first;
    const isMany = isList(operation) || operation.kind === 'Ask' || items.length > 1;
    return [
      { kind: 'result', id: operation.id, status: code, value, ...(isMany && { values: items }) },
    ];
  }
}

function isWellFormed(operation: SessionOperation): boolean {
  return operation.kind !== 'Atomic' || operation.operations.every(isAtomic);
}

function isAtomic({ kind }: SessionOperation): boolean {
  return ATOMIC_KINDS.has(kind);
}

function keyOf(MsgRef: string | number, CmdRef: string | number): string {
  return `${Number(MsgRef)}/${CmdRef}`;
}

function filled(drafts: readonly Draft[], sent: readonly SessionOperation[]): Filled {
  return { drafts, isFinal: true, patienceMs: patienceMs(sent) };
}

/** A Get that succeeded is done with its Results, one of a list when the device has said all. */
function isAwaitingValue({ operation, status, items }: UnderWay): boolean {
  if (operation.kind !== 'Get' || status !== 200) return false;
  return isList(operation) || items.length === 0;
}

function isList(operation: SessionOperation): boolean {
  return operation.kind === 'Get' && operation.uri.includes('?list=');
}

/** What stands in an Atomic or a Sequence goes out with it. */
function isMember(operation: SessionOperation, all: readonly SessionOperation[]): boolean {
  return all.some((each) => each !== operation && membersOf(each).includes(operation));
}

/** [REPPRO 6.4-1] chr and text/plain where Meta is silent. */
function carriedItem(results: Results, item: Item): OperationItem {
  const { Format = 'chr', Type = 'text/plain' } = metaOf(results.Meta, item.Meta);
  const uri = (item.Source ?? item.Target)?.LocURI;
  return { Format, Type, Data: item.Data ?? '', ...(uri !== undefined && { uri }) };
}

function plainItem({ Data = '' }: Item): OperationItem {
  return { Format: 'chr', Type: 'text/plain', Data };
}
