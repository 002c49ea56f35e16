/**
 * The commands of one server message, carried out on the management tree in the order in which they stand.
 *
 * OMA-DMREPPRO 6 (what each command does), OMA-DMPRO 8.4 (package #3: a Status each, then the Results).
 * Used by the client engine, once the server has proved who it is.
 */
import type { Instant } from '../engine.ts';
import type {
  Alert,
  Command,
  CommandName,
  Data,
  Exec,
  Get,
  Item,
  Meta,
  Sequence,
} from '../syncml/message.ts';
import { type Draft, draftSize } from './packages-draft.ts';
import {
  carried,
  commandStatus,
  itemStatuses,
  metaOf,
  refuseAll,
  type StatusDraft,
} from './packages-status.ts';
import type { NodeView, Tree } from './tree/tree.ts';

export type ResultsDraft = Extract<Draft, { kind: 'Results' }>;

export type CommandEffect =
  /** One per Item that was tried on the tree. */
  | {
      readonly kind: 'executed';
      readonly name: CommandName;
      readonly uri: string;
      readonly status: number;
    }
  /** An action to perform; it was answered 202, and its end is told by an Alert 1226 with this Correlator. */
  | {
      readonly kind: 'exec';
      readonly uri: string;
      readonly Data?: Data;
      readonly Correlator?: string;
    };

export interface CommandContext {
  readonly tree: Tree;
  /** [R-6.8.4-1] Who asks: every command goes to the tree in this name, and its ACLs decide. */
  readonly ServerID: string;
  /** Of the message that holds the commands. */
  readonly MsgID: string;
  /** The largest object that we take. */
  readonly MaxObjSize: number;
  /** The largest Results that the server takes in one message. */
  readonly resultsSizeMax: number;
  readonly now: Instant;
}

/** OMA-DMREPPRO 6: commands of SyncML that DM leaves out, as opposed to names that nobody knows. */
const UNUSED_COMMANDS: ReadonlySet<string> = new Set(['Put', 'Search', 'Sync', 'Map', 'Move']);

type ItemCommand = Exclude<Extract<Command, { Items: readonly Item[] }>, { kind: 'Status' }>;

export class CommandRun {
  readonly statuses: StatusDraft[] = [];
  readonly results: ResultsDraft[] = [];
  readonly effects: CommandEffect[] = [];
  readonly #context: CommandContext;
  readonly #seen = new Set<string>();

  constructor(commands: readonly Command[], context: CommandContext) {
    this.#context = context;
    // OMA-DMPRO 8.5: order is free outside Sequence and Atomic; as they stand is the safe choice.
    for (const command of commands) this.#run(command, undefined);
  }

