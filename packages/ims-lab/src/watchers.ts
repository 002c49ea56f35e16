/**
 * Who watches the registrations (the `reg` event package), and what each of them is sent: one notifier per
 * subscription. TS 24.229 5.4.2.1, RFC 6665, RFC 3680. Used by s-cscf.ts, which sends and answers.
 */
import assert from 'node:assert';
import type { Instant, Random } from '@ueprov/protocols';
import {
  encodeReginfo,
  headersOf,
  type NotifierEffect,
  type NotifierInput,
  Schedule,
  type SipRequest,
  type SipResponse,
  SubscriptionNotifier,
  type TransportAddress,
} from '@ueprov/protocols/sip';
import type { Refusal } from './forwarding.ts';
import type { IdentitySet } from './hss.ts';
import type { Registration } from './registrar.ts';
import { reginfoOf } from './registration-state.ts';

export interface Watcher {
  readonly id: string;
  readonly set: IdentitySet;
  /** Where its SUBSCRIBE came from: its NOTIFYs go there, whatever its Contact says. */
  readonly target: TransportAddress;
  readonly notifier: SubscriptionNotifier;
}

export interface Notification {
  readonly watcher: Watcher;
  readonly request: SipRequest;
}

/** Of one implicit registration set: its devices, and some application servers. */
export const WATCHERS_MAX = 16;
const BUSY = { status: 503, headers: [{ name: 'Retry-After', value: '60' }] } as const;

export interface WatchersOptions {
  /** URI of the S-CSCF. */
  readonly contact: string;
  readonly random: Random;
}

export class Watchers {
  readonly #options: WatchersOptions;
  /** By id of the set, by id of the watcher. */
  readonly #bySet = new Map<string, Map<string, Watcher>>();
  readonly #byId = new Map<string, Watcher>();
  readonly #schedule = new Schedule<string>();
  #count = 0;

  constructor(options: WatchersOptions) {
    this.#options = options;
  }

  get deadline(): Instant | undefined {
    return this.#schedule.earliest;
  }

  get count(): number {
    return this.#byId.size;
  }

  /** A SUBSCRIBE of somebody who may: its answer, and what follows it. */
  subscribe(
    request: SipRequest,
    source: TransportAddress,
    set: IdentitySet,
    registration: Registration | undefined,
    now: Instant,
  ): { readonly answer: Refusal; readonly notifications: readonly Notification[] } {
    const known = this.#watcherOf(request, set);
    const watcher = known ?? this.#newWatcher(set, source);
    if (watcher === undefined) return { answer: BUSY, notifications: [] };
    const effects = watcher.notifier.step({ kind: 'subscribe', request }, now);
    const [answer] = effects.flatMap((effect) => (effect.kind === 'answer' ? [effect] : []));
    assert(answer !== undefined, 'a notifier answers each SUBSCRIBE');
    const { status, toTag, headers } = answer;
    const notifications = this.#perform(watcher, effects, registration, now);
    // RFC 3261 §12.1.1: the way back is part of the dialog.
    const recorded = headersOf(request, 'Record-Route').map((value) => ({
      name: 'Record-Route',
      value,
    }));
    const added = status === 200 ? recorded : [];
    return { answer: { status, toTag, headers: [...headers, ...added] }, notifications };
  }

  /** The registration has changed, or is over if it has no bindings: then so are the subscriptions. */
  changed(registration: Registration, now: Instant): readonly Notification[] {
    const isOver = registration.bindings.length === 0;
    const input: NotifierInput = isOver
      ? { kind: 'terminate', reason: 'noresource' }
      : { kind: 'changed' };
    const all = [...(this.#bySet.get(registration.set.id)?.values() ?? [])];
    return all.flatMap((watcher) => this.#step(watcher, input, registration, now));
  }

  response(
    watcher: Watcher,
    response: SipResponse,
    registration: Registration | undefined,
    now: Instant,
  ): readonly Notification[] {
    return this.#step(watcher, { kind: 'response', response }, registration, now);
  }

  unanswered(watcher: Watcher, now: Instant): readonly Notification[] {
    return this.#step(watcher, { kind: 'unanswered' }, undefined, now);
  }

  expire(
    registrationOf: (set: IdentitySet) => Registration | undefined,
    now: Instant,
  ): readonly Notification[] {
    return this.#schedule.expire(now).flatMap((id) => {
      const watcher = this.#byId.get(id);
      if (watcher === undefined) return [];
      const effects = watcher.notifier.step({ kind: 'timeout' }, now);
      return this.#perform(watcher, effects, registrationOf(watcher.set), now);
    });
  }

  #step(
    watcher: Watcher,
    input: NotifierInput,
    registration: Registration | undefined,
    now: Instant,
  ): readonly Notification[] {
    return this.#perform(watcher, watcher.notifier.step(input, now), registration, now);
  }

  #perform(
    watcher: Watcher,
    effects: readonly NotifierEffect[],
    registration: Registration | undefined,
    now: Instant,
  ): readonly Notification[] {
    const notifications = effects.flatMap((effect) => {
      if (effect.kind === 'send') return [{ watcher, request: effect.request }];
      if (effect.kind !== 'compose') return [];
      const body = encodeReginfo(reginfoOf(watcher.set, registration, effect, now));
      return this.#step(watcher, { kind: 'body', body }, registration, now);
    });
    const { phase, deadline } = watcher.notifier;
    // One that was refused has no subscription either.
    if (phase === 'Terminated' || phase === 'Idle') this.#forget(watcher);
    else this.#schedule.set(watcher.id, deadline);
    return notifications;
  }

  #newWatcher(set: IdentitySet, target: TransportAddress): Watcher | undefined {
    const ofSet = this.#bySet.get(set.id) ?? new Map<string, Watcher>();
    if (ofSet.size >= WATCHERS_MAX) return undefined;
    this.#count += 1;
    const notifier = new SubscriptionNotifier(this.#options);
    const watcher = { id: String(this.#count), set, target, notifier };
    this.#bySet.set(set.id, ofSet.set(watcher.id, watcher));
    this.#byId.set(watcher.id, watcher);
    return watcher;
  }

  #watcherOf(request: SipRequest, set: IdentitySet): Watcher | undefined {
    const all = [...(this.#bySet.get(set.id)?.values() ?? [])];
    return all.find(({ notifier }) => notifier.isFor(request));
  }

  #forget({ id, set }: Watcher): void {
    this.#byId.delete(id);
    this.#schedule.set(id, undefined);
    const ofSet = this.#bySet.get(set.id);
    ofSet?.delete(id);
    if (ofSet?.size === 0) this.#bySet.delete(set.id);
  }
}
