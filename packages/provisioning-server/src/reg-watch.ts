/**
 * The server as a watcher of registrations (UE-2, the optional part): a subscription to the `reg` event package per
 * device, through the S-CSCF that registered it. What it tells that a third-party REGISTER does not: the UE's Contact
 * with its feature tags, and every identity of its implicit registration set.
 *
 * RFC 3680, RFC 6665; PKT 24.229 5.7.1.1. [R-6.7-4] [R-6.7-i1]. The engine is protocols/sip; this file keeps one per
 * device and puts what they learn into the store.
 */
import { type Instant, ProtocolError, type Random } from '@ueprov/protocols';
import {
  addressOf,
  callId,
  decodeNameAddr,
  decodeReginfo,
  encodeUri,
  nextHopOf,
  type ReginfoContact,
  type ReginfoRegistration,
  type ReginfoView,
  Schedule,
  type SipRequest,
  type SipResponse,
  Subscription,
  type SubscriptionEffect,
  type TransportAddress,
  takeReginfo,
} from '@ueprov/protocols/sip';
import { offeredContact, plainUri } from './registrations.ts';
import { SipFailure } from './shell/sip-failure.ts';
import type { Change } from './store/record.ts';
import type { Store } from './store/store.ts';
import { targetOf } from './wake-message.ts';

export interface RegWatchPorts {
  readonly store: Store;
  readonly now: () => Instant;
  readonly random: Random;
  readonly onChanges: (changes: readonly Change[]) => void;
  readonly sendSip: (
    request: SipRequest,
    target: TransportAddress,
    device: string,
  ) => Promise<SipResponse>;
  /** Stored: a device is registered, and this is what its Contact says. */
  readonly onRegistered: (device: string, acceptsPush: boolean) => void;
  readonly onDeadline: () => void;
  readonly onWork: (work: Promise<void>) => void;
  readonly onRefused: (reason: string) => void;
}

export interface RegWatchOptions {
  /** The server's own SIP URI. */
  readonly identity: string;
  /** Where NOTIFY finds it, once it listens. */
  readonly contact: () => string;
  readonly mode: 'never' | 'when-needed' | 'always';
  /** Devices watched at once; WATCHES_MAX unless said otherwise. */
  readonly watchesMax?: number;
}

interface Watch {
  readonly device: string;
  readonly subscription: Subscription;
  view: ReginfoView | undefined;
}

/** Devices watched at once; one more is not, and its REGISTERs say what they say. */
export const WATCHES_MAX = 100_000;

/** What a NOTIFY gets. */
export interface NotifyAnswer {
  readonly status: number;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  /** Whose it was. */
  readonly device: string | undefined;
}

export class RegWatch {
  readonly #options: RegWatchOptions;
  readonly #ports: RegWatchPorts;
  readonly #byDevice = new Map<string, Watch>();
  readonly #byCallId = new Map<string, Watch>();
  readonly #schedule = new Schedule<string>();

  constructor(options: RegWatchOptions, ports: RegWatchPorts) {
    this.#options = options;
    this.#ports = ports;
  }

  get deadline(): Instant | undefined {
    return this.#schedule.earliest;
  }

  get size(): number {
    return this.#byDevice.size;
  }

