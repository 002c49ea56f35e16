/**
 * When and how Package #0 goes out (UE-3), and what became of it. One wake per device at a time: a second request
 * joins the first. A wake ends in a session or in a visible reason; nothing is lost silently.
 *
 * PKT-SP-UE-PROV 6.7 Table 3 UE-3; docs/wake.md. RFC 3261's own retransmission first, then a bounded number of
 * attempts with jitter that keep Retry-After, then the next registration.
 */
import type { Engine, Instant, Random, Timeout } from '@ueprov/protocols';
import { Schedule } from '@ueprov/protocols/sip';
import { LOOP_WAKES_MAX, LoopGuard } from './loop-guard.ts';
import { meaningOf } from './wake-failure.ts';
import { type WakeFailure, WakeFunnel, type WakeStage } from './wake-funnel.ts';
import { type LaneBudget, WakeLanes } from './wake-lanes.ts';
import {
  type Attempt,
  type NotifierEffect,
  type NotifierInput,
  TRANSITIONS,
  type WakeEvent,
  type WakeState,
} from './wake-states.ts';

export const ATTEMPTS_MAX = 4;
/** Before the second, third and fourth attempt; each half as long again at most. */
const RETRY_DELAYS_MS = [2_000, 8_000, 30_000];
/** A Retry-After that is longer counts as a wish to be left alone until the next registration. */
export const RETRY_AFTER_MAX_S = 3600;
/** How long an answered wake waits for Package #1 before it counts as lost. */
export const SESSION_WAIT_MS = 15_000;
/** How long a wake waits for the next registration. */
export const HOLD_MAX_MS = 24 * 3_600_000;
/** Wakes under way at once; a request above is refused with its reason. */
export const WAKES_MAX = 200_000;

interface Wake {
  state: WakeState;
  stage: WakeStage;
  lane: string;
  SessionID: number;
  attempts: number;
  /** Of the MESSAGE on its way. */
  attempt: number;
  /** Attempts that were accepted, and brought no session. */
  silences: number;
  /** When the stage was reached, for the latencies. */
  at: Instant;
  retryAfterMs: number;
  failure: WakeFailure;
  reason: string | undefined;
  refusedStatus: number | undefined;
}

export interface NotifierOptions {
  readonly random: Random;
  readonly budget: LaneBudget;
  /** False where registrations are not monitored: no wake waits for one then. */
  readonly isMonitoring: boolean;
}

export class Notifier implements Engine<NotifierInput, NotifierEffect> {
  readonly funnel = new WakeFunnel();
  readonly #options: NotifierOptions;
  readonly #wakes = new Map<string, Wake>();
  readonly #schedule = new Schedule<string>();
  readonly #lanes: WakeLanes;
  readonly #guard = new LoopGuard();
  /** Devices in a session that followed a wake. */
  readonly #inSession = new Set<string>();
  #attempts = 0;

  constructor(options: NotifierOptions) {
    this.#options = options;
    this.#lanes = new WakeLanes(options.budget);
  }

  get deadline(): Instant | undefined {
    const [wake, lane] = [this.#schedule.earliest, this.#lanes.deadline];
    return wake === undefined || (lane !== undefined && lane < wake) ? lane : wake;
  }

  get size(): number {
    return this.#wakes.size;
  }

  stateOf(device: string): WakeState {
    return this.#wakes.get(device)?.state ?? 'idle';
  }

  /** Whether one more device cannot be taken. */
  isFull(device: string): boolean {
    return this.#wakes.size >= WAKES_MAX && !this.#wakes.has(device);
  }

  step(input: NotifierInput | Timeout, now: Instant): NotifierEffect[] {
    const effects = this.#take(input, now);
    return withoutPassed([...effects, ...this.#turns(now)]);
  }

  #take(input: NotifierInput | Timeout, now: Instant): NotifierEffect[] {
    switch (input.kind) {
      case 'timeout':
        return this.#schedule.expire(now).flatMap((device) => this.#due(device, now));
      case 'wake':
        return this.#asked(input, now);
      case 'registered':
        return this.#registered(input.device, input.lane, now);
      case 'answered':
        return this.#answered(input, now);
      case 'failed':
        return this.#failed(input, now);
      case 'session':
        return this.#session(input.device, now);
      case 'session-ended':
        if (this.#inSession.delete(input.device)) this.funnel.done(input.result);
        return [];
      case 'cancel':
        return this.#cancelled(input.device, input.reason, now);
    }
  }

  #asked(input: Extract<NotifierInput, { kind: 'wake' }>, now: Instant): NotifierEffect[] {
    const { device, lane, isAutomatic = false } = input;
    const known = this.#wakes.get(device);
    if (known !== undefined) {
      this.funnel.coalesced();
      // What nobody asked for by hand hurries no one.
      return isAutomatic ? [] : this.#again(device, known, 'asked', lane, now);
    }
    if (this.isFull(device)) return [];
    const wake = this.#newWake(lane, now);
    this.funnel.requested();
    if (isAutomatic && !this.#guard.allows(device, now)) {
      this.#wakes.set(device, wake);
      wake.state = 'queued';
      const reason = `More than ${LOOP_WAKES_MAX} wakes by themselves in ten minutes: a loop.`;
      return this.#end(device, wake, 'refused', { failure: 'loop', reason }, now);
    }
    return this.#fire(device, wake, 'asked', now);
  }

  #registered(device: string, lane: string, now: Instant): NotifierEffect[] {
    const wake = this.#wakes.get(device);
    return wake === undefined ? [] : this.#again(device, wake, 'registered', lane, now);
  }

  /** A wake that waits goes on at once, by the way that is known now, as if it were new. */
  #again(
    device: string,
    wake: Wake,
    event: 'asked' | 'registered',
    lane: string,
    now: Instant,
  ): NotifierEffect[] {
    if (TRANSITIONS[wake.state][event] === undefined) return [];
    wake.lane = lane;
    wake.attempts = wake.state === 'held' ? 0 : wake.attempts;
    return this.#fire(device, wake, event, now);
  }

