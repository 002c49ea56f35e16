/** Which Status answers which command of a trace. OMA-DMREPPRO 6.4.4 and 6.5.22: MsgRef and CmdRef, TargetRef if several. */
import type { Command, Status, SyncML } from '@ueprov/protocols/syncml';

export interface Answer {
  readonly status: Status;
  /** The trace's number of the message that carries it. */
  readonly answeredIn: number;
}

/** The Statuses for one message of a trace. */
export type AnswersTo = (CmdID: string, uri?: string) => Answer | undefined;

interface Spoken {
  readonly from: string;
  readonly MsgID: string;
  readonly number: number;
  readonly answers: Map<string, Answer[]>;
}

export class Answers {
  readonly #spoken: Spoken[] = [];

  /** Messages are added in order of time: a Status answers the last message of that MsgID from the other side. */
  add(message: SyncML, from: string, number: number): void {
    const { MsgID } = message.SyncHdr;
    for (const command of everyCommand(message.SyncBody.commands)) {
      if (command.kind !== 'Status') continue;
      const asked = this.#spoken.findLast(
        (other) => other.from !== from && other.MsgID === command.MsgRef,
      );
      if (asked === undefined) continue;
      const list = asked.answers.get(command.CmdRef) ?? [];
      list.push({ status: command, answeredIn: number });
      asked.answers.set(command.CmdRef, list);
    }
    this.#spoken.push({ from, MsgID, number, answers: new Map() });
  }

  to(from: string, number: number): AnswersTo {
    const spoken = this.#spoken.find((each) => each.number === number && each.from === from);
    return (CmdID, uri) => {
      const list = spoken?.answers.get(CmdID) ?? [];
      const named = list.find(({ status }) => uri !== undefined && refersTo(status, uri));
      return named ?? list.find(({ status }) => isForAll(status)) ?? onlyOf(list);
    };
  }
}

export function* everyCommand(commands: readonly Command[]): Generator<Command> {
  for (const command of commands) {
    yield command;
    if (command.kind === 'Atomic' || command.kind === 'Sequence') {
      yield* everyCommand(command.commands);
    }
  }
}

function refersTo({ TargetRef, SourceRef }: Status, uri: string): boolean {
  return TargetRef.includes(uri) || SourceRef.includes(uri);
}

/** Without TargetRef a Status is about all items of its command. */
function isForAll({ TargetRef, SourceRef }: Status): boolean {
  return TargetRef.length === 0 && SourceRef.length === 0;
}

/** One Status for one command, however it spells the address. */
function onlyOf(list: readonly Answer[]): Answer | undefined {
  return list.length === 1 ? list[0] : undefined;
}
