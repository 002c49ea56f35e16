/**
 * What was run of a message, and what it came to; its Statuses are made of it when the outcome stands.
 *
 * [DMPRO 8.5-1] OMA-DMREPPRO 6.6.2: what an Atomic has done is 216 once it is taken back, what it has not come to is 215.
 * Used by client-commands.ts.
 */
import type { Atomic, Command, Item } from '../syncml/message.ts';
import { type ItemRun, type ResultsDraft, uriOf } from './client-items.ts';
import type { CommandEffect } from './client-run.ts';
import { itemStatuses, itemsOf, refuseAll, type StatusDraft } from './packages-status.ts';

export interface Ran {
  readonly command: Command;
  /** One per Item, or one for the whole command. */
  readonly runs: readonly ItemRun[];
  /** Whether its Items were tried on the tree. */
  readonly isRun: boolean;
  /** What a user answered. */
  readonly Items?: readonly Item[];
}

export interface Log {
  readonly ran: Ran[];
  readonly results: ResultsDraft[];
}

export function newLog(): Log {
  return { ran: [], results: [] };
}

/** [REPPRO 6.5.1-1] In the order of the commands; a container before its content. */
export function statusesOf(MsgRef: string, { ran }: Log): StatusDraft[] {
  return ran.flatMap(({ command, runs, isRun, Items = [] }) => {
    const codes = runs.map(({ code }) => code);
    const failedAt = runs.map(({ at }) => at);
    const statuses = itemStatuses(MsgRef, command, codes, failedAt).map((status) =>
      Items.length > 0 ? { ...status, Items } : status,
    );
    // OMA-DMREPPRO 4.1.6: what is inside a refused container was not executed.
    const isContainer = command.kind === 'Atomic' || command.kind === 'Sequence';
    const isRefused = isContainer && !isRun && REFUSALS.has(runs[0]?.code ?? 0);
    return isRefused ? [...statuses, ...refuseAll(MsgRef, command.commands, 215)] : statuses;
  });
}

/** The codes of a container that was not run at all. */
const REFUSALS: ReadonlySet<number> = new Set([215, 400, 406, 500]);

export function effectsOf({ ran }: Log): CommandEffect[] {
  return ran.flatMap(({ command, runs, isRun }) => {
    if (!isRun || command.kind === 'Unknown') return [];
    return itemsOf(command).flatMap((item, index): CommandEffect[] => {
      const uri = uriOf(item);
      const status = runs[index]?.code;
      // A chunk is kept aside; the tree sees the object.
      if (uri === undefined || status === undefined || status === 213) return [];
      return [{ kind: 'executed', name: command.kind, uri, status }];
    });
  });
}

/** The log of an Atomic that failed at the last command of `log`; `skipped` stand after it. */
export function rolledBack(atomic: Atomic, { ran }: Log, skipped: readonly Command[]): Log {
  const undone = ran.map((each) => ({
    ...each,
    runs: each.runs.map((run) => (isDone(run.code) ? { code: 216 } : run)),
  }));
  const rest = skipped.map((command) => ({ command, runs: [{ code: 215 }], isRun: false }));
  const failed = { command: atomic, runs: [{ code: 507 }], isRun: false };
  return { ran: [failed, ...undone, ...rest], results: [] };
}

function isDone(code: number): boolean {
  return code >= 200 && code < 300 && code !== 215;
}
