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
import { Prover } from './auth-prover.ts';
import { type Verdict, Verifier } from './auth-verifier.ts';
import { CommandRun } from './client-commands.ts';
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
import { MESSAGES_MAX, messageNumber, VERSIONS, versionMismatch } from './packages.ts';
import type { Draft } from './packages-draft.ts';
import { ObjectReader } from './packages-object.ts';
import {
  codeOf,
  findHeaderStatus,
  headerStatus,
  isAlert,
  refuseAll,
  type StatusDraft,
} from './packages-status.ts';
import { answerTimeoutMs, type Reply, replyOf } from './user-interaction.ts';

/** OMA-DMPRO names no timers; SYNCHTTP 5.1.5 asks for a resend when the answer does not come. */
export const RESPONSE_TIMEOUT_MS = 30_000;
export const RESENDS_MAX = 2;
export const RESEND_DELAY_MS = 1000;
/** OMA-DMREPPRO 6.6.5: an action that takes longer is answered 202, and ends by an Alert 1226. */
export const EXEC_TIMEOUT_MS = 20_000;

/** What the server takes as long as it has not stated less. */
const NO_LIMITS = { MaxMsgSize: 1_000_000, MaxObjSize: Number.MAX_SAFE_INTEGER };

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
  readonly Final: boolean;
  pause?: Pause;
}

export class DmClient implements Engine<DmClientInput, DmClientEffect> {
  readonly #options: DmClientOptions;
  readonly #prover: Prover;
  readonly #verifier: Verifier;
  readonly #timers = new Timers<'response' | 'resend' | 'pause'>();
  readonly #package: ClientPackage;
  readonly #objects: ObjectReader;
  #state: DmClientState = 'Idle';
  #url: string;
  #MsgID = 0;
  #peerMsgID = 0;
  #limits = NO_LIMITS;
  #resends = 0;
  #running: Running | undefined;

