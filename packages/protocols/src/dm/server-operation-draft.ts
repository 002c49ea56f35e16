/**
 * The command that an operation becomes, and what is known of it before it is sent.
 *
 * OMA-DMREPPRO 6. Used by server-operations.ts.
 */
import type { Command, Item } from '../syncml/message.ts';
import { objectSize } from './packages-chunk.ts';
import type { Draft } from './packages-draft.ts';
import { carried } from './packages-status.ts';
import type { Operation, SessionOperation } from './server-interface.ts';
import { answerTimeoutMs, questionAlert } from './user-interaction.ts';

/** CmdIDs of what is in a container are given with its own. */
export function draftOf(operation: SessionOperation): Draft {
  switch (operation.kind) {
    case 'Ask':
      return questionAlert(operation.question);
    case 'Atomic':
    case 'Sequence': {
      const commands = operation.operations.map(
        (member) => ({ ...draftOf(member), CmdID: '' }) as Command,
      );
      return { kind: operation.kind, commands };
    }
    default:
      return itemDraft(operation);
  }
}

/** The operation, and after it what it contains: each gets a Status of its own. */
export function membersOf(operation: SessionOperation): readonly SessionOperation[] {
  return 'operations' in operation
    ? [operation, ...operation.operations.flatMap(membersOf)]
    : [operation];
}

/** In bytes as carried. */
export function largestObject(operation: SessionOperation): number {
  const sizes = membersOf(operation).map((member) => {
    if (!('Data' in member) || member.Data === undefined) return 0;
    return objectSize(carried(undefined, member.Data).Data);
  });
  return Math.max(...sizes);
}

/** OMA-DMPRO 10: how long the users of these operations may take. */
export function patienceMs(operations: readonly SessionOperation[]): number {
  const questions = operations.flatMap(membersOf).filter((member) => member.kind === 'Ask');
  return questions.reduce((sum, { question }) => sum + answerTimeoutMs(question), 0);
}

function itemDraft(operation: Operation): Draft {
  const { kind, uri, Format, Type, Data } = operation;
  const Target = { LocURI: uri };
  if (kind === 'Get' || kind === 'Delete') return { kind, Items: [{ Target }] };
  if (kind === 'Copy') {
    return { kind, Items: [{ Target, Source: { LocURI: operation.source ?? '' } }] };
  }
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
  const { Correlator } = operation;
  if (kind !== 'Exec' || Correlator === undefined) return { kind, Items: [item] };
  return { kind, Correlator, Items: [item] };
}