  #answered(input: Extract<NotifierInput, { kind: 'answered' }>, now: Instant): NotifierEffect[] {
    const { attempt, status, reason, retryAfterS } = input;
    this.#lanes.release(attempt.lane, now);
    if (status < 300) this.funnel.accepted();
    // RFC 3261 §21.5.4: a server that says how long it is overloaded gets nothing else meanwhile.
    if (status === 503 && retryAfterS !== undefined) {
      this.#lanes.pause(attempt.lane, retryAfterS * 1000, now);
    }
    const wake = this.#current(attempt);
    if (wake === undefined) return [];
    const { device } = attempt;
    if (status < 300) return this.#fire(device, wake, 'accepted', now);
    const { failure, isRetried, isRemembered } = meaningOf(status);
    const cause = { failure, reason: `MESSAGE answered ${status} ${reason}` };
    if (isRetried) return this.#unreachable(device, wake, cause, retryAfterS ?? 0, now);
    if (isRemembered) wake.refusedStatus = status;
    return this.#end(device, wake, 'refused', cause, now);
  }

  #failed(input: Extract<NotifierInput, { kind: 'failed' }>, now: Instant): NotifierEffect[] {
    const { attempt, failure, reason } = input;
    const { device, lane } = attempt;
    this.#lanes.release(lane, now);
    const wake = this.#current(attempt);
    if (wake === undefined) return [];
    const cause = { failure, reason };
    if (failure === 'timeout' || failure === 'transport') {
      return this.#unreachable(device, wake, cause, 0, now);
    }
    if (failure === 'not-registered' && this.#options.isMonitoring) {
      Object.assign(wake, cause);
      return this.#fire(device, wake, 'unregistered', now);
    }
    return this.#end(device, wake, 'refused', cause, now);
  }

  #unreachable(
    device: string,
    wake: Wake,
    cause: Cause,
    retryAfterS: number,
    now: Instant,
  ): NotifierEffect[] {
    const isLast = wake.attempts >= ATTEMPTS_MAX || retryAfterS > RETRY_AFTER_MAX_S;
    if (isLast && !this.#options.isMonitoring) {
      return this.#end(device, wake, 'refused', cause, now);
    }
    Object.assign(wake, cause);
    wake.retryAfterMs = retryAfterS * 1000;
    return this.#fire(device, wake, isLast ? 'exhausted' : 'unreachable', now);
  }

  #session(device: string, now: Instant): NotifierEffect[] {
    const wake = this.#wakes.get(device);
    if (wake === undefined) return [];
    wake.reason = undefined;
    if (wake.stage === 'queued') {
      this.funnel.ended('queued', 'came-by-itself');
    } else {
      // A session is an answer too, where it overtakes the 200.
      if (wake.stage === 'sent') this.#reach(wake, 'answered', now);
      this.funnel.session(now - wake.at);
      this.#inSession.add(device);
    }
    return this.#fire(device, wake, 'session', now);
  }

  #cancelled(device: string, reason: string, now: Instant): NotifierEffect[] {
    const wake = this.#wakes.get(device);
    if (wake === undefined) return [];
    return this.#end(device, wake, 'cancelled', { failure: 'cancelled', reason }, now);
  }

  #due(device: string, now: Instant): NotifierEffect[] {
    const wake = this.#wakes.get(device);
    if (wake === undefined) return [];
    if (wake.state === 'waiting') return this.#fire(device, wake, 'retry', now);
    const { failure, reason = '' } = wake;
    if (wake.state === 'held') {
      const words = `${reason} It has not registered again since.`.trimStart();
      return this.#end(device, wake, 'expired', { failure, reason: words }, now);
    }
    wake.reason = 'MESSAGE was accepted, but no session came';
    wake.silences += 1;
    if (wake.attempts < ATTEMPTS_MAX) return this.#fire(device, wake, 'no-session', now);
    return this.#end(device, wake, 'exhausted', { failure, reason: wake.reason }, now);
  }

  /** Those whose turn it is in their lanes. */
  #turns(now: Instant): NotifierEffect[] {
    const isWanted = (device: string) => this.#wakes.get(device)?.state === 'queued';
    return this.#lanes.take(now, isWanted).flatMap(({ lane, item: device }) => {
      const wake = this.#wakes.get(device);
      if (wake?.state !== 'queued') {
        this.#lanes.release(lane, now);
        return [];
      }
      wake.lane = lane;
      return this.#fire(device, wake, 'turn', now);
    });
  }

  #current({ device, number }: Attempt): Wake | undefined {
    const wake = this.#wakes.get(device);
    return wake?.attempt === number && wake.state === 'sent' ? wake : undefined;
  }

  #fire(device: string, wake: Wake, event: WakeEvent, now: Instant): NotifierEffect[] {
    const next = TRANSITIONS[wake.state][event];
    if (next === undefined) return [];
    wake.state = next;
    if (event === 'accepted') this.#reach(wake, 'answered', now);
    return this.#enter(device, wake, now);
  }

  #end(device: string, wake: Wake, event: WakeEvent, cause: Cause, now: Instant): NotifierEffect[] {
    Object.assign(wake, cause);
    this.funnel.ended(wake.stage, wake.failure);
    return this.#fire(device, wake, event, now);
  }

  #enter(device: string, wake: Wake, now: Instant): NotifierEffect[] {
    const { state } = wake;
    this.#schedule.set(device, this.#dueIn(wake, now));
    if (state === 'idle' || state === 'gave-up') this.#wakes.delete(device);
    else this.#wakes.set(device, wake);
    if (state === 'queued') this.#lanes.push(wake.lane, device, now);
    if (state !== 'sent') return [told(device, wake)];
    this.#attempts += 1;
    wake.attempt = this.#attempts;
    wake.attempts += 1;
    wake.reason = undefined;
    wake.retryAfterMs = 0;
    this.funnel.message();
    if (wake.stage === 'queued') this.#reach(wake, 'sent', now);
    const { SessionID, lane, attempt: number, silences } = wake;
    const attempt = { device, lane, number };
    return [
      told(device, wake),
      { kind: 'notify', attempt, SessionID, isNonceInDoubt: silences > 0 },
    ];
  }

  #reach(wake: Wake, stage: 'sent' | 'answered', now: Instant): void {
    if (wake.stage === stage || wake.stage === 'answered') return;
    this.funnel[stage](now - wake.at);
    wake.stage = stage;
    wake.at = now;
  }

  #dueIn(wake: Wake, now: Instant): Instant | undefined {
    switch (wake.state) {
      case 'answered':
        return now + SESSION_WAIT_MS;
      case 'held':
        return now + HOLD_MAX_MS;
      case 'waiting': {
        const step = Math.min(Math.max(1, wake.attempts), RETRY_DELAYS_MS.length) - 1;
        const delay = Math.max(RETRY_DELAYS_MS[step] ?? 0, wake.retryAfterMs);
        return now + delay * (1 + this.#fraction() / 2);
      }
      default:
        return undefined;
    }
  }

  #newWake(lane: string, now: Instant): Wake {
    return {
      state: 'idle',
      stage: 'queued',
      lane,
      // OMA-DMNOT 6.2: a new id per notification; a retry keeps its own. [DMNOT 6.2-3]
      SessionID: this.#newSessionID(),
      attempts: 0,
      attempt: 0,
      silences: 0,
      at: now,
      retryAfterMs: 0,
      failure: 'timeout',
      reason: undefined,
      refusedStatus: undefined,
    };
  }

  #newSessionID(): number {
    const [high = 0, low = 0] = this.#options.random(2);
    return ((high << 8) | low) % 0xffff || 0xffff; // 1..FFFF
  }

  #fraction(): number {
    return (this.#options.random(1)[0] ?? 0) / 256;
  }
}

interface Cause {
  readonly failure: WakeFailure;
  readonly reason: string;
}

function told(device: string, { state, reason, refusedStatus }: Wake): NotifierEffect {
  return {
    kind: 'wake-state',
    device,
    state,
    reason,
    ...(state === 'gave-up' && refusedStatus !== undefined && { refusedStatus }),
  };
}

/** A state that the same step left again is told to nobody. */
function withoutPassed(effects: NotifierEffect[]): NotifierEffect[] {
  if (effects.length < 2) return effects;
  const last = new Map<string, NotifierEffect>();
  for (const effect of effects) if (effect.kind === 'wake-state') last.set(effect.device, effect);
  return effects.filter(
    (effect) => effect.kind !== 'wake-state' || last.get(effect.device) === effect,
  );
}
