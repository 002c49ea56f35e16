/**
 * The DM server of one session: authenticates the client, carries out operations, ends.
 *
 * OMA-DMPRO 8 and 9, RepPro 1.2.2. Used by the Provisioning Server: each message of the client gives one reply.
 * A message that cannot belong to the session throws ProtocolError and changes nothing. [R-6.2.3-1] [R-6.7-12]
 */
import assert from 'node:assert';
import type { Engine, Instant, Timeout } from '../engine.ts';
import { ProtocolError } from '../error.ts';
import type { SyncHdr, SyncML } from '../syncml/message.ts';
import { Timers } from '../timers.ts';
import type { MacOf, ReceivedProof } from './auth-hmac.ts';
import { Prover, type ProverEvent } from './auth-prover.ts';
import { type Verdict, Verifier } from './auth-verifier.ts';
import { MESSAGES_MAX, messageNumber, VERSIONS, versionMismatch } from './packages.ts';
import { type Draft, draftsSize, frameSize, numbered } from './packages-draft.ts';
import { ObjectReader } from './packages-object.ts';
import {
  codeOf,
  findHeaderStatus,
  headerStatus,
  inOrder,
  isAlert,
  refuseAll,
  type StatusDraft,
} from './packages-status.ts';
import { takeClientCommands } from './server-commands.ts';
import {
  type DmServerEffect,
  type DmServerEvent,
  type DmServerInput,
  type DmServerOptions,
  type DmServerResult,
  type DmServerState,
  type OperationResult,
  SERVER_TRANSITIONS,
  type SessionOperation,
  UNANSWERED,
} from './server-interface.ts';
import { type ReadObjects, readObjects } from './server-objects.ts';
import { Operations } from './server-operations.ts';

/** OMA-DMPRO names no timers: how long a client may stay away before its session is given up. */
export const SILENCE_TIMEOUT_MS = 60_000;

const RESULT_OF: Readonly<Partial<Record<DmServerEvent, DmServerResult>>> = {
  finished: 'completed',
  aborted: 'aborted',
  unauthenticated: 'unauthenticated',
  timeout: 'timeout',
};

/** A message and what answered it, for the case that it comes again. */
interface Exchange {
  readonly number: number;
  readonly received: SyncML;
  reply?: { readonly message: SyncML; readonly mac?: MacOf };
}

const NEXT_MESSAGE: Draft = { kind: 'Alert', Data: '1222', Items: [] };
const SESSION_ABORT: Draft = { kind: 'Alert', Data: '1223', Items: [] };

export class DmServer implements Engine<DmServerInput, DmServerEffect> {
  readonly #options: DmServerOptions;
  readonly #prover: Prover;
  readonly #verifier: Verifier;
  readonly #timers = new Timers<'silence'>();
  readonly #operations = new Operations();
  readonly #objects: ObjectReader;
  #state: DmServerState = 'Setup';
  #SessionID: string | undefined;
  #DevId = '';
  #MsgID = 0;
  #last: Exchange | undefined;
  #limits: { readonly MaxMsgSize: number; readonly MaxObjSize: number };
  /** What the next reply begins with, while the caller makes up its mind. */
  #head: readonly Draft[] = [];
  #abortReason = '';

