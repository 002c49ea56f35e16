/**
 * The DM client of one session: package #1, then a package #3 for each message of the server, until it ends.
 *
 * OMA-DMPRO 8 and 9, RepPro 1.2.2. Used by the UE: the shell POSTs each `send` and feeds the answer back.
 * [R-6.2.3-1] [R-6.7-10] [R-6.7-12]
 */
import type { Engine, Instant, Timeout } from '../engine.ts';
import type { SyncHdr, SyncML } from '../syncml/message.ts';
import { Timers } from '../timers.ts';
import type { ReceivedProof } from './auth-hmac.ts';
import { type Checked, ClientAuth } from './client-auth.ts';
import { CommandRun } from './client-commands.ts';
import { ClientHeader } from './client-header.ts';
import {
  CLIENT_TRANSITIONS,
  type DmClientEffect,
  type DmClientEvent,
  type DmClientInput,
  type DmClientOptions,
  type DmClientResult,
  type DmClientState,
} from './client-interface.ts';
import { hasCommands } from './client-items.ts';
import { ClientPackage, type Sent } from './client-package.ts';
import type { Pause } from './client-run.ts';
import { MESSAGES_MAX, messageNumber, versionMismatch } from './packages.ts';
import type { Draft } from './packages-draft.ts';
import { ObjectReader } from './packages-object.ts';
import { headerStatus, isAlert, refuseAll, type StatusDraft } from './packages-status.ts';
import { answerTimeoutMs, type Reply, replyOf } from './user-interaction.ts';

/** OMA-DMPRO names no timers; SYNCHTTP 5.1.5 asks for a resend when the answer does not come. */
export const RESPONSE_TIMEOUT_MS = 30_000;
export const RESENDS_MAX = 2;
export const RESEND_DELAY_MS = 1000;
/** OMA-DMREPPRO 6.6.5: an action that takes longer is answered 202, and ends by an Alert 1226. */
export const EXEC_TIMEOUT_MS = 20_000;

const RESULT_OF: Readonly<Partial<Record<DmClientEvent, DmClientResult>>> = {
  finished: 'completed',
  aborted: 'aborted',
  unauthenticated: 'unauthenticated',
  failed: 'failed',
  timeout: 'timeout',
};

const SESSION_ABORT: Draft = { kind: 'Alert', Data: '1223', Items: [] };

/** A message that is being carried out. */
interface Running {
  readonly run: CommandRun;
  readonly head: StatusDraft;
  readonly message: SyncML['SyncBody'];
  pause?: Pause;
}

export class DmClient implements Engine<DmClientInput, DmClientEffect> {
  readonly #options: DmClientOptions;
  readonly #auth: ClientAuth;
  readonly #header: ClientHeader;
  readonly #timers = new Timers<'response' | 'resend' | 'pause'>();
  readonly #package: ClientPackage;
  readonly #objects: ObjectReader;
  #state: DmClientState = 'Idle';
  #peerMsgID = 0;
  #resends = 0;
  #running: Running | undefined;

  constructor(options: DmClientOptions) {
    this.#options = options;
    this.#auth = new ClientAuth(options);
    this.#header = new ClientHeader(options);
    this.#package = new ClientPackage(options.alerts ?? []);
    this.#objects = new ObjectReader(options.MaxObjSize);
  }

  get state(): DmClientState {
    return this.#state;
  }

  get deadline(): Instant | undefined {
    return this.#timers.deadline;
  }

  step(input: DmClientInput | Timeout, now: Instant): DmClientEffect[] {
    switch (input.kind) {
      case 'start':
        return this.#start(now);
      case 'message':
        return this.#receive(input.message, input.proof, now);
      case 'answered':
      case 'executed':
        return this.#replied(input, now);
      case 'alert':
        this.#package.report(input.alert);
        return [];
      case 'abort':
        return this.#abort(input.reason, now);
      case 'failed':
        return this.#retry('failed', input.reason, now);
      case 'timeout':
        return this.#timers.expire(now).flatMap((timer) => this.#expired(timer, now));
    }
  }

  #start(now: Instant): DmClientEffect[] {
    if (!this.#fire('start')) return [];
    this.#package.begin(this.#options.alert, this.#options.tree);
    return this.#send([], now);
  }

  /** [DMPRO 8.1-1] At any time; a client that waits for an answer has its turn after that. */
  #abort(reason: string, now: Instant): DmClientEffect[] {
    if (this.#running === undefined) {
      return this.#state === 'Idle' ? this.#end('aborted', reason) : this.#fired('abort');
    }
    const { head, run } = this.#running;
    const sent = this.#sendOnly([head, ...run.statuses, SESSION_ABORT], true, now);
    return [...sent, ...this.#end('aborted', reason)];
  }

