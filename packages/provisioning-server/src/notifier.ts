/**
 * When and how Package #0 goes out (UE-3), and what became of it. One wake per device at a time: a second request
 * joins the first. A wake ends in a session or in a visible reason.
 *
 * PKT-SP-UE-PROV 6.7 Table 3 UE-3; facts on retries: RFC 3261's own retransmission first, then a bounded number
 * of attempts with jitter, then the next registration.
 */
import type { Engine, Instant, Random, Timeout } from '@ueprov/protocols';

export type WakeState = 'idle' | 'sent' | 'answered' | 'waiting' | 'gave-up';

type WakeEvent =
  | 'asked'
  | 'accepted'
  | 'refused'
  | 'unreachable'
  | 'retry'
  | 'exhausted'
  | 'session'
  | 'no-session';

/** An event absent from a row is ignored in that state. */
export const TRANSITIONS: Readonly<Record<WakeState, Partial<Record<WakeEvent, WakeState>>>> = {
  idle: { asked: 'sent' },
  sent: {
    accepted: 'answered',
    refused: 'gave-up',
    unreachable: 'waiting',
    exhausted: 'gave-up',
    session: 'idle',
  },
  answered: { session: 'idle', 'no-session': 'waiting', exhausted: 'gave-up' },
  waiting: { retry: 'sent', asked: 'sent', session: 'idle' },
  'gave-up': { asked: 'sent', session: 'idle' },
};

export const ATTEMPTS_MAX = 4;
const RETRY_DELAYS_MS = [2_000, 8_000, 30_000];
/** How long an answered wake waits for Package #1 before it counts as lost. */
const SESSION_WAIT_MS = 15_000;
/** SIP statuses after which the same MESSAGE may yet succeed: the UE or the way to it is down, not wrong. */
const RETRIED_STATUSES = new Set([404, 408, 430, 480, 486, 500, 502, 503, 504, 600]);

export type NotifierInput =
  | { readonly kind: 'wake'; readonly device: string }
  | {
      readonly kind: 'answered';
      readonly device: string;
      readonly status: number;
      readonly reason: string;
    }
  | { readonly kind: 'failed'; readonly device: string; readonly reason: string }
  | { readonly kind: 'session'; readonly device: string };

export type NotifierEffect =
  /** Make Package #0 with this session id, wrap it, and send it through the core. */
  | {
      readonly kind: 'notify';
      readonly device: string;
      readonly SessionID: number;
      /** The UE took one and did not come: it may hold another nonce (AC-11). */
      readonly isNonceInDoubt: boolean;
    }
  | {
      readonly kind: 'wake-state';
      readonly device: string;
      readonly state: WakeState;
      readonly reason: string | undefined;
    };

interface Wake {
  state: WakeState;
  SessionID: number;
  attempts: number;
  /** Attempts that were accepted, and brought no session. */
  silences: number;
  due: Instant | undefined;
  reason: string | undefined;
}

export class Notifier implements Engine<NotifierInput, NotifierEffect> {
  readonly #wakes = new Map<string, Wake>();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  get deadline(): Instant | undefined {
    let earliest: Instant | undefined;
    for (const { due } of this.#wakes.values()) {
      if (due !== undefined && (earliest === undefined || due < earliest)) earliest = due;
    }
    return earliest;
  }

  step(input: NotifierInput | Timeout, now: Instant): NotifierEffect[] {
    if (input.kind === 'timeout') return this.#timeout(now);
    const wake = this.#wakes.get(input.device) ?? newWake();
    switch (input.kind) {
      case 'wake':
        return this.#asked(input.device, wake, now);
      case 'session':
        return this.#fire(input.device, wake, 'session', now);
      case 'failed':
        return this.#unreachable(input.device, wake, input.reason, now);
      case 'answered':
        return this.#answered(input, wake, now);
    }
  }

  #asked(device: string, wake: Wake, now: Instant): NotifierEffect[] {
    if (TRANSITIONS[wake.state].asked === undefined) return []; // joins the wake under way
    // OMA-DMNOT 6.2: a new id per notification; a retry keeps its own. [DMNOT 6.2-3]
    wake.SessionID = this.#newSessionID();
    wake.attempts = 0;
    wake.silences = 0;
    return this.#fire(device, wake, 'asked', now);
  }

  #answered(
    input: Extract<NotifierInput, { kind: 'answered' }>,
    wake: Wake,
    now: Instant,
  ): NotifierEffect[] {
    const { device, status, reason } = input;
    if (status < 300) return this.#fire(device, wake, 'accepted', now);
    const words = `MESSAGE answered ${status} ${reason}`;
    if (RETRIED_STATUSES.has(status)) return this.#unreachable(device, wake, words, now);
    wake.reason = words; // I-14: a UE without push answers 415, and will do so again
    return this.#fire(device, wake, 'refused', now);
  }

  #unreachable(device: string, wake: Wake, reason: string, now: Instant): NotifierEffect[] {
    wake.reason = reason;
    const isLast = wake.attempts >= ATTEMPTS_MAX;
    return this.#fire(device, wake, isLast ? 'exhausted' : 'unreachable', now);
  }

  #timeout(now: Instant): NotifierEffect[] {
    const due = [...this.#wakes].filter(([, wake]) => wake.due !== undefined && wake.due <= now);
    return due.flatMap(([device, wake]) => {
      if (wake.state === 'waiting') return this.#fire(device, wake, 'retry', now);
      wake.reason = 'MESSAGE was accepted, but no session came';
      wake.silences += 1;
      return this.#fire(device, wake, this.#hasTriedAll(wake) ? 'exhausted' : 'no-session', now);
    });
  }

  #hasTriedAll(wake: Wake): boolean {
    return wake.attempts >= ATTEMPTS_MAX;
  }

  #fire(device: string, wake: Wake, event: WakeEvent, now: Instant): NotifierEffect[] {
    const next = TRANSITIONS[wake.state][event];
    if (next === undefined) return [];
    wake.state = next;
    return this.#enter(device, wake, now);
  }

  #enter(device: string, wake: Wake, now: Instant): NotifierEffect[] {
    wake.due = this.#dueIn(wake, now);
    if (wake.state === 'idle') this.#wakes.delete(device);
    else this.#wakes.set(device, wake);
    if (wake.state === 'sent') {
      wake.attempts += 1;
      wake.reason = undefined;
    }
    const { state, reason, SessionID } = wake;
    const told: NotifierEffect = { kind: 'wake-state', device, state, reason };
    const isNonceInDoubt = wake.silences > 0;
    return state === 'sent'
      ? [told, { kind: 'notify', device, SessionID, isNonceInDoubt }]
      : [told];
  }

  #dueIn(wake: Wake, now: Instant): Instant | undefined {
    if (wake.state === 'answered') return now + SESSION_WAIT_MS;
    if (wake.state !== 'waiting') return undefined;
    const delay = RETRY_DELAYS_MS[Math.max(0, wake.attempts - 1)] ?? RETRY_DELAYS_MS.at(-1) ?? 0;
    return now + delay * (1 + this.#fraction() / 4);
  }

  #newSessionID(): number {
    const [high = 0, low = 0] = this.#random(2);
    return ((high << 8) | low) % 0xffff || 0xffff; // 1..FFFF
  }

  #fraction(): number {
    return (this.#random(1)[0] ?? 0) / 256;
  }
}

function newWake(): Wake {
  return {
    state: 'idle',
    SessionID: 0,
    attempts: 0,
    silences: 0,
    due: undefined,
    reason: undefined,
  };
}
