/**
 * The DM client of one session: package #1, then a package #3 for each message of the server, until it ends.
 *
 * OMA-DMPRO 8 and 9, RepPro 1.2.2. Used by the UE: the shell POSTs each `send` and feeds the answer back.
 * [R-6.2.3-1] [R-6.7-10] [R-6.7-12]
 */
import type { Engine, Instant, Timeout } from '../engine.ts';
import type { Command, SyncHdr, SyncML } from '../syncml/message.ts';
import { Timers } from '../timers.ts';
import { Prover } from './auth-prover.ts';
import { type Verdict, Verifier } from './auth-verifier.ts';
import { CommandRun, hasCommands } from './client-commands.ts';
import {
  CLIENT_TRANSITIONS,
  type DmClientEffect,
  type DmClientEvent,
  type DmClientInput,
  type DmClientOptions,
  type DmClientResult,
  type DmClientState,
} from './client-interface.ts';
import { MESSAGES_MAX, messageNumber, package1, VERSIONS, versionMismatch } from './packages.ts';
import { type Draft, draftsSize, frameSize, numbered } from './packages-draft.ts';
import { Outbox } from './packages-outbox.ts';
import { codeOf, findHeaderStatus, headerStatus, isAlert, refuseAll } from './packages-status.ts';

/** OMA-DMPRO names no timers; SYNCHTTP 5.1.5 asks for a resend when the answer does not come. */
export const RESPONSE_TIMEOUT_MS = 30_000;
export const RESENDS_MAX = 2;
export const RESEND_DELAY_MS = 1000;

/** What the server takes as long as it has not stated less. */
const NO_LIMITS = { MaxMsgSize: 1_000_000, MaxObjSize: Number.MAX_SAFE_INTEGER };

const RESULT_OF: Readonly<Partial<Record<DmClientEvent, DmClientResult>>> = {
  finished: 'completed',
  aborted: 'aborted',
  unauthenticated: 'unauthenticated',
  failed: 'failed',
  timeout: 'timeout',
};

export class DmClient implements Engine<DmClientInput, DmClientEffect> {
  readonly #options: DmClientOptions;
  readonly #prover: Prover;
  readonly #verifier: Verifier;
  readonly #timers = new Timers<'response' | 'resend'>();
  readonly #outbox = new Outbox();
  readonly #alerts: readonly Draft[];
  /** Which of our alerts a Status is for, by MsgRef and CmdRef. */
  readonly #alertSent = new Map<string, number>();
  #state: DmClientState = 'Idle';
  #url: string;
  #MsgID = 0;
  #peerMsgID = 0;
  #limits = NO_LIMITS;
  /** Whether the package that ours answers has had its Final. */
  #isPeerFinal = true;
  #last: SyncML | undefined;
  #resends = 0;