  /** [R-6.8.2-1] What OMA-DMREPPRO makes mandatory for a client is run; the options left out answer 406. */
  #run(command: Command, outer: Meta | undefined): void {
    switch (command.kind) {
      case 'Status':
        break;
      case 'Add':
      case 'Replace':
      case 'Delete':
      case 'Get':
      case 'Exec':
        if (this.#isFirstWithId(command)) this.#runItems(command, metaOf(outer, command.Meta));
        else this.#refuse(command, 400);
        break;
      case 'Sequence':
        if (this.#isFirstWithId(command)) this.#runSequence(command, outer);
        else this.#refuse(command, 400);
        break;
      default:
        this.#refuse(command, this.#isFirstWithId(command) ? refusalCode(command) : 400);
    }
  }

  /** OMA-DMREPPRO 6.6.12: 200 as soon as it begins; what is in it is answered by itself, in order. */
  #runSequence(sequence: Sequence, outer: Meta | undefined): void {
    this.statuses.push(commandStatus(this.#context.MsgID, sequence, 200));
    for (const command of sequence.commands) {
      if (command.kind === 'Sequence') this.#refuse(command, 500);
      else this.#run(command, metaOf(outer, sequence.Meta));
    }
  }

  #runItems(command: ItemCommand, meta: Meta): void {
    // OMA-DMREPPRO 10: 412 for a command that lacks its Items.
    if (command.Items.length === 0) this.#refuse(command, 412);
    const results: ResultsDraft[] = [];
    const codes = command.Items.map((item) => {
      const uri = (item.Target ?? item.Source)?.LocURI;
      if (uri === undefined) return 400;
      const status = this.#runItem(command, uri, item, metaOf(meta, item.Meta), results);
      this.effects.push({ kind: 'executed', name: command.kind, uri, status });
      return status;
    });
    this.statuses.push(...itemStatuses(this.#context.MsgID, command, codes));
    this.results.push(...results);
  }

  #runItem(
    command: ItemCommand,
    uri: string,
    item: Item,
    meta: Meta,
    results: ResultsDraft[],
  ): number {
    const { tree, ServerID, now } = this.#context;
    switch (command.kind) {
      case 'Get':
        return this.#get(command, uri, results);
      case 'Exec':
        return this.#exec(command, uri, item);
      case 'Delete':
        return codeOfOutcome(tree.delete(uri, ServerID, now));
      case 'Add':
      case 'Replace': {
        // Objects in chunks are not taken, and none that is larger than what was stated.
        if (item.MoreData || this.#isTooLarge(item)) return 413;
        const { Format, Type } = meta;
        const value = {
          ...(Format !== undefined && { Format }),
          ...(Type !== undefined && { Type }),
          ...(item.Data !== undefined && { Data: item.Data }),
        };
        return codeOfOutcome(
          command.kind === 'Add'
            ? tree.add(uri, value, ServerID, now)
            : tree.replace(uri, value, ServerID, now),
        );
      }
      default:
        return 405;
    }
  }

  #get(get: Get, uri: string, results: ResultsDraft[]): number {
    const { tree, ServerID, MsgID, resultsSizeMax } = this.#context;
    const found = tree.get(uri, ServerID);
    if (!found.ok) return found.status;
    const draft: ResultsDraft = {
      kind: 'Results',
      MsgRef: MsgID,
      CmdRef: get.CmdID,
      Items: [resultItem(uri, found.value)],
    };
    // OMA-DMPRO 8.2: what does not fit into a message of the server cannot be returned.
    if (draftSize(draft) > resultsSizeMax) return 413;
    results.push(draft);
    return 200;
  }

  #exec(exec: Exec, uri: string, item: Item): number {
    const allowed = this.#context.tree.exec(uri, this.#context.ServerID);
    if (!allowed.ok) return allowed.status;
    this.effects.push({
      kind: 'exec',
      uri,
      ...(item.Data !== undefined && { Data: item.Data }),
      ...(exec.Correlator !== undefined && { Correlator: exec.Correlator }),
    });
    // OMA-DMREPPRO 6.6.5: accepted; how it ends is told by Alert 1226.
    return 202;
  }

  #isTooLarge({ Data }: Item): boolean {
    return Data !== undefined && Buffer.byteLength(Data) > this.#context.MaxObjSize;
  }

  /** RepPro 1.2.2 CmdID: never "0", unique in its message; what breaks this cannot be referred to. */
  #isFirstWithId({ CmdID }: Command): boolean {
    if (CmdID === '' || CmdID === '0' || this.#seen.has(CmdID)) return false;
    this.#seen.add(CmdID);
    return true;
  }

  /** Nothing of it is run. OMA-DMREPPRO 4.1.6: what is inside a refused container was not executed. */
  #refuse(command: Command, code: number): void {
    const { MsgID } = this.#context;
    this.statuses.push(commandStatus(MsgID, command, code));
    if (command.kind === 'Atomic' || command.kind === 'Sequence') {
      this.statuses.push(...refuseAll(MsgID, command.commands, 215));
    }
  }
}

/** OMA-DMREPPRO 4.1.6 and 10: why a command is not run at all. */
function refusalCode(command: Command): number {
  switch (command.kind) {
    case 'Alert':
      return alertCode(command);
    case 'Results':
      return 405;
    case 'Unknown':
      return UNUSED_COMMANDS.has(command.name) ? 406 : 501;
    default:
      return 406;
  }
}

/** OMA-DMPRO 8.5: the node's address as it was asked for; Meta only where it is not the default. */
function resultItem(uri: string, { Format, Type, Data }: NodeView): Item {
  const value = carried(Format, Data);
  const Meta = {
    ...(value.Format !== undefined && value.Format !== 'chr' && { Format: value.Format }),
    ...(Type !== '' && Type !== 'text/plain' && { Type }),
  };
  const hasMeta = Object.keys(Meta).length > 0;
  return { Source: { LocURI: uri }, ...(hasMeta && { Meta }), Data: value.Data };
}

/** [R-6.8.1-4] OMA-DMREPPRO 4.2: 1222 asks for the next message; no user is here to be asked (1100 to 1104). */
function alertCode(alert: Alert): number {
  return alert.Data === '1222' ? 200 : 406;
}

function codeOfOutcome(outcome: { ok: true } | { ok: false; status: number }): number {
  return outcome.ok ? 200 : outcome.status;
}

/** Whether a message asks for anything: what a silent end of the session depends on. */
export function hasCommands(commands: readonly Command[]): boolean {
  return commands.some(({ kind }) => kind !== 'Status');
}