  #receive(message: SyncML, proof: ReceivedProof | undefined, now: Instant): DmClientEffect[] {
    if (this.#package.last === undefined || this.#running !== undefined) return [];
    if (this.#state === 'Ended') return [];
    const { SyncHdr } = message;
    const number = messageNumber(SyncHdr.MsgID);
    // [REPPRO 6.1.18-1]
    if (SyncHdr.SessionID !== this.#options.SessionID || number === undefined) {
      return this.#end('failed', 'the answer belongs to another session');
    }
    // RepPro 1.2.2 MsgID: an answer that was acted on already is none to what was sent since, and brings no other.
    if (number <= this.#peerMsgID) return this.#retry('failed', 'an earlier answer again', now);
    this.#peerMsgID = number;
    this.#timers.clearAll();
    this.#resends = 0;
    this.#header.take(SyncHdr);
    const mismatch = versionMismatch(SyncHdr);
    if (mismatch !== undefined) {
      const status = headerStatus(SyncHdr, mismatch.code, undefined, mismatch.items);
      return [...this.#sendOnly([status], true, now), ...this.#end('failed', 'version')];
    }
    const checked = this.#auth.check(message, String(this.#header.MsgID), proof);
    return [...checked.nonces, ...this.#authenticate(message, checked, now)];
  }

  /** OMA-DMPRO 9.2: both directions in one message; nothing is carried out before both are settled. */
  #authenticate(message: SyncML, checked: Checked, now: Instant): DmClientEffect[] {
    const { MsgID } = message.SyncHdr;
    const { commands } = message.SyncBody;
    const { proof, code, verdict, head } = checked;
    // OMA-DMPRO 8.1.3: the client does not answer a Session Abort.
    if (commands.some((command) => isAlert(command, '1223'))) {
      return this.#end('aborted', 'the server aborted the session');
    }
    if (proof === 'refusal') {
      const isAboutUs = code === 401 || code === 407;
      return this.#end(isAboutUs ? 'unauthenticated' : 'failed', `the server answered ${code}`);
    }
    if (verdict.kind === 'exhausted') {
      const refusals = refuseAll(MsgID, commands, verdict.code);
      const sent = this.#sendOnly([head, ...refusals, SESSION_ABORT], true, now);
      return [...sent, ...this.#end('unauthenticated', 'the server did not prove itself')];
    }
    if (this.#state === 'Aborting') {
      const refusals = refuseAll(MsgID, commands, 215);
      const sent = this.#sendOnly([head, ...refusals, SESSION_ABORT], true, now);
      return [...sent, ...this.#end('aborted', 'the device aborted the session')];
    }
    if (proof === 'challenge') {
      // OMA-DMPRO 9.2.2: back to the package that was not accepted; what came with the challenge is not run.
      this.#package.rewind();
      this.#fire('challenged');
      return this.#send([head, ...refuseAll(MsgID, commands, 215)], now);
    }
    this.#package.settle();
    if (verdict.kind === 'challenge') return this.#refuse(message, checked, now);
    return this.#carryOut(message, head, now);
  }

  /** [DMPRO 9-3] The server has not proved itself: no command of it is run, every one is answered like its SyncHdr. */
  #refuse(message: SyncML, { head, verdict }: Checked, now: Instant): DmClientEffect[] {
    const { commands, Final } = message.SyncBody;
    // OMA-DMPRO 9.2.3: a server that asks for nothing is not challenged.
    if (!hasCommands(commands)) {
      return this.#end('unauthenticated', 'the server did not prove itself');
    }
    this.#fire('continued');
    // OMA-DMPRO 9.2.3: the server repeats what was refused, an object from its beginning.
    this.#objects.abandon();
    const refusals = refuseAll(message.SyncHdr.MsgID, commands, verdict.code);
    return this.#sendOnly([head, ...refusals], Final && this.#package.isEmpty, now);
  }

  #carryOut({ SyncHdr, SyncBody }: SyncML, head: StatusDraft, now: Instant): DmClientEffect[] {
    const { tree, ServerID, MaxObjSize, hasUser, isExecAwaited } = this.#options;
    const run = new CommandRun(SyncBody.commands, {
      tree,
      ServerID,
      MsgID: SyncHdr.MsgID,
      MaxObjSize,
      resultsSizeMax: this.#header.limits.MaxObjSize,
      objects: this.#objects,
      isFinal: SyncBody.Final,
      hasUser: hasUser ?? false,
      isExecAwaited: isExecAwaited ?? false,
    });
    this.#running = { run, head, message: SyncBody };
    return [...this.#package.take(SyncBody.commands), ...this.#goOn(now)];
  }

  /** Runs on to the end of the message, or to the next pause. */
  #goOn(now: Instant, reply?: Reply): DmClientEffect[] {
    const running = this.#running;
    if (running === undefined) return [];
    const pause = running.run.resume(now, reply);
    const effects: DmClientEffect[] = [...running.run.takeEffects()];
    if (pause === undefined) return [...effects, ...this.#complete(running, now)];
    this.#fire('paused');
    running.pause = pause;
    const isAsking = pause.kind === 'ask';
    this.#timers.set('pause', now + (isAsking ? answerTimeoutMs(pause.question) : EXEC_TIMEOUT_MS));
    return [...effects, pause];
  }

  #replied(
    input: Extract<DmClientInput, { kind: 'answered' | 'executed' }>,
    now: Instant,
  ): DmClientEffect[] {
    const pause = this.#running?.pause;
    if (pause?.kind === 'ask' && input.kind === 'answered') {
      const reply = replyOf(pause.question, input.answer);
      this.#timers.clear('pause');
      return this.#goOn(now, reply);
    }
    if (pause?.kind !== 'exec' || input.kind !== 'executed') return [];
    this.#timers.clear('pause');
    return this.#goOn(now, { status: input.status, Items: [] });
  }

  /** Too long: 408 for a user, 202 for an action, which goes on without us. */
  #waitedLong(now: Instant): DmClientEffect[] {
    const isAsking = this.#running?.pause?.kind === 'ask';
    const effects = this.#goOn(now, { status: isAsking ? 408 : 202, Items: [] });
    return isAsking ? [{ kind: 'withdraw' }, ...effects] : effects;
  }

  #complete({ run, head, message }: Running, now: Instant): DmClientEffect[] {
    this.#running = undefined;
    this.#package.answer(message, [...run.statuses, ...this.#brokenObjects(), ...run.results]);
    // [DMPRO 8.1-2] A Status for the SyncHdr alone is not sent; the session is over.
    if (this.#package.isOver) return this.#end('finished');
    this.#fire('continued');
    return this.#send([head], now);
  }

  /** OMA-DMPRO 7: 1225 for each object whose end did not come. */
  #brokenObjects(): Draft[] {
    return this.#objects
      .takeBroken()
      .map((item) => ({ kind: 'Alert', Data: '1225', Items: [item] }));
  }

  /** The next message of the package in hand, `head` first. */
  #send(head: readonly Draft[], now: Instant): DmClientEffect[] {
    const { MaxMsgSize } = this.#header.limits;
    return this.#emit(now, (hdr) => this.#package.next(hdr, head, MaxMsgSize, this.#auth.mac()));
  }

