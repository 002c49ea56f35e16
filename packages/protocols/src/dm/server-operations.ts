/**
 * The operations of a session: which wait, which are under way, and what the device answered to each.
 *
 * OMA-DMPRO 8.2 (no new command while Statuses are missing), RepPro 1.2.2 Status and Results. Used by server.ts.
 */
import type { Item, Results, Status } from '../syncml/message.ts';
import { COMMANDS_MAX, type Draft, draftSize } from './packages-draft.ts';
import { carried, codeOf, metaOf } from './packages-status.ts';
import {
  type Operation,
  type OperationResult,
  type OperationValue,
  UNANSWERED,
} from './server-interface.ts';

interface UnderWay {
  readonly operation: Operation;
  status?: number;
  value?: OperationValue;
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

export class Operations {
  #waiting: Operation[] = [];
  /** By MsgRef and CmdRef. */
  #underWay = new Map<string, UnderWay>();
  /** Refused here, before they went out: results that go to the caller with the others. */
  #refused: OperationResult[] = [];

  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  add(operations: readonly Operation[]): void {
    this.#waiting.push(...operations);
  }

  /** The commands that fit into the next message. */
  fill(room: Room): readonly Draft[] {
    const drafts: Draft[] = [];
    let size = room.taken;
    for (const [index, operation] of this.#waiting.entries()) {
      const draft = draftOf(operation);
      const bytes = draftSize(draft);
      if (room.taken + bytes > room.MaxMsgSize || objectSize(operation) > room.MaxObjSize) {
        this.#refused.push({ kind: 'result', id: operation.id, status: 413 });
        continue;
      }
      if (size + bytes > room.MaxMsgSize || drafts.length === COMMANDS_MAX) {
        this.#waiting = this.#waiting.slice(index);
        return drafts;
      }
      size += bytes;
      drafts.push(draft);
      const key = keyOf(room.MsgID, room.commands + drafts.length);
      this.#underWay.set(key, { operation });
    }
    this.#waiting = [];
    return drafts;
  }

  /** Takes a Status; one for a command that was never sent is not ours. */
  answer(status: Status): OperationResult[] {
    const key = keyOf(status.MsgRef, status.CmdRef);
    const underWay = this.#underWay.get(key);
    if (underWay === undefined) return [];
    underWay.status ??= codeOf(status);
    const isAwaitingValue =
      underWay.operation.kind === 'Get' && underWay.status === 200 && underWay.value === undefined;
    return isAwaitingValue ? [] : this.#close(key, underWay);
  }

  /** Takes a Results. RepPro 1.2.2: MsgRef and CmdRef absent mean 1. */
  value(results: Results): OperationResult[] {
    const key = keyOf(results.MsgRef ?? 1, results.CmdRef ?? 1);
    const underWay = this.#underWay.get(key);
    const [item] = results.Items;
    if (underWay?.operation.kind !== 'Get' || item === undefined) return [];
    underWay.value ??= carriedValue(results, item);
    return underWay.status === undefined ? [] : this.#close(key, underWay);
  }

  /** The device finished its package: what it did not answer by now, it never will. */
  settle(): OperationResult[] {
    const rest = [...this.#underWay].flatMap(([key, underWay]) => this.#close(key, underWay));
    const refused = this.#refused;
    this.#refused = [];
    return [...rest, ...refused];
  }

  /** OMA-DMPRO 9.2.3: the device did not take them from us; the same again, in the same order. */
  repeat(): void {
    const again = [...this.#underWay.values()].map(({ operation }) => operation);
    this.#underWay = new Map();
    this.#waiting = [...again, ...this.#waiting];
  }

  #close(key: string, { operation, status, value }: UnderWay): OperationResult[] {
    this.#underWay.delete(key);
    const code = status ?? (value === undefined ? UNANSWERED : 200);
    return [
      { kind: 'result', id: operation.id, status: code, ...(value !== undefined && { value }) },
    ];
  }
}

function keyOf(MsgRef: string | number, CmdRef: string | number): string {
  return `${Number(MsgRef)}/${CmdRef}`;
}

function draftOf({ kind, uri, Format, Type, Data }: Operation): Draft {
  const Target = { LocURI: uri };
  if (kind === 'Get' || kind === 'Delete') return { kind, Items: [{ Target }] };
  const value = Data === undefined ? { Format } : carried(Format, Data);
  const Meta = {
    ...(value.Format !== undefined && { Format: value.Format }),
    ...(Type !== undefined && { Type }),
  };
  const item: Item = {
    Target,
    ...(Object.keys(Meta).length > 0 && { Meta }),
    ...('Data' in value && { Data: value.Data }),
  };
  return { kind, Items: [item] };
}

function objectSize({ Data }: Operation): number {
  return Data === undefined ? 0 : Buffer.byteLength(carried(undefined, Data).Data);
}

/** MetInf 1.2.2: chr and text/plain where Meta is silent. */
function carriedValue(results: Results, item: Item): OperationValue {
  const { Format = 'chr', Type = 'text/plain' } = metaOf(results.Meta, item.Meta);
  return { Format, Type, Data: item.Data ?? '' };
}
