/**
 * Refusals that the session itself made good: a Replace of a node that is not there is answered 404, and
 * the Add that follows is accepted. They are shown as they were, but they are no failure of the session.
 */
import type { TracedCommand, TracedMessage } from '@ueprov/provisioning-server/api';
import { isAnswer, isFailed, isSuccess } from './status.ts';

/** Refused commands, each with the number of the later message whose command on the same node was accepted. */
export type LaterAccepted = ReadonlyMap<TracedCommand, number>;

export function laterAccepted(trace: readonly TracedMessage[]): LaterAccepted {
  const made = new Map<TracedCommand, number>();
  const accepted = new Map<string, number>();
  for (let index = trace.length - 1; index >= 0; index--) {
    const message = trace[index];
    const asked = message?.commands.filter((command) => !isAnswer(command)) ?? [];
    for (const command of asked) {
      const by = command.uri === null ? undefined : accepted.get(`${message?.from} ${command.uri}`);
      if (isFailed(command) && by !== undefined) made.set(command, by);
    }
    for (const { kind, uri, status } of asked) {
      // Reading a node does not make good that it could not be written.
      if (kind === 'Get' || uri === null || status === null || !isSuccess(status)) continue;
      accepted.set(`${message?.from} ${uri}`, index + 1);
    }
  }
  return made;
}

/** Commands of a message that were refused and stayed so. */
export function refusedForGood(message: TracedMessage, made: LaterAccepted): number {
  return message.commands.filter((command) => isFailed(command) && !made.has(command)).length;
}
