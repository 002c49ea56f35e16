/**
 * A Push Proxy Gateway (PKT-SP-UE-PROV 6.2.4) [R-6.3.4-4]: takes pushes over PAP, sends each recipient a SIP MESSAGE by feature
 * match, and tells the initiator what became of it. In memory, with limits: a push that a restart ends is unknown
 * afterwards, and a query says so.
 *
 * WAP-247-PAP; the codes for SIP statuses are our reading (spec/notes.md). Pure; carried out by gateway-service.ts.
 */
import type { Engine, Instant, Random, Timeout } from '@ueprov/protocols';
import {
  type CancelResult,
  PAP_CODES,
  type PapMessage,
  type PushMessage,
} from '@ueprov/protocols/push';
import { Schedule } from '@ueprov/protocols/sip';
import { meaningOf } from '../wake-failure.ts';
import type { WakeFailure } from '../wake-funnel.ts';
import { type LaneBudget, WakeLanes } from '../wake-lanes.ts';
import {
  codeOf,
  deliveryKey,
  isLate,
  isRecallable,
  keyOf,
  newDelivery,
  orUnknown,
  SEPARATOR,
  statusOf,
  UNKNOWN,
} from './gateway-delivery.ts';
import {
  DELIVERY_TRANSITIONS,
  type Delivery,
  type DeliveryEvent,
  type GatewayEffect,
  type GatewayInput,
  type Push,
} from './gateway-record.ts';

/** Pushes that are remembered; above, the oldest that is over goes, and where none is, a new one is refused. */
export const PUSHES_MAX = 10_000;
export const CONTENT_BYTES_MAX = 32_768;
export const DELIVERY_ATTEMPTS_MAX = 4;
const RETRY_DELAYS_MS = [2_000, 8_000, 30_000];
/** Tries to tell an initiator of a result. */
export const TELL_ATTEMPTS_MAX = 3;
const TELL_RETRY_MS = 10_000;
/** All pushes share the budget of one lane: they come from few, and go to any. */
const LANE = 'gateway';

export interface GatewayOptions {
  readonly name: string;
  readonly budget: LaneBudget;
  readonly random: Random;
  /** Whether results may be told to this URL: everything else would let an initiator send us anywhere. */
  readonly mayTell: (url: string) => boolean;
}

interface Telling {
  readonly url: string;
  readonly message: PapMessage;
  attempts: number;
}