  constructor(options: DmServerOptions) {
    this.#options = options;
    this.#limits = { MaxMsgSize: options.MaxMsgSize, MaxObjSize: Number.MAX_SAFE_INTEGER };
    this.#objects = new ObjectReader(options.MaxObjSize);
    this.#prover = new Prover(options.account?.SRVCRED, options.minimumScheme);
    this.#verifier = new Verifier({
      ...(options.minimumScheme !== undefined && { minimumScheme: options.minimumScheme }),
      credential: options.account?.CLCRED,
      random: options.random,
      ...(options.challengesMax !== undefined && { challengesMax: options.challengesMax }),
      ...(options.decoyScheme !== undefined && { decoyScheme: options.decoyScheme }),
      isTransportAuthenticated: options.isTransportAuthenticated ?? false,
    });
  }

  get state(): DmServerState {
    return this.#state;
  }

  get deadline(): Instant | undefined {
    return this.#timers.deadline;
  }

  /** Operations of which nothing, or not the end, is in a message yet: the device cannot have carried them out. */
  get unsent(): readonly string[] {
    return this.#operations.unsent;
  }

  step(input: DmServerInput | Timeout, now: Instant): DmServerEffect[] {
    switch (input.kind) {
      case 'message':
        return this.#receive(input.message, input.proof, now);
      case 'operations':
        return this.#begin(input.operations, now);
      case 'abort':
        return this.#abortNow(input.reason, now);
      case 'timeout':
        return this.#timers.expire(now).flatMap(() => this.#end('timeout', 'no next message'));
    }
  }

  /** Whether somebody else than the proven client must have sent this: with hmac alone it can be told. */
  isForeign(hdr: SyncHdr, proof: ReceivedProof): boolean {
    return this.#verifier.isForeign(hdr, proof);
  }

  #receive(message: SyncML, proof: ReceivedProof | undefined, now: Instant): DmServerEffect[] {
    const number = this.#numberOf(message);
    if (this.#last !== undefined && number <= this.#last.number) {
      return this.#repeat(this.#last, message, number);
    }
    if (this.#state === 'Ended') throw new ProtocolError('DM_SESSION_OVER', 'the session is over');
    if (this.#state === 'Ready') throw new ProtocolError('DM_MSGID', 'no reply has gone out yet');
    const { SyncHdr } = message;
    this.#SessionID = SyncHdr.SessionID;
    this.#DevId = SyncHdr.Source.LocURI;
    this.#last = { number, received: message };
    const mismatch = versionMismatch(SyncHdr);
    if (mismatch !== undefined) {
      const status = headerStatus(SyncHdr, mismatch.code, undefined, mismatch.items);
      return this.#replyAndEnd([status], 'aborted', 'version', now);
    }
    const { Meta } = SyncHdr;
    // [REPPRO 6.4-3]
    this.#limits = {
      // Interop 7: AOSP takes our own MaxMsgSize for the limit of what it receives.
      MaxMsgSize: Math.min(Meta?.MaxMsgSize ?? this.#limits.MaxMsgSize, this.#options.MaxMsgSize),
      MaxObjSize: Meta?.MaxObjSize ?? this.#limits.MaxObjSize,
    };
    return this.#authenticate(message, proof, now);
  }

  /** [REPPRO 6.1.18-1] One SessionID and one Source per session, and MsgIDs that grow. */
  #numberOf({ SyncHdr }: SyncML): number {
    const number = messageNumber(SyncHdr.MsgID);
    if (number === undefined) throw new ProtocolError('DM_MSGID', 'MsgID is no number from 1');
    const isForeign =
      this.#SessionID !== undefined &&
      (this.#SessionID !== SyncHdr.SessionID || this.#DevId !== SyncHdr.Source.LocURI);
    if (isForeign) {
      throw new ProtocolError('DM_SESSION_FOREIGN', 'SessionID or Source of another session');
    }
    return number;
  }

  /** [SYNCHTTP 5.1.5-1] A message that comes again, to the letter, has the same answer; nothing is done twice. */
  #repeat(last: Exchange, message: SyncML, number: number): DmServerEffect[] {
    if (number < last.number || !isSameMessage(last.received, message)) {
      throw new ProtocolError('DM_MSGID', 'MsgID was used before');
    }
    return last.reply === undefined ? [{ kind: 'ready' }] : [{ kind: 'reply', ...last.reply }];
  }

  #authenticate(
    message: SyncML,
    received: ReceivedProof | undefined,
    now: Instant,
  ): DmServerEffect[] {
    const { SyncHdr, SyncBody } = message;
    const wasProven = this.#verifier.state === 'Proven' && this.#MsgID > 0;
    const verdict = this.#verifier.check(SyncHdr, received);
    const head = headerStatus(SyncHdr, verdict.code, verdict.chal);
    if (verdict.kind !== 'proven') return this.#challenge(message, verdict, head, now);
    const DevId = SyncHdr.Source.LocURI;
    const { scheme } = this.#verifier;
    const proven: DmServerEffect[] = wasProven ? [] : [{ kind: 'authenticated', scheme, DevId }];
    if (this.#MsgID >= MESSAGES_MAX) {
      return [...proven, ...this.#abort(head, 'aborted', 'too many messages', now)];
    }
    const status = findHeaderStatus(message, String(this.#MsgID));
    const proof = status === undefined ? '200' : this.#prover.take(codeOf(status), status.Chal);
    if (proof === 'refusal') {
      const isAboutUs = status?.Data === '401' || status?.Data === '407';
      const result = isAboutUs ? 'unauthenticated' : 'aborted';
      const reason = `the client answered ${status?.Data}`;
      return [...proven, ...this.#abort(head, result, reason, now)];
    }
    const taken = [...proven, ...this.#take(message, head, proof)];
    if (SyncBody.commands.some((command) => isAlert(command, '1223'))) {
      const reason = 'the client aborted the session';
      return [...taken, ...this.#replyAndEnd(this.#head, 'aborted', reason, now)];
    }
    if (this.#state === 'Aborting') return [...taken, ...this.#abortNow(this.#abortReason, now)];
    return [...taken, ...this.#continue(message, now)];
  }

  /** OMA-DMPRO 9.2.2: a Status for everything, nothing done, no Cred of ours, equal for known and unknown. */
  #challenge(
    { SyncHdr, SyncBody }: SyncML,
    verdict: Verdict,
    head: Draft,
    now: Instant,
  ): DmServerEffect[] {
    const drafts = [head, ...refuseAll(SyncHdr.MsgID, SyncBody.commands, verdict.code)];
    if (verdict.kind === 'exhausted') {
      const reason = 'the client did not prove itself';
      return this.#replyAndEnd(drafts, 'unauthenticated', reason, now);
    }
    this.#fire('challenged');
    return this.#reply(drafts, true, now);
  }

  /** What the client tells: answers to operations, Alerts, DevInfo. Leaves the Statuses for it in `#head`. */
  #take(message: SyncML, head: StatusDraft, proof: ProverEvent): DmServerEffect[] {
    const { SyncHdr, SyncBody } = message;
    // [DMSEC 5.3-3] Who gave it has proved itself, and may have no turn to say that it was met.
    const effects: DmServerEffect[] = [...this.#nonceForUs()];
    // OMA-DMPRO 9.2.3: the client ran none of our commands; their Statuses only say so.
    if (proof === 'challenge') this.#operations.repeat();
    const read = readObjects(this.#objects, SyncHdr.MsgID, SyncBody.commands, SyncBody.Final);
    if (proof !== 'challenge') effects.push(...this.#results(read));
    const accept = this.#options.acceptAlert ?? (() => true);
    const taken = takeClientCommands(SyncHdr.MsgID, read, accept);
    const statuses = inOrder([...taken.statuses, ...read.statuses], SyncBody.commands);
    this.#head = [head, ...statuses, ...read.alerts];
    return [...effects, ...taken.effects];
  }

  /** What the device answered to operations, in its order. */
  #results({ commands, spoilt }: ReadObjects): DmServerEffect[] {
    const results = commands.flatMap((command): OperationResult[] => {
      if (command.kind === 'Status') return this.#operations.answer(command);
      if (command.kind === 'Results') return this.#operations.value(command);
      // OMA-DMPRO 7: the device did not see the end of our object.
      return isAlert(command, '1225') ? this.#operations.dropObject(UNANSWERED) : [];
    });
    const lost = spoilt.flatMap(({ results, code }) => this.#operations.spoil(results, code));
    return [...results, ...lost];
  }

  #nonceForUs(): DmServerEffect[] {
    const nonce = this.#prover.takeNonce();
    return nonce === undefined ? [] : [{ kind: 'nonce', level: 'SRVCRED', nonce }];
  }

  #continue({ SyncBody }: SyncML, now: Instant): DmServerEffect[] {
    if (this.#operations.object === 'wanted') return this.#sendOperations(now);
    const isWaited = this.#state !== 'Object' || this.#operations.object === 'unanswered';
    if (!SyncBody.Final && isWaited) {
      // [DMPRO 6-1] [DMPRO 6-3] Next Message, without Final and without any other command.
      this.#fire('incomplete');
      return this.#reply([...this.#head, NEXT_MESSAGE], false, now);
    }
    const settled = this.#operations.settle();
    if (this.#operations.isWaiting) return [...settled, ...this.#sendOperations(now)];
    this.#fire('complete');
    this.#timers.set('silence', now + SILENCE_TIMEOUT_MS);
    return [...settled, { kind: 'ready' }];
  }

  #begin(operations: readonly SessionOperation[], now: Instant): DmServerEffect[] {
    assert(this.#state === 'Ready', 'operations are given after `ready`');
    // [DMPRO 8.1-3] The session is over when the server asks for nothing, and the client has said all.
    const isOver = this.#last?.received.SyncBody.Final && !this.#head.some(isRequest);
    if (operations.length === 0 && isOver) {
      const replied = this.#reply(this.#head, true, now);
      return [...replied, ...this.#end('finished')];
    }
    this.#operations.add(operations);
    return this.#sendOperations(now);
  }

  #sendOperations(now: Instant): DmServerEffect[] {
    const { drafts, isFinal, patienceMs } = this.#operations.fill({
      MsgID: this.#MsgID + 1,
      commands: this.#head.length,
      taken: frameSize(this.#header()) + draftsSize(this.#head),
      ...this.#limits,
    });
    this.#fire(isFinal ? (this.#state === 'Ready' ? 'operations' : 'more') : 'chunk');
    // Where there is nothing to send, the session goes on by an Alert that asks for nothing else.
    const isIdle = drafts.length === 0 && !this.#head.some(isRequest);
    const commands: readonly Draft[] = isIdle ? [NEXT_MESSAGE] : drafts;
    const replied = this.#reply([...this.#head, ...commands], isFinal, now);
    this.#timers.set('silence', now + SILENCE_TIMEOUT_MS + patienceMs);
    return replied;
  }

  #reply(drafts: readonly Draft[], Final: boolean, now: Instant): DmServerEffect[] {
    const SyncHdr = this.#header();
    this.#MsgID += 1;
    this.#head = [];
    const message: SyncML = { SyncHdr, SyncBody: { commands: numbered(drafts), Final } };
    // OMA-DMSEC 5.1.4: as with Cred, nobody who has not proved himself sees what our secret makes.
    const mac = this.#verifier.state === 'Proven' ? this.#prover.mac() : undefined;
    const reply = { message, ...(mac && { mac }) };
    if (this.#last !== undefined) this.#last.reply = reply;
    this.#timers.set('silence', now + SILENCE_TIMEOUT_MS);
    const nonce = this.#verifier.takeNonce();
    return [
      ...(nonce ? [{ kind: 'nonce', level: 'CLCRED', nonce } as const] : []),
      { kind: 'reply', ...reply },
    ];
  }

  #header(): SyncHdr {
    const { url, RespURI, MaxMsgSize, MaxObjSize } = this.#options;
    // Nobody who has not proved himself learns anything that depends on an account.
    const isProven = this.#verifier.state === 'Proven';
    const Cred = isProven ? this.#prover.cred() : undefined;
    const LocName = isProven ? this.#prover.name : undefined;
    return {
      ...VERSIONS,
      SessionID: this.#SessionID ?? '',
      // [REPPRO 6.1.12-1]
      MsgID: String(this.#MsgID + 1),
      Target: { LocURI: this.#DevId },
      Source: { LocURI: url, ...(LocName !== undefined && { LocName }) },
      ...(RespURI !== undefined && { RespURI }),
      ...(Cred && { Cred }),
      ...(this.#prover.state === 'Unproven' && { Meta: { MaxMsgSize, MaxObjSize } }),
    };
  }

  /** [DMPRO 8.1-1] At any time; a server that waits for the client has its turn after that. */
  #abortNow(reason: string, now: Instant): DmServerEffect[] {
    if (this.#state === 'Ready' || this.#state === 'Aborting') {
      return this.#replyAndEnd([...this.#head, SESSION_ABORT], 'aborted', reason, now);
    }
    this.#abortReason = reason;
    this.#fire('abort');
    return [];
  }

  /** OMA-DMPRO 8.1.3: Session Abort, with Final. */
  #abort(
    head: Draft,
    event: 'aborted' | 'unauthenticated',
    reason: string,
    now: Instant,
  ): DmServerEffect[] {
    return this.#replyAndEnd([head, SESSION_ABORT], event, reason, now);
  }

  #replyAndEnd(
    drafts: readonly Draft[],
    event: 'aborted' | 'unauthenticated',
    reason: string,
    now: Instant,
  ): DmServerEffect[] {
    return [...this.#reply(drafts, true, now), ...this.#end(event, reason)];
  }

  #end(event: DmServerEvent, reason?: string): DmServerEffect[] {
    const result = RESULT_OF[event];
    if (result === undefined || !this.#fire(event)) return [];
    this.#timers.clearAll();
    return [{ kind: 'ended', result, ...(reason !== undefined && { reason }) }];
  }

  #fire(event: DmServerEvent): boolean {
    const next = SERVER_TRANSITIONS[this.#state][event];
    if (next === undefined) return false;
    this.#state = next;
    return true;
  }
}

/** What the client has to answer. */
function isRequest({ kind }: Draft): boolean {
  return kind !== 'Status';
}

/** Only asked of a message whose MsgID came before, so its cost does not matter. */
function isSameMessage(a: SyncML, b: SyncML): boolean {
  const text = ({ SyncHdr, SyncBody }: SyncML): string => JSON.stringify([SyncHdr, SyncBody]);
  return text(a) === text(b);
}