  constructor(options: DmClientOptions) {
    this.#options = options;
    this.#url = options.url;
    this.#package = new ClientPackage(options.alerts ?? []);
    this.#objects = new ObjectReader(options.MaxObjSize);
    this.#prover = new Prover(options.CLCRED, options.minimumScheme);
    this.#verifier = new Verifier({
      ...(options.minimumScheme && { minimumScheme: options.minimumScheme }),
      credential: options.SRVCRED,
      random: options.random,
      isTransportAuthenticated: options.isTransportAuthenticated ?? false,
    });
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
    // RepPro 1.2.2 MsgID: an answer that was acted on already is not acted on again.
    if (number <= this.#peerMsgID) return [];
    this.#peerMsgID = number;
    this.#timers.clearAll();
    this.#resends = 0;
    this.#takeHeader(SyncHdr);
    const mismatch = versionMismatch(SyncHdr);
    if (mismatch !== undefined) {
      const status = headerStatus(SyncHdr, mismatch.code, undefined, mismatch.items);
      return [...this.#sendOnly([status], true, now), ...this.#end('failed', 'version')];
    }
    // OMA-DMPRO 8.1.3: the client does not answer a Session Abort.
    if (message.SyncBody.commands.some((command) => isAlert(command, '1223'))) {
      return this.#end('aborted', 'the server aborted the session');
    }
    return this.#authenticate(message, proof, now);
  }

  /** OMA-DMPRO 9.2: both directions in one message; nothing is carried out before both are settled. */
  #authenticate(
    message: SyncML,
    received: ReceivedProof | undefined,
    now: Instant,
  ): DmClientEffect[] {
    const { SyncHdr, SyncBody } = message;
    const { commands } = SyncBody;
    const status = findHeaderStatus(message, String(this.#MsgID));
    const code = status === undefined ? 200 : codeOf(status);
    const proof = this.#prover.take(code, status?.Chal);
    if (proof === 'refusal') {
      const isAboutUs = code === 401 || code === 407;
      return this.#end(isAboutUs ? 'unauthenticated' : 'failed', `the server answered ${code}`);
    }
    const verdict = this.#verifier.check(SyncHdr, received);
    const head = headerStatus(SyncHdr, verdict.code, verdict.chal);
    if (verdict.kind === 'exhausted') {
      const refusals = refuseAll(SyncHdr.MsgID, commands, verdict.code);
      const sent = this.#sendOnly([head, ...refusals, SESSION_ABORT], true, now);
      return [...sent, ...this.#end('unauthenticated', 'the server did not prove itself')];
    }
    if (this.#state === 'Aborting') {
      const refusals = refuseAll(SyncHdr.MsgID, commands, 215);
      const sent = this.#sendOnly([head, ...refusals, SESSION_ABORT], true, now);
      return [...sent, ...this.#end('aborted', 'the device aborted the session')];
    }
    if (proof === 'challenge') {
      // OMA-DMPRO 9.2.2: back to the package that was not accepted; what came with the challenge is not run.
      this.#package.rewind();
      this.#fire('challenged');
      return this.#send([head, ...refuseAll(SyncHdr.MsgID, commands, 215)], now);
    }
    this.#package.settle();
    if (verdict.kind === 'challenge') return this.#refuse(message, head, verdict, now);
    return this.#carryOut(message, verdict, now);
  }

  /** [DMPRO 9-3] The server has not proved itself: no command of it is run, every one is answered like its SyncHdr. */
  #refuse(message: SyncML, head: Draft, verdict: Verdict, now: Instant): DmClientEffect[] {
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

  #carryOut({ SyncHdr, SyncBody }: SyncML, verdict: Verdict, now: Instant): DmClientEffect[] {
    const { tree, ServerID, MaxObjSize, hasUser, isExecAwaited } = this.#options;
    const run = new CommandRun(SyncBody.commands, {
      tree,
      ServerID,
      MsgID: SyncHdr.MsgID,
      MaxObjSize,
      resultsSizeMax: this.#limits.MaxObjSize,
      objects: this.#objects,
      isFinal: SyncBody.Final,
      hasUser: hasUser ?? false,
      isExecAwaited: isExecAwaited ?? false,
    });
    const head = headerStatus(SyncHdr, verdict.code, verdict.chal);
    this.#running = { run, head, Final: SyncBody.Final };
    return [...this.#nonceForUs(), ...this.#package.take(SyncBody.commands), ...this.#goOn(now)];
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

  #complete({ run, head, Final }: Running, now: Instant): DmClientEffect[] {
    this.#running = undefined;
    this.#package.answer([...run.statuses, ...this.#brokenObjects(), ...run.results], Final);
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

  /** OMA-DMSEC 5.3: a nonce is kept for later sessions once its giver is known. */
  #nonceForUs(): DmClientEffect[] {
    const nonce = this.#prover.takeNonce();
    return nonce === undefined ? [] : [{ kind: 'nonce', level: 'CLCRED', nonce }];
  }

  /** The next message of the package in hand, `head` first. */
  #send(head: readonly Draft[], now: Instant): DmClientEffect[] {
    const { MaxMsgSize } = this.#limits;
    return this.#emit(now, () =>
      this.#package.next(this.#header(), head, MaxMsgSize, this.#prover.mac()),
    );
  }

  /** A message beside the package in hand. */
  #sendOnly(drafts: readonly Draft[], Final: boolean, now: Instant): DmClientEffect[] {
    return this.#emit(now, () =>
      this.#package.beside(this.#header(), drafts, Final, this.#prover.mac()),
    );
  }

  #emit(now: Instant, write: () => Sent): DmClientEffect[] {
    if (this.#MsgID >= MESSAGES_MAX) return this.#end('aborted', 'too many messages');
    const sent = write();
    this.#MsgID += 1;
    const nonce = this.#verifier.takeNonce();
    return [
      ...this.#transmit(sent, now),
      ...(nonce ? [{ kind: 'nonce', level: 'SRVCRED', nonce } as const] : []),
    ];
  }

  #transmit({ message, mac }: Sent, now: Instant): DmClientEffect[] {
    this.#timers.set('response', now + RESPONSE_TIMEOUT_MS);
    return [{ kind: 'send', message, url: this.#url, ...(mac && { mac }) }];
  }

  #header(): SyncHdr {
    const { SessionID, url, DevId, MaxMsgSize, MaxObjSize } = this.#options;
    const Cred = this.#prover.cred();
    const LocName = this.#prover.name;
    return {
      ...VERSIONS,
      SessionID,
      // [REPPRO 6.1.12-1]
      MsgID: String(this.#MsgID + 1),
      Target: { LocURI: url },
      Source: { LocURI: DevId, ...(LocName !== undefined && { LocName }) },
      ...(Cred && { Cred }),
      // OMA-DMPRO 8.2: stated with package #1, and valid for the session.
      ...(this.#state === 'Setup' && { Meta: { MaxMsgSize, MaxObjSize } }),
    };
  }

  #takeHeader({ Meta, RespURI }: SyncHdr): void {
    this.#limits = {
      MaxMsgSize: Meta?.MaxMsgSize ?? this.#limits.MaxMsgSize,
      MaxObjSize: Meta?.MaxObjSize ?? this.#limits.MaxObjSize,
    };
    // [REPPRO 6.1.17-1] On the server's own origin only: credentials go nowhere else.
    if (RespURI !== undefined && isSameOrigin(RespURI, this.#options.url)) this.#url = RespURI;
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

function isSameOrigin(candidate: string, url: string): boolean {
  const [theirs, ours] = [URL.parse(candidate), URL.parse(url)];
  return (
    theirs !== null && ours !== null && theirs.origin === ours.origin && ours.origin !== 'null'
  );
}