export class PushGateway implements Engine<GatewayInput, GatewayEffect> {
  readonly #options: GatewayOptions;
  /** By initiator and push-id, oldest first. */
  readonly #pushes = new Map<string, Push>();
  /** By the key of their delivery. */
  readonly #tellings = new Map<string, Telling>();
  readonly #schedule = new Schedule<string>();
  readonly #lanes: WakeLanes;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#lanes = new WakeLanes(options.budget);
  }

  get deadline(): Instant | undefined {
    const [own, lane] = [this.#schedule.earliest, this.#lanes.deadline];
    return own === undefined || (lane !== undefined && lane < own) ? lane : own;
  }

  get size(): number {
    return this.#pushes.size;
  }

  step(input: GatewayInput | Timeout, now: Instant): GatewayEffect[] {
    return [...this.#take(input, now), ...this.#turns(now)];
  }

  #take(input: GatewayInput | Timeout, now: Instant): GatewayEffect[] {
    switch (input.kind) {
      case 'timeout':
        return this.#schedule.expire(now).flatMap((key) => this.#due(key, now));
      case 'push':
        return this.#pushed(input, now);
      case 'control':
        return [{ kind: 'reply', message: this.#control(input.initiator, input.message, now) }];
      case 'answered':
        return this.#answered(input, now);
      case 'failed':
        this.#lanes.release(LANE, now);
        return this.#unavailable(input.delivery, 'timeout', input.reason, 0, now);
      case 'told':
        return this.#told(input.delivery, input.isTaken, now);
    }
  }

  /** [SIPPUSH PAP-9] */
  #pushed(input: Extract<GatewayInput, { kind: 'push' }>, now: Instant): GatewayEffect[] {
    const { initiator, message, content, recipients } = input;
    const fault = this.#faultOf(input, now);
    if (fault !== undefined || content === undefined) {
      const [code, desc] = fault ?? [PAP_CODES.badRequest, 'no content'];
      return [this.#reply(message, code, desc, now)];
    }
    const replaced = this.#replace(initiator, message, now);
    if (replaced === 'unknown') {
      return [this.#reply(message, PAP_CODES.pushIdNotFound, 'replace-push-id is not known', now)];
    }
    const push: Push = { initiator, message, content, receivedAt: now, deliveries: new Map() };
    const key = keyOf(initiator, message['push-id']);
    this.#pushes.set(key, push);
    const after = Math.max(now, message['deliver-after-timestamp'] ?? now);
    for (const { address, IMPU = '' } of recipients) {
      if (replaced !== 'all' && !replaced.has(address)) continue;
      push.deliveries.set(address, newDelivery(address, IMPU, now));
      this.#schedule.set(deliveryKey(key, address), after);
    }
    return [this.#reply(message, PAP_CODES.accepted, 'accepted for processing', now)];
  }

  /** Why the push is not taken: code and words. [SIPPUSH PAP-10] [SIPPUSH PAP-13] */
  #faultOf(
    { initiator, message, content, recipients }: Extract<GatewayInput, { kind: 'push' }>,
    now: Instant,
  ): readonly [code: number, desc: string] | undefined {
    const qos = message['quality-of-service'] ?? {};
    const url = message['ppg-notify-requested-to'];
    const before = message['deliver-before-timestamp'];
    const lost = recipients.find(({ IMPU }) => IMPU === undefined);
    if (content === undefined) return [PAP_CODES.badRequest, 'no content'];
    if (content.content.length > CONTENT_BYTES_MAX) return [PAP_CODES.badRequest, 'too long'];
    if (this.#pushes.has(keyOf(initiator, message['push-id']))) {
      return [PAP_CODES.duplicatePushId, 'duplicate push-id'];
    }
    if (lost !== undefined) {
      const { code = PAP_CODES.addressError, address } = lost;
      return [
        code,
        `${code === PAP_CODES.addressNotFound ? 'nobody at' : 'no address:'} ${address}`,
      ];
    }
    if (url !== undefined && !this.#options.mayTell(url)) {
      return [PAP_CODES.forbidden, 'results are not told to that host'];
    }
    if (before !== undefined && before <= now) return [PAP_CODES.notPossible, 'it is too late'];
    if (qos['bearer-required'] === true && qos.bearer?.toUpperCase() !== 'SIP') {
      return [PAP_CODES.requiredBearerNotAvailable, 'there is SIP only'];
    }
    if (qos['network-required'] === true && qos.network?.toUpperCase() !== 'IMS') {
      return [PAP_CODES.requiredNetworkNotAvailable, 'there is IMS only'];
    }
    return this.#hasRoom() ? undefined : [PAP_CODES.serviceUnavailable, 'too many pushes'];
  }

  /**
   * PAP 5.1.2: which recipients of the new push are to have it, after what they had before is gone.
   * [SIPPUSH PAP-12]
   */
  #replace(
    initiator: string,
    message: PushMessage,
    now: Instant,
  ): 'all' | 'unknown' | ReadonlySet<string> {
    const replacedId = message['replace-push-id'];
    if (replacedId === undefined) return 'all';
    const isPendingOnly = message['replace-method'] === 'pending-only';
    const key = keyOf(initiator, replacedId);
    const old = this.#pushes.get(key);
    if (old === undefined) return isPendingOnly ? 'unknown' : 'all';
    const pending = [...old.deliveries.values()].filter(isRecallable);
    for (const delivery of pending) {
      this.#fire(delivery, 'cancelled', [PAP_CODES.ok, 'replaced'], now);
    }
    return isPendingOnly ? new Set(pending.map(({ address }) => address)) : 'all';
  }

  #control(
    initiator: string,
    message: Extract<GatewayInput, { kind: 'control' }>['message'],
    now: Instant,
  ): PapMessage {
    // [SIPPUSH PAP-18]
    if (message.kind === 'ccq-message') {
      const { kind: _, 'app-id': _app, ...rest } = message;
      const desc = 'capabilities are not known here';
      return { kind: 'ccq-response', ...rest, code: PAP_CODES.capabilitiesNotAvailable, desc };
    }
    const id = { 'push-id': message['push-id'] };
    const push = this.#pushes.get(keyOf(initiator, message['push-id']));
    const wanted = [...(push?.deliveries.values() ?? [])].filter(
      ({ address }) => message.addresses.length === 0 || message.addresses.includes(address),
    );
    if (message.kind === 'cancel-message') {
      const results = wanted.map((delivery) => this.#cancel(delivery, now));
      return { kind: 'cancel-response', ...id, 'cancel-results': orUnknown(results) };
    }
    const results = wanted.map(statusOf);
    const unknown = { 'message-state': 'unknown', ...UNKNOWN } as const;
    return {
      kind: 'statusquery-response',
      ...id,
      'statusquery-results': results.length === 0 ? [unknown] : results,
    };
  }

  /** [SIPPUSH PAP-16] */
  #cancel(delivery: Delivery, now: Instant): CancelResult {
    const addresses = [delivery.address];
    if (!isRecallable(delivery)) {
      const desc = delivery.isInFlight ? 'it is on its way' : `it is ${delivery.state}`;
      return { code: PAP_CODES.cancellationNotPossible, desc, addresses };
    }
    this.#fire(delivery, 'cancelled', [PAP_CODES.ok, 'cancelled'], now);
    return { code: PAP_CODES.ok, desc: 'cancelled', addresses };
  }

  #answered(input: Extract<GatewayInput, { kind: 'answered' }>, now: Instant): GatewayEffect[] {
    const { delivery: key, status, reason, retryAfterS = 0 } = input;
    this.#lanes.release(LANE, now);
    const words = `${status} ${reason}`;
    if (status < 300) return this.#settle(key, 'accepted', [PAP_CODES.ok, words], now);
    const { failure, isRetried } = meaningOf(status);
    if (isRetried) return this.#unavailable(key, failure, words, retryAfterS, now);
    return this.#settle(key, 'refused', [codeOf(failure), words], now);
  }

  #unavailable(
    key: string,
    failure: WakeFailure,
    reason: string,
    retryAfterS: number,
    now: Instant,
  ): GatewayEffect[] {
    const delivery = this.#delivery(key);
    if (delivery === undefined) return [];
    const code = codeOf(failure);
    if (delivery.attempts >= DELIVERY_ATTEMPTS_MAX) {
      const event = failure === 'timeout' ? 'unavailable' : 'refused';
      return this.#settle(key, event, [code, reason], now);
    }
    Object.assign(delivery, { isInFlight: false, code, desc: reason, eventAt: now });
    const delay = RETRY_DELAYS_MS[delivery.attempts - 1] ?? 0;
    const jitter = 1 + (this.#options.random(1)[0] ?? 0) / 512;
    this.#schedule.set(key, now + Math.max(delay, retryAfterS * 1000) * jitter);
    return [];
  }

  /** A delivery whose time has come, or a result that is told again. */
  #due(key: string, now: Instant): GatewayEffect[] {
    const telling = this.#tellings.get(key);
    if (telling !== undefined) return [this.#tell(key, telling)];
    const push = this.#pushOf(key);
    const delivery = this.#delivery(key);
    if (push === undefined || delivery?.state !== 'pending') return [];
    if (isLate(push, now)) {
      return this.#settle(key, 'late', [PAP_CODES.serviceFailure, 'it came too late'], now);
    }
    this.#lanes.push(LANE, key, now);
    return [];
  }

  #turns(now: Instant): GatewayEffect[] {
    const isWanted = (key: string) => this.#delivery(key)?.state === 'pending';
    return this.#lanes.take(now, isWanted).flatMap(({ item: key }): GatewayEffect[] => {
      const push = this.#pushOf(key);
      const delivery = this.#delivery(key);
      if (
        push === undefined ||
        delivery === undefined ||
        delivery.isInFlight ||
        isLate(push, now)
      ) {
        this.#lanes.release(LANE, now);
        return push === undefined || delivery?.isInFlight === true
          ? []
          : this.#settle(key, 'late', [PAP_CODES.serviceFailure, 'it came too late'], now);
      }
      delivery.attempts += 1;
      delivery.isInFlight = true;
      const { IMPU } = delivery;
      return [{ kind: 'deliver', delivery: key, IMPU, content: push.content }];
    });
  }

  /** The delivery is over; its initiator is told, if it wants to be. [SIPPUSH PAP-14] */
  #settle(
    key: string,
    event: DeliveryEvent,
    result: readonly [code: number, desc: string],
    now: Instant,
  ): GatewayEffect[] {
    const push = this.#pushOf(key);
    const delivery = this.#delivery(key);
    if (push === undefined || delivery === undefined) return [];
    if (!this.#fire(delivery, event, result, now)) return [];
    const { message, receivedAt } = push;
    const url = message['ppg-notify-requested-to'];
    if (url === undefined) return [];
    const { code, desc, state, address, eventAt } = delivery;
    const notification: PapMessage = {
      kind: 'resultnotification-message',
      'push-id': message['push-id'],
      'sender-name': this.#options.name,
      'received-time': receivedAt,
      'event-time': eventAt,
      'message-state': state,
      ...{ code, desc, address },
    };
    const telling: Telling = { url, message: notification, attempts: 0 };
    this.#tellings.set(key, telling);
    return [this.#tell(key, telling)];
  }

  #tell(key: string, telling: Telling): GatewayEffect {
    telling.attempts += 1;
    this.#schedule.set(key, undefined);
    return { kind: 'tell', delivery: key, url: telling.url, message: telling.message };
  }

  #told(key: string, isTaken: boolean, now: Instant): GatewayEffect[] {
    const telling = this.#tellings.get(key);
    if (telling === undefined) return [];
    if (isTaken || telling.attempts >= TELL_ATTEMPTS_MAX) this.#tellings.delete(key);
    else this.#schedule.set(key, now + TELL_RETRY_MS * telling.attempts);
    return [];
  }

  #fire(
    delivery: Delivery,
    event: DeliveryEvent,
    [code, desc]: readonly [code: number, desc: string],
    now: Instant,
  ): boolean {
    const next = DELIVERY_TRANSITIONS[delivery.state]?.[event];
    if (next === undefined) return false;
    Object.assign(delivery, { state: next, code, desc, eventAt: now, isInFlight: false });
    return true;
  }

  #reply(message: PushMessage, code: number, desc: string, now: Instant): GatewayEffect {
    return {
      kind: 'reply',
      message: {
        kind: 'push-response',
        'push-id': message['push-id'],
        'sender-name': this.#options.name,
        'reply-time': now,
        'progress-notes': [],
        'response-result': { code, desc },
      },
    };
  }

  #pushOf(key: string): Push | undefined {
    return this.#pushes.get(key.slice(0, key.lastIndexOf(SEPARATOR)));
  }

  #delivery(key: string): Delivery | undefined {
    return this.#pushOf(key)?.deliveries.get(key.slice(key.lastIndexOf(SEPARATOR) + 1));
  }

  /** Room for one more: the oldest push that is over makes it. */
  #hasRoom(): boolean {
    if (this.#pushes.size < PUSHES_MAX) return true;
    for (const [key, { deliveries }] of this.#pushes) {
      const isOver = [...deliveries.values()].every(({ state }) => state !== 'pending');
      if (isOver) return this.#pushes.delete(key);
    }
    return false;
  }
}