  /** A message beside the package in hand. */
  #sendOnly(drafts: readonly Draft[], Final: boolean, now: Instant): DmClientEffect[] {
    return this.#emit(now, (hdr) => this.#package.beside(hdr, drafts, Final, this.#auth.mac()));
  }

  #emit(now: Instant, write: (hdr: SyncHdr) => Sent): DmClientEffect[] {
    if (this.#header.MsgID >= MESSAGES_MAX) return this.#end('aborted', 'too many messages');
    const sent = write(this.#header.next(this.#auth, this.#state === 'Setup'));
    this.#header.MsgID += 1;
    return [...this.#transmit(sent, now), ...this.#auth.handedOut()];
  }

  #transmit({ message, mac }: Sent, now: Instant): DmClientEffect[] {
    this.#timers.set('response', now + RESPONSE_TIMEOUT_MS);
    return [{ kind: 'send', message, url: this.#header.url, ...(mac && { mac }) }];
  }

  #expired(timer: 'response' | 'resend' | 'pause', now: Instant): DmClientEffect[] {
    if (timer === 'pause') return this.#waitedLong(now);
    if (timer === 'response') return this.#retry('timeout', 'no answer', now);
    return this.#package.last === undefined ? [] : this.#transmit(this.#package.last, now);
  }

  /** [SYNCHTTP 5.1.5-1] The same message again, a few times; the server knows it by its MsgID. */
  #retry(event: 'failed' | 'timeout', reason: string, now: Instant): DmClientEffect[] {
    if (this.#package.last === undefined || this.#running !== undefined) return [];
    if (this.#state === 'Ended') return [];
    this.#timers.clearAll();
    if (this.#resends >= RESENDS_MAX) return this.#end(event, reason);
    this.#fire('resent');
    this.#timers.set('resend', now + RESEND_DELAY_MS * 2 ** this.#resends);
    this.#resends += 1;
    return [];
  }

  #end(event: DmClientEvent, reason?: string): DmClientEffect[] {
    const result = RESULT_OF[event];
    if (result === undefined || !this.#fire(event)) return [];
    this.#timers.clearAll();
    this.#running = undefined;
    return [{ kind: 'ended', result, ...(reason !== undefined && { reason }) }];
  }

  #fired(event: DmClientEvent): DmClientEffect[] {
    this.#fire(event);
    return [];
  }

  #fire(event: DmClientEvent): boolean {
    const next = CLIENT_TRANSITIONS[this.#state][event];
    if (next === undefined) return false;
    this.#state = next;
    return true;
  }
}
