/**
 * The commands of one server message, carried out in the order in which they stand, with pauses where the user or an
 * action has to be waited for.
 *
 * OMA-DMREPPRO 6 (what each command does), OMA-DMPRO 8.4 (package #3: a Status each, then the Results).
 * Used by the client engine, once the server has proved who it is.
 */
import type { Instant } from '../engine.ts';
import type { Alert, Atomic, Command, Exec, Item, Meta, Sequence } from '../syncml/message.ts';
import { changeNode, type ItemRun, type ResultsDraft, readNode, uriOf } from './client-items.ts';
import { effectsOf, type Log, newLog, rolledBack, statusesOf } from './client-log.ts';
import type {
  CommandContext,
  CommandEffect,
  Ending,
  ItemCommand,
  Pause,
  Steps,
} from './client-run.ts';
import { repeatedCommands } from './client-run.ts';
import { metaOf, refuseAll, type StatusDraft } from './packages-status.ts';
import { questionKind, type Reply, readQuestion } from './user-interaction.ts';

/** [REPPRO 6.6-5] Commands of SyncML that DM leaves out, as opposed to names that nobody knows. */
const UNUSED_COMMANDS: ReadonlySet<string> = new Set(['Put', 'Search', 'Sync', 'Map', 'Move']);

/** [REPPRO 6.6.3-1] OMA-DMREPPRO 6.6.2: what an Atomic may hold; anything else in it fails, and the Atomic with it. */
const ATOMIC_COMMANDS: ReadonlySet<string> = new Set(['Add', 'Alert', 'Copy', 'Delete', 'Replace']);

/** What a command stands in: chunks are taken in the body only, and an Atomic stops where it fails. */
type Place = 'body' | 'Sequence' | 'Atomic';

export class CommandRun {
  readonly statuses: StatusDraft[] = [];
  readonly results: ResultsDraft[] = [];
  readonly #commands: readonly Command[];
  readonly #context: CommandContext;
  readonly #invalid: ReadonlySet<Command>;
  readonly #steps: Generator<Pause, void, Reply>;
  #effects: CommandEffect[] = [];
  #now: Instant = 0;

  constructor(commands: readonly Command[], context: CommandContext) {
    this.#commands = commands;
    this.#context = context;
    this.#invalid = repeatedCommands(commands);
    this.#steps = this.#runBody();
  }

  /** Goes on to the end, or to where somebody has to be waited for; then call it again with the reply. */
  resume(now: Instant, reply: Reply = { status: 200, Items: [] }): Pause | undefined {
    this.#now = now;
    const step = this.#steps.next(reply);
    return step.done ? undefined : step.value;
  }

