/**
 * The life of an operation: from the wish to an end that is never changed. Pure; the session and the queue use it.
 *
 * The pair (attempt, state) only moves forward: a session that broke off before anything was in doubt begins the
 * next attempt, and nothing else ever goes back.
 */
import assert from 'node:assert';
import type { Instant } from '@ueprov/protocols';
import { statusText } from '@ueprov/protocols/syncml';
import type { CommandRecord, OperationRecord, OperationState } from '../store/operation-record.ts';

export type OperationEvent =
  /** Package #0 is on its way. */
  | 'woken'
  /** A session begins to carry it out. */
  | 'taken'
  /** A command was accepted (202); Alert 1226 will tell its end. */
  | 'accepted'
  /** The session broke off, and it is sure that nothing was done that is not known. */
  | 'interrupted'
  | 'succeeded'
  | 'failed'
  /** Something may have been done, and nobody knows. */
  | 'lost'
  | 'cancelled'
  | 'lapsed';

/** An event absent from a row cannot occur in it. */
export const TRANSITIONS: Readonly<
  Record<OperationState, Partial<Record<OperationEvent, OperationState>>>
> = {
  queued: { woken: 'woken', taken: 'in-session', cancelled: 'cancelled', lapsed: 'expired' },
  woken: { taken: 'in-session', cancelled: 'cancelled', lapsed: 'expired' },
  'in-session': {
    accepted: 'running',
    interrupted: 'queued',
    succeeded: 'succeeded',
    failed: 'failed',
    lost: 'unknown',
  },
  running: { succeeded: 'succeeded', failed: 'failed', lost: 'unknown', lapsed: 'unknown' },
  succeeded: {},
  failed: {},
  cancelled: {},
  expired: {},
  unknown: {},
};

/** Sessions that may break off under an operation before it is given up. */
export const ATTEMPTS_MAX = 3;

export function isEnded(state: OperationState): boolean {
  return Object.keys(TRANSITIONS[state]).length === 0;
}

export function allows(operation: OperationRecord, event: OperationEvent): boolean {
  return TRANSITIONS[operation.state][event] !== undefined;
}

/** `reason` replaces the one of before; without it there is none. */
export function moved(
  operation: OperationRecord,
  event: OperationEvent,
  now: Instant,
  more: { readonly reason?: string; readonly session?: string } = {},
): OperationRecord {
  const state = TRANSITIONS[operation.state][event];
  assert(state !== undefined, `${event} in ${operation.state}`);
  const { reason: _, ...rest } = operation;
  return {
    ...rest,
    state,
    ...more,
    ...(isEnded(state) && { finishedAt: now }),
  };
}

/** What is to be stored where `before` is: the store takes nothing else for it. */
export function following(before: OperationRecord, after: OperationRecord): OperationRecord {
  return { ...after, version: before.version + 1 };
}

/** To where its commands lead, once none of them is waiting or unanswered. */
export function settled(operation: OperationRecord, now: Instant): OperationRecord {
  const { commands } = operation;
  if (commands.some(({ state }) => state === 'running')) {
    if (operation.state === 'running') return operation;
    return moved(operation, 'accepted', now, {
      reason: 'The device accepted it (202), and will tell when it has ended.',
    });
  }
  const silent = commands.find((command) => isInDoubt(command));
  if (silent !== undefined) {
    return moved(operation, 'lost', now, { reason: `${silent.uri}: the device said nothing.` });
  }
  const refused = commands.filter((command) => !isDone(command));
  const [first] = refused;
  if (first === undefined) return moved(operation, 'succeeded', now);
  const more = refused.length > 1 ? `, and ${refused.length - 1} more` : '';
  return moved(operation, 'failed', now, { reason: `${wordsOf(first)}${more}.` });
}

/**
 * What becomes of it when its session breaks off. What was never sent, and what only reads, may be sent again;
 * a change that was sent and not answered may have been made.
 */
export function interrupted(
  operation: OperationRecord,
  now: Instant,
  why: string,
): OperationRecord {
  const doubtful = operation.commands.find(
    (command) => command.state === 'sent' && !isReading(command),
  );
  if (doubtful !== undefined) {
    const reason = `${why} after ${doubtful.uri} was sent: it may have been done.`;
    return moved(operation, 'lost', now, { reason });
  }
  if (operation.attempt >= ATTEMPTS_MAX) {
    const reason = `${why}, ${ATTEMPTS_MAX} times: it is not tried again.`;
    return moved(operation, 'failed', now, { reason });
  }
  const commands = operation.commands.map((command) =>
    command.state === 'sent' ? ({ ...command, state: 'waiting' } as const) : command,
  );
  const again = moved(operation, 'interrupted', now, { reason: `${why}; it is tried again.` });
  return { ...again, commands, attempt: operation.attempt + 1 };
}

/** A command that changes nothing on the device. */
export function isReading({ kind, value }: Pick<CommandRecord, 'kind' | 'value'>): boolean {
  return kind === 'get' || kind === 'list' || (kind === 'acl' && value === undefined);
}

/** Whether a change was sent, and the device finished its package without a word about it. */
function isInDoubt(command: CommandRecord): boolean {
  return command.status === undefined && !isReading(command);
}

/** OMA-DMREPPRO 5.3: of the 2xx these say that it was not done, or taken back. */
const NOT_DONE: ReadonlySet<number> = new Set([213, 214, 215, 216]);

export function isDone({ status, outcome }: Pick<CommandRecord, 'status' | 'outcome'>): boolean {
  if (status === undefined || status < 200 || status > 299 || NOT_DONE.has(status)) return false;
  return outcome === undefined || isSuccess(outcome);
}

/** Result codes of management objects: 2xx of FUMO, 12xx of SCOMO. */
function isSuccess(outcome: number): boolean {
  return Math.floor((outcome % 1000) / 100) === 2;
}

function wordsOf({ uri, status, outcome }: CommandRecord): string {
  if (status === undefined) return `${uri} was not answered`;
  if (outcome !== undefined) return `${uri} ended with ${outcome}`;
  return `${uri} was answered ${status} ${statusText(status)}`;
}
