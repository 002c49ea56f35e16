/**
 * The words of a run through a server message: what it works on, what it waits for, what it tells the shell.
 *
 * Used by client-commands.ts and by the client engine.
 */
import type { Command, CommandName, Data, Item } from '../syncml/message.ts';
import type { TreeAccess } from './client-items.ts';
import type { ObjectReader } from './packages-object.ts';
import type { Question, Reply } from './user-interaction.ts';

export type CommandEffect =
  /** One per Item that was tried on the tree. */
  | {
      readonly kind: 'executed';
      readonly name: CommandName;
      readonly uri: string;
      readonly status: number;
    }
  | ExecOrder;

/**
 * An action to perform. Where actions are awaited, an input `executed` answers it; else it was answered 202, and its
 * end is told by an Alert 1226 with this Correlator.
 */
export interface ExecOrder {
  readonly kind: 'exec';
  readonly uri: string;
  readonly Data?: Data;
  readonly Correlator?: string;
}

/** Who has to be waited for. */
export type Pause = ExecOrder | { readonly kind: 'ask'; readonly question: Question };

/** How a command ended, as far as the commands after it care. */
export type Ending = 'done' | 'failed' | 'rejected' | 'cancelled';

export type Steps = Generator<Pause, Ending, Reply>;

export type ItemCommand = Exclude<
  Extract<Command, { Items: readonly Item[] }>,
  { kind: 'Status' | 'Results' | 'Alert' }
>;

export interface CommandContext extends TreeAccess {
  readonly objects: ObjectReader;
  /** Whether the message has Final. */
  readonly isFinal: boolean;
  /** Whether there is somebody to ask. */
  readonly hasUser: boolean;
  readonly isExecAwaited: boolean;
}

/** [REPPRO 6.1.4-2] Never "0", unique in its message; what breaks this cannot be referred to. */
export function repeatedCommands(commands: readonly Command[]): ReadonlySet<Command> {
  const seen = new Set(['', '0']);
  const repeated = new Set<Command>();
  const visit = (command: Command): void => {
    if (command.kind === 'Status') return;
    if (seen.has(command.CmdID)) repeated.add(command);
    seen.add(command.CmdID);
    if ('commands' in command) command.commands.forEach(visit);
  };
  commands.forEach(visit);
  return repeated;
}