  /** A device registered through this S-CSCF; `acceptsPush` is undefined where its tags were not told. */
  registered(device: string, IMPU: string, route: string, acceptsPush: boolean | undefined): void {
    const { mode, watchesMax = WATCHES_MAX } = this.#options;
    const isWanted = mode === 'always' || (mode === 'when-needed' && acceptsPush === undefined);
    if (!isWanted || this.#byDevice.has(device)) return;
    if (this.#byDevice.size >= watchesMax) {
      this.#ports.onRefused(`${IMPU} is not watched: ${watchesMax} others are`);
      return;
    }
    const { identity, contact } = this.#options;
    const subscription = new Subscription({
      resource: IMPU,
      identity,
      contact: contact(),
      random: this.#ports.random,
      route: [looseRoute(route)],
      headers: [{ name: 'P-Asserted-Identity', value: `<${identity}>` }],
    });
    const watch: Watch = { device, subscription, view: undefined };
    this.#byDevice.set(device, watch);
    this.#byCallId.set(subscription.callId, watch);
    this.#drive(watch, subscription.step({ kind: 'subscribe' }, this.#ports.now()));
  }

  /** The device is gone: a NOTIFY that is still on its way gets 481, which ends the subscription there. */
  deregistered(device: string): void {
    const watch = this.#byDevice.get(device);
    if (watch !== undefined) this.#forget(watch);
  }

  timeout(): void {
    const now = this.#ports.now();
    for (const device of this.#schedule.expire(now)) {
      const watch = this.#byDevice.get(device);
      if (watch !== undefined) {
        this.#drive(watch, watch.subscription.step({ kind: 'timeout' }, now));
      }
    }
    this.#ports.onDeadline();
  }

  /** Resolves after the commit of what the NOTIFY told. Throws ProtocolError for a body that cannot be read. */
  async notified(request: SipRequest): Promise<NotifyAnswer> {
    const watch = this.#byCallId.get(callId(request));
    if (watch === undefined) return { status: 481, headers: [], device: undefined };
    const effects = watch.subscription.step({ kind: 'notify', request }, this.#ports.now());
    if (effects.some(({ kind }) => kind === 'established')) watch.view = undefined;
    const answer = effects.find((effect) => effect.kind === 'answer');
    const told = effects.find((effect) => effect.kind === 'notified');
    try {
      if (told !== undefined) await this.#take(watch, told.request);
    } finally {
      this.#drive(watch, effects);
    }
    const { status = 500, headers = [] } = answer ?? {};
    return { status, headers, device: watch.device };
  }

  async #take(watch: Watch, notify: SipRequest): Promise<void> {
    const outcome = takeReginfo(watch.view, decodeReginfo(notify.body));
    if (outcome.kind === 'old') return;
    watch.view = outcome.view;
    // RFC 3680 5.1: a gap in the versions asks for the full state. [SIPPUSH RFC3680.5.1-1]
    if (outcome.kind === 'gap') {
      this.#drive(watch, watch.subscription.step({ kind: 'refresh' }, this.#ports.now()));
    }
    for (const registration of outcome.view.registrations) await this.#remember(registration);
  }

  async #remember(registration: ReginfoRegistration): Promise<void> {
    const { store, now, onChanges, onRegistered } = this.#ports;
    const device = await store.deviceByIMPU(plainUri(decodeNameAddr(`<${registration.aor}>`)));
    if (device === undefined) return;
    const at = now();
    const known = await store.state(device.id);
    const offered = offeredContact(registration.contacts.map(nameAddrOf));
    const isActive = registration.state === 'active' && registration.contacts.length > 0;
    const registeredUntil = isActive
      ? endOf(registration.contacts, at, known?.registeredUntil)
      : undefined;
    const change: Change = {
      kind: 'device-state',
      device: device.id,
      registeredUntil,
      ...(isActive && offered && { contact: offered.contact }),
      ...(isActive &&
        offered?.contact !== known?.contact &&
        known?.refusedStatus !== undefined && { refusedStatus: undefined }),
    };
    await store.write([change]);
    onChanges([change]);
    if (isActive && offered !== undefined) onRegistered(device.id, offered.acceptsPush);
  }

  #drive(watch: Watch, effects: readonly SubscriptionEffect[]): void {
    const { device, subscription } = watch;
    for (const effect of effects) {
      if (effect.kind === 'send') this.#ports.onWork(this.#send(watch, effect.request));
      if (effect.kind === 'ended') this.#ended(watch, effect);
    }
    if (!this.#byDevice.has(device)) return;
    this.#schedule.set(device, subscription.deadline);
    this.#ports.onDeadline();
  }

  #ended(watch: Watch, { reason, status, retryAt }: Ended): void {
    if (retryAt !== undefined) return;
    const words = status === undefined ? reason : `${status} ${reason}`;
    this.#ports.onRefused(`the registration of ${watch.device} is not watched any more: ${words}`);
    this.#forget(watch);
  }

  async #send(watch: Watch, request: SipRequest): Promise<void> {
    const { sendSip, now } = this.#ports;
    const { subscription, device } = watch;
    try {
      const target = targetOf(encodeUri(nextHopOf(request).uri));
      const response = await sendSip(request, target, device);
      this.#drive(watch, subscription.step({ kind: 'response', response }, now()));
    } catch (error) {
      if (!(error instanceof SipFailure || error instanceof ProtocolError)) throw error;
      const reason = error instanceof SipFailure ? error.reason : 'transport';
      this.#drive(watch, subscription.step({ kind: 'unanswered', reason }, now()));
    }
  }

  #forget({ device, subscription }: Watch): void {
    this.#byDevice.delete(device);
    this.#byCallId.delete(subscription.callId);
    this.#schedule.set(device, undefined);
    this.#ports.onDeadline();
  }
}

type Ended = Extract<SubscriptionEffect, { kind: 'ended' }>;

/**
 * TS 24.229 5.7.1.1: the Contact of the third-party REGISTER is the S-CSCF.
 * [SIPPUSH TS24229.5.7.1.1-4]
 */
function looseRoute(route: string) {
  return addressOf(/;lr(?:[;=?]|$)/i.test(route) ? route : `${route};lr`);
}

function nameAddrOf({ uri, unknownParams }: ReginfoContact) {
  const parameters = unknownParams.map(({ name, value }) =>
    value ? `;${name}=${value}` : `;${name}`,
  );
  return decodeNameAddr(`<${uri}>${parameters.join('')}`, 'contact');
}

/** The last of its contacts counts; where none says how long, what was known, or an hour. */
function endOf(
  contacts: readonly ReginfoContact[],
  at: Instant,
  known: Instant | undefined,
): Instant {
  const told = contacts.flatMap(({ expires }) => (expires === undefined ? [] : [expires]));
  if (told.length > 0) return at + Math.max(...told) * 1000;
  return known !== undefined && known > at ? known : at + EXPIRES_DEFAULT_MS;
}

/** RFC 3261 10.2.1.1. */
const EXPIRES_DEFAULT_MS = 3_600_000;