  constructor(options: DmClientOptions) {
    this.#options = options;
    this.#url = options.url;
    this.#alerts = (options.alerts ?? []).map(({ CmdID: _, ...alert }) => alert);
    this.#prover = new Prover(options.CLCRED);
    this.#verifier = new Verifier({
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
        return this.#receive(input.message, now);
      case 'failed':
        return this.#retry('failed', input.reason, now);
      case 'timeout':
        return this.#timers.expire(now).flatMap((timer) => this.#expired(timer, now));
    }
  }

  #start(now: Instant): DmClientEffect[] {
    if (!this.#fire('start')) return [];
    this.#outbox.add(package1(this.#options.alert, this.#options.tree, this.#alerts));
    return this.#send([], now);
  }

  #receive(message: SyncML, now: Instant): DmClientEffect[] {
    if (this.#last === undefined || this.#state === 'Ended') return [];
    const { SyncHdr } = message;
    const number = messageNumber(SyncHdr.MsgID);
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
    return this.#authenticate(message, now);
  }

  /** OMA-DMPRO 9.2: both directions in one message; nothing is carried out before both are settled. */
  #authenticate(message: SyncML, now: Instant): DmClientEffect[] {
    const { SyncHdr, SyncBody } = message;
    const { commands } = SyncBody;
    const status = findHeaderStatus(message, String(this.#MsgID));
    const code = status === undefined ? 200 : codeOf(status);
    const proof = this.#prover.take(code, status?.Chal);
    if (proof === 'refusal') {
      const isAboutUs = code === 401 || code === 407;
      return this.#end(isAboutUs ? 'unauthenticated' : 'failed', `the server answered ${code}`);
    }
    const verdict = this.#verifier.check(SyncHdr);
    const head = headerStatus(SyncHdr, verdict.code, verdict.chal);
    if (verdict.kind === 'exhausted') {
      const abort: Draft = { kind: 'Alert', Data: '1223', Items: [] };
      const refusals = refuseAll(SyncHdr.MsgID, commands, verdict.code);
      const sent = this.#sendOnly([head, ...refusals, abort], true, now);
      return [...sent, ...this.#end('unauthenticated', 'the server did not prove itself')];
    }
    if (proof === 'challenge') {
      // OMA-DMPRO 9.2.2: back to the package that was not accepted; what came with the challenge is not run.
      this.#outbox.rewind();
      this.#fire('challenged');
      return this.#send([head, ...refuseAll(SyncHdr.MsgID, commands, 215)], now);
    }
    this.#outbox.settle();
    if (verdict.kind === 'challenge') return this.#refuse(message, head, verdict, now);
    return this.#carryOut(message, verdict, now);
  }

  /** The server has not proved itself: no command of it is run, every one is answered like its SyncHdr. */
  #refuse(message: SyncML, head: Draft, verdict: Verdict, now: Instant): DmClientEffect[] {
    const { commands, Final } = message.SyncBody;
    // OMA-DMPRO 9.2.3: a server that asks for nothing is not challenged.
    if (!hasCommands(commands)) {
      return this.#end('unauthenticated', 'the server did not prove itself');
    }
    this.#fire('continued');
    const refusals = refuseAll(message.SyncHdr.MsgID, commands, verdict.code);
    return this.#sendOnly([head, ...refusals], Final && this.#outbox.isEmpty, now);
  }

  #carryOut(message: SyncML, verdict: Verdict, now: Instant): DmClientEffect[] {
    const { SyncHdr, SyncBody } = message;
    const run = new CommandRun(SyncBody.commands, {
      tree: this.#options.tree,
      ServerID: this.#options.ServerID,
      MsgID: SyncHdr.MsgID,
      MaxObjSize: this.#options.MaxObjSize,
      resultsSizeMax: this.#resultsSizeMax(),
      now,
    });
    const effects = [...this.#nonceForUs(), ...this.#alertStatuses(SyncBody.commands)];
    effects.push(...run.effects);
    this.#isPeerFinal = SyncBody.Final || (!this.#outbox.isEmpty && this.#isPeerFinal);
    this.#outbox.add([...run.statuses, ...run.results]);
    if (this.#outbox.isEmpty) {
      // OMA-DMPRO 8.1: a Status for the SyncHdr alone is not sent; the session is over.
      if (this.#isPeerFinal) return [...effects, ...this.#end('finished')];
      this.#outbox.add([{ kind: 'Alert', Data: '1222', Items: [] }]);
    }
    this.#fire('continued');
    const head = headerStatus(SyncHdr, verdict.code, verdict.chal);
    return [...effects, ...this.#send([head], now)];
  }

  /** OMA-DMSEC 5.3: a nonce is kept for later sessions once its giver is known. */
  #nonceForUs(): DmClientEffect[] {
    const nonce = this.#prover.takeNonce();
    return nonce === undefined ? [] : [{ kind: 'nonce', level: 'CLCRED', nonce }];
  }

  #alertStatuses(commands: readonly Command[]): DmClientEffect[] {
    return commands.flatMap((command): DmClientEffect[] => {
      if (command.kind !== 'Status' || command.Cmd !== 'Alert') return [];
      const key = `${Number(command.MsgRef)}/${command.CmdRef}`;
      const index = this.#alertSent.get(key);
      if (index === undefined) return [];
      this.#alertSent.delete(key);
      return [{ kind: 'alert-status', index, status: codeOf(command) }];
    });
  }

  /** The next message of the package in hand, `head` first. */
  #send(head: readonly Draft[], now: Instant): DmClientEffect[] {
    const hdr = this.#header();
    const taken = frameSize(hdr) + draftsSize(head);
    const drafts = this.#outbox.take(taken, this.#limits.MaxMsgSize);
    // OMA-DMPRO 8.2: Final is in the last message of a package, after the server's own.
    const Final = this.#outbox.isEmpty && this.#isPeerFinal;
    return this.#emit(hdr, [...head, ...drafts], Final, now);
  }

  /** A message beside the package in hand. */
  #sendOnly(drafts: readonly Draft[], Final: boolean, now: Instant): DmClientEffect[] {
    return this.#emit(this.#header(), drafts, Final, now);
  }

  #emit(hdr: SyncHdr, drafts: readonly Draft[], Final: boolean, now: Instant): DmClientEffect[] {
    if (this.#MsgID >= MESSAGES_MAX) return this.#end('aborted', 'too many messages');
    this.#MsgID += 1;
    for (const [index, alert] of this.#alerts.entries()) {
      const at = drafts.indexOf(alert);
      if (at >= 0) this.#alertSent.set(`${this.#MsgID}/${at + 1}`, index);
    }
    this.#last = { SyncHdr: hdr, SyncBody: { commands: numbered(drafts), Final } };
    const nonce = this.#verifier.takeNonce();
    return [
      ...this.#transmit(this.#last, now),
      ...(nonce ? [{ kind: 'nonce', level: 'SRVCRED', nonce } as const] : []),
    ];
  }

  #transmit(message: SyncML, now: Instant): DmClientEffect[] {
    this.#timers.set('response', now + RESPONSE_TIMEOUT_MS);
    return [{ kind: 'send', message, url: this.#url }];
  }

  #header(): SyncHdr {
    const { SessionID, url, DevId, MaxMsgSize, MaxObjSize } = this.#options;
    const Cred = this.#prover.cred();
    const LocName = this.#prover.name;
    return {
      ...VERSIONS,
      SessionID,
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
    // RepPro 1.2.2 RespURI, on the server's own origin only: credentials go nowhere else.
    if (RespURI !== undefined && isSameOrigin(RespURI, this.#options.url)) this.#url = RespURI;
  }

  /** What one Results may take: a message of the server's size less header and Status. */
  #resultsSizeMax(): number {
    const room = this.#limits.MaxMsgSize - 2 * frameSize(this.#header());
    return Math.min(room, this.#limits.MaxObjSize);
  }

  #expired(timer: 'response' | 'resend', now: Instant): DmClientEffect[] {
    if (timer === 'response') return this.#retry('timeout', 'no answer', now);
    return this.#last === undefined ? [] : this.#transmit(this.#last, now);
  }

  /** SYNCHTTP 5.1.5: the same message again, a few times; the server knows it by its MsgID. */
  #retry(event: 'failed' | 'timeout', reason: string, now: Instant): DmClientEffect[] {
    if (this.#last === undefined || this.#state === 'Ended') return [];
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
    return [{ kind: 'ended', result, ...(reason !== undefined && { reason }) }];
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
