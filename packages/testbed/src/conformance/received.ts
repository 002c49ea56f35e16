/** A message of the peer with the transport's words around it, and the questions that cases ask of it. */
import type { Command, Encoding, Results, Status, SyncML } from '@ueprov/protocols/syncml';
import { Violation } from './case.ts';

export interface Received {
  readonly message: SyncML;
  readonly encoding: Encoding;
  readonly bytes: Uint8Array;
  /** Method and target of a request, or the status of an answer. */
  readonly line: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export function statusesOf({ message }: Pick<Received, 'message'>): readonly Status[] {
  return message.SyncBody.commands.filter((command) => command.kind === 'Status');
}

export function resultsOf({ message }: Pick<Received, 'message'>): readonly Results[] {
  return message.SyncBody.commands.filter((command) => command.kind === 'Results');
}

/** What asks for something: everything but Status and Results. */
export function commandsOf({ message }: Pick<Received, 'message'>): readonly Command[] {
  return message.SyncBody.commands.filter(({ kind }) => kind !== 'Status' && kind !== 'Results');
}

/** The Status for the SyncHdr of a message. */
export function headerStatusOf(received: Pick<Received, 'message'>): Status | undefined {
  return statusesOf(received).find(({ CmdRef, Cmd }) => CmdRef === '0' || Cmd === 'SyncHdr');
}

/** Its code; a message without one is a violation. */
export function headerCode(received: Pick<Received, 'message'>): string {
  const status = headerStatusOf(received);
  if (status === undefined) throw new Violation('the message has no Status for the SyncHdr');
  return status.Data;
}

export function hasAlert(received: Pick<Received, 'message'>, code: string): boolean {
  return received.message.SyncBody.commands.some(
    (command) => command.kind === 'Alert' && command.Data === code,
  );
}