  takeEffects(): readonly CommandEffect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  /** OMA-DMPRO 8.5: order is free outside Sequence and Atomic; as they stand is the safe choice. */
  *#runBody(): Generator<Pause, void, Reply> {
    const { objects, isFinal, MsgID } = this.#context;
    for (const [index, command] of this.#commands.entries()) {
      objects.arrive(command);
      const log = newLog();
      const ending = yield* this.#run(command, {}, 'body', log);
      this.#keep(log);
      // [DMPRO 10-4] A user who cancels ends what the message asks for.
      if (ending !== 'cancelled') continue;
      this.statuses.push(...refuseAll(MsgID, this.#commands.slice(index + 1), 215));
      break;
    }
    objects.finish(isFinal);
  }

  #keep(log: Log): void {
    this.statuses.push(...statusesOf(this.#context.MsgID, log));
    this.results.push(...log.results);
    this.#effects.push(...effectsOf(log));
  }

  /** [REPPRO 6.6-1] [R-6.8.2-1] What OMA-DMREPPRO makes mandatory for a client is run, and its options as well. */
  *#run(command: Command, outer: Meta, place: Place, log: Log): Steps {
    if (command.kind === 'Status') return 'done';
    if (this.#invalid.has(command)) return refuse(log, command, 400);
    switch (command.kind) {
      case 'Add':
      case 'Copy':
      case 'Delete':
      case 'Exec':
      case 'Get':
      case 'Replace':
        return yield* this.#runItems(command, metaOf(outer, command.Meta), place, log);
      case 'Alert':
        return yield* this.#runAlert(command, log);
      case 'Sequence':
        return yield* this.#runSequence(command, metaOf(outer, command.Meta), log);
      // [REPPRO 6.6-2]
      case 'Atomic':
        return yield* this.#runAtomic(command, metaOf(outer, command.Meta), log);
      case 'Results':
        return refuse(log, command, 405);
      case 'Unknown':
        return refuse(log, command, UNUSED_COMMANDS.has(command.name) ? 406 : 501);
    }
  }

  *#runItems(command: ItemCommand, meta: Meta, place: Place, log: Log): Steps {
    // OMA-DMREPPRO 10: 412 for a command that lacks its Items.
    if (command.Items.length === 0) return refuse(log, command, 412);
    const runs: ItemRun[] = [];
    for (const item of command.Items) {
      // OMA-DMREPPRO 6.6.2: nothing of an Atomic is run past its first failure.
      const isOver = place === 'Atomic' && runs.some(({ code }) => code >= 300);
      const run = isOver
        ? { code: 215 }
        : yield* this.#runItem(command, item, metaOf(meta, item.Meta), place);
      runs.push(run);
      log.results.push(...(run.results ?? []));
    }
    log.ran.push({ command, runs, isRun: true });
    return runs.some(({ code }) => code >= 300) ? 'failed' : 'done';
  }

  *#runItem(
    command: ItemCommand,
    item: Item,
    meta: Meta,
    place: Place,
  ): Generator<Pause, ItemRun, Reply> {
    switch (command.kind) {
      case 'Get':
        return readNode(command, item, this.#context);
      case 'Exec':
        return yield* this.#exec(command, item);
      case 'Delete':
      case 'Copy':
        return changeNode(command.kind, item, meta, this.#context, this.#now);
      case 'Add':
      case 'Replace':
        return this.#write(command, item, meta, place);
    }
  }

  /** OMA-DMPRO 7: an object counts when its last chunk is there. */
  #write(
    command: Extract<ItemCommand, { kind: 'Add' | 'Replace' }>,
    item: Item,
    meta: Meta,
    place: Place,
  ): ItemRun {
    const { objects, isFinal } = this.#context;
    if (place !== 'body') {
      // OMA-DMPRO 8.2: an Atomic or a Sequence is in one message, and so is what it holds.
      if (item.MoreData) return { code: 500 };
      return changeNode(command.kind, item, meta, this.#context, this.#now);
    }
    const offered = objects.offer(command, item, meta, isFinal);
    switch (offered.kind) {
      case 'buffered':
        return { code: 213 };
      case 'refused':
        return { code: offered.code };
      case 'whole':
        return changeNode(command.kind, item, meta, this.#context, this.#now);
      case 'complete':
        return changeNode(command.kind, offered.item, offered.meta, this.#context, this.#now);
    }
  }

  /** [REPPRO 6.6-3] OMA-DMREPPRO 6.6.5: as if it were over at once; 202 where it goes on and ends by an Alert 1226. */
  *#exec(exec: Exec, item: Item): Generator<Pause, ItemRun, Reply> {
    const { tree, ServerID, isExecAwaited } = this.#context;
    const uri = uriOf(item);
    if (uri === undefined) return { code: 400 };
    // OMA-DMREPPRO 4.1.5: only what goes into the tree may come in chunks.
    if (item.MoreData) return { code: 413 };
    const allowed = tree.exec(uri, ServerID);
    if (!allowed.ok) return { code: allowed.status };
    const order = {
      kind: 'exec',
      uri,
      ...(item.Data !== undefined && { Data: item.Data }),
      // [REPPRO 6.3.4-1]
      ...(exec.Correlator !== undefined && { Correlator: exec.Correlator }),
    } as const;
    if (isExecAwaited) return { code: (yield order).status };
    this.#effects.push(order);
    return { code: 202 };
  }

  /** [REPPRO 6.6-4] [REPPRO 7-1] [R-6.8.1-4] OMA-DMREPPRO 4.2: 1222 asks for the next message, 1225 gives up an object, 1100 to 1104 ask. */
  *#runAlert(alert: Alert, log: Log): Steps {
    if (alert.Data === '1222' || alert.Data === '1225') return refuse(log, alert, 200);
    if (questionKind(alert) === undefined) return refuse(log, alert, 406);
    // [DMPRO 10-1] 406 where there is nobody to ask.
    if (!this.#context.hasUser) return refuse(log, alert, 406);
    const question = readQuestion(alert);
    if (typeof question === 'number') return refuse(log, alert, question);
    const { status, Items } = yield { kind: 'ask', question };
    log.ran.push({ command: alert, runs: [{ code: status }], isRun: false, Items });
    return endingOf(status);
  }

  /** [REPPRO 6.6.14-1] OMA-DMREPPRO 6.6.12: 200 as soon as it begins; what is in it is answered by itself, in order. */
  *#runSequence(sequence: Sequence, meta: Meta, log: Log): Steps {
    refuse(log, { ...sequence, commands: [] }, 200);
    for (const [index, command] of sequence.commands.entries()) {
      const ending =
        command.kind === 'Sequence'
          ? refuse(log, command, 500)
          : yield* this.#run(command, meta, 'Sequence', log);
      // [DMPRO 10-3] No skips the rest of the Sequence, as a user who cancels does.
      if (ending !== 'rejected' && ending !== 'cancelled') continue;
      for (const skipped of sequence.commands.slice(index + 1)) refuse(log, skipped, 215);
      return ending === 'cancelled' ? 'cancelled' : 'failed';
    }
    return 'done';
  }

  /**
   * [REPPRO 6.6.3-1] OMA-DMREPPRO 6.6.2: all or nothing. While a user is asked no change stands open: what was done is taken back, and
   * done again from the start with the answers known by then.
   */
  *#runAtomic(atomic: Atomic, meta: Meta, log: Log): Steps {
    const replies: Reply[] = [];
    for (;;) {
      const attempt = this.#attempt(atomic, meta, replies);
      if (attempt.pause === undefined) {
        log.ran.push(...attempt.log.ran);
        return attempt.ending;
      }
      replies.push(yield attempt.pause);
    }
  }

  #attempt(
    atomic: Atomic,
    meta: Meta,
    replies: readonly Reply[],
  ): { readonly log: Log; readonly ending: Ending; readonly pause?: Pause } {
    const transaction = this.#context.tree.transaction();
    const log = newLog();
    const given = replies.values();
    for (const [index, command] of atomic.commands.entries()) {
      const steps = ATOMIC_COMMANDS.has(command.kind)
        ? this.#run(command, meta, 'Atomic', log)
        : this.#forbidden(command, log);
      let step = steps.next();
      while (!step.done) {
        const reply = given.next();
        if (reply.done) {
          transaction.rollback();
          return { log, ending: 'failed', pause: step.value };
        }
        step = steps.next(reply.value);
      }
      if (step.value === 'done') continue;
      transaction.rollback();
      const failed = rolledBack(atomic, log, atomic.commands.slice(index + 1));
      return { log: failed, ending: step.value === 'cancelled' ? 'cancelled' : 'failed' };
    }
    transaction.commit();
    return { log: { ...log, ran: [whole(atomic, 200), ...log.ran] }, ending: 'done' };
  }

  // biome-ignore lint/correctness/useYield: a command that is refused waits for nobody.
  *#forbidden(command: Command, log: Log): Steps {
    return refuse(log, command, command.kind === 'Unknown' ? 501 : 500);
  }
}

function endingOf(status: number): Ending {
  if (status === 304) return 'rejected';
  if (status === 214 || status === 408) return 'cancelled';
  return status >= 300 ? 'failed' : 'done';
}

/** Nothing of it is run. OMA-DMREPPRO 4.1.6: what is inside a refused container was not executed. */
function refuse(log: Log, command: Command, code: number): Ending {
  log.ran.push(whole(command, code));
  return code >= 300 ? 'failed' : 'done';
}

function whole(command: Command, code: number): Log['ran'][number] {
  return { command, runs: [{ code }], isRun: false };
}
