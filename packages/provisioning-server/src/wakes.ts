/**
 * From a registration or an operator's wish to the MESSAGE that wakes a device: the notifier's decisions carried out.
 * Every state of a wake is in the store before anybody is told of it, and goes on after a restart. docs/wake.md
 */
import { randomBytes } from 'node:crypto';
import { type Instant, ProtocolError } from '@ueprov/protocols';
import {
  encodeSip,
  type SipRequest,
  type SipResponse,
  type TransportAddress,
} from '@ueprov/protocols/sip';
import { ApiProblem } from './api/problem.ts';
import { Notifier, WAKES_MAX } from './notifier.ts';
import type { PushOutcome } from './push/initiator.ts';
import { SipFailure } from './shell/sip-failure.ts';
import type { Change, DeviceRecord, DeviceState, Wake } from './store/record.ts';
import { PAGE_MAX, type Store } from './store/store.ts';
import type { WakeFailure, WakeFunnel } from './wake-funnel.ts';
import type { LaneBudget } from './wake-lanes.ts';
import { targetOf, waitOf, wakePackage0, wakeRequest } from './wake-message.ts';
import type { NotifierEffect, NotifierInput, WakeState } from './wake-states.ts';

export interface WakesPorts {
  readonly store: Store;
  readonly now: () => Instant;
  readonly onChanges: (changes: readonly Change[]) => void;
  /** Sends a request and gives back its final answer. Rejects with SipFailure if none came. */
  readonly sendSip: (
    request: SipRequest,
    target: TransportAddress,
    device: string,
  ) => Promise<SipResponse>;
  /** Hands Package #0 to another's PPG, where the operator wants that instead. */
  readonly push?: (IMPU: string, package0: Uint8Array) => Promise<PushOutcome>;
  /** `deadline` may have changed. */
  readonly onDeadline: () => void;
  /** Work that nobody waits for. */
  readonly onWork: (work: Promise<void>) => void;
}

export interface WakesOptions {
  readonly ServerID: string;
  /** The server's own SIP URI. */
  readonly identity: string;
  /** Where requests enter the core when the registration named no S-CSCF. */
  readonly core: TransportAddress | undefined;
  /** 6.7 UE-2: whether registrations are known at all. */
  readonly isMonitoring: boolean;
  /** Of MESSAGEs to one P-CSCF. */
  readonly budget: LaneBudget;
  /** No MESSAGE can go by TCP, however long it is. */
  readonly isUdpOnly: boolean;
}

type Notify = Extract<NotifierEffect, { kind: 'notify' }>;

/** Who or what wants the device woken. */
export interface WakeCause {
  /** Nobody asked by hand. */
  readonly isAutomatic?: boolean;
}

interface Obstacle {
  readonly code: 'NO_IMPU' | 'NOT_REGISTERED' | 'NO_ROUTE' | 'GONE';
  readonly failure: WakeFailure;
  readonly detail: string;
}

/**
 * What RFC 3261 §18.1.1 lets UDP carry where the path is not known, less the Via that is still to come.
 * [SIPPUSH RFC3428.8-1]
 */
const UDP_BYTES_MAX = 1300 - 100;

export class Wakes {
  readonly #options: WakesOptions;
  readonly #ports: WakesPorts;
  readonly #notifier: Notifier;

  constructor(options: WakesOptions, ports: WakesPorts) {
    this.#options = options;
    this.#ports = ports;
    const { budget, isMonitoring } = options;
    this.#notifier = new Notifier({ random: randomBytes, budget, isMonitoring });
  }

  get deadline(): Instant | undefined {
    return this.#notifier.deadline;
  }

  get funnel(): WakeFunnel {
    return this.#notifier.funnel;
  }

  /** [R-6.7-6] At any time; throws ApiProblem where no MESSAGE could reach the device. */
  async wake(id: string, { isAutomatic = false }: WakeCause = {}): Promise<void> {
    const { store, now } = this.#ports;
    const [device, state] = await Promise.all([store.device(id), store.state(id)]);
    if (device === undefined) throw new ApiProblem(404, 'NOT_FOUND', 'There is no such device.');
    const obstacle = this.#obstacle(device, state, now());
    if (obstacle !== undefined) throw new ApiProblem(409, obstacle.code, obstacle.detail);
    if (this.#notifier.isFull(id)) {
      const detail = `${WAKES_MAX} devices are being woken; ask again later.`;
      throw new ApiProblem(503, 'WAKES_FULL', detail, { 'retry-after': '30' });
    }
    // I-14: what the UE refused it will refuse again; the reason stands with the device. An operator may try.
    if (isAutomatic && state?.refusedStatus !== undefined) return;
    await this.#step({ kind: 'wake', device: id, lane: this.#laneOf(state), isAutomatic });
  }

  /** The device registered, or did again: what waited for it goes on. */
  async registered(id: string): Promise<void> {
    if (this.#notifier.stateOf(id) === 'idle') return;
    const state = await this.#ports.store.state(id);
    await this.#step({ kind: 'registered', device: id, lane: this.#laneOf(state) });
  }

  /** The device has something to do and says that it takes no push: it is not asked, and that is said. */
  async takesNoPush(device: string): Promise<void> {
    if (this.#notifier.stateOf(device) !== 'idle') return;
    const wakeReason = 'The device registered without the feature tag of DM push.';
    await this.#commit([{ kind: 'device-state', device, wake: 'gave-up', wakeReason }]);
  }

  /** After a start: what an earlier run had begun is begun again. */
  async resume(): Promise<void> {
    for (const wake of ['queued', 'sent', 'answered', 'held'] as const) {
      for (const states of await this.#statesOf(wake)) {
        const now = this.#ports.now();
        const effects = states.flatMap((state) => {
          const input = { kind: 'wake', device: state.device, lane: this.#laneOf(state) } as const;
          return this.#notifier.step(input, now);
        });
        await this.#perform(effects);
      }
    }
  }

  /** Page by page. */
  async #statesOf(wake: Wake): Promise<readonly (readonly DeviceState[])[]> {
    const pages: (readonly DeviceState[])[] = [];
    let after: string | undefined;
    do {
      const page = { limit: PAGE_MAX, ...(after !== undefined && { after }) };
      const { items, next } = await this.#ports.store.devices({ wake }, page);
      pages.push(items.map(({ state }) => state));
      after = next;
    } while (after !== undefined);
    return pages;
  }

  /** The device opened a session and proved itself: no more needs to be sent. */
  async sessionOpened(device: string): Promise<void> {
    if (this.#notifier.stateOf(device) !== 'idle') {
      await this.#step({ kind: 'session', device });
      return;
    }
    // One that had given up is reachable after all.
    const state = await this.#ports.store.state(device);
    if (state !== undefined && state.wake !== 'idle') {
      await this.#commit([{ kind: 'device-state', device, wake: 'idle', wakeReason: undefined }]);
    }
  }

  /** The session that followed a wake is over. */
  sessionEnded(device: string, result: string): Promise<void> {
    return this.#step({ kind: 'session-ended', device, result });
  }

  timeout(): Promise<void> {
    return this.#perform(this.#notifier.step({ kind: 'timeout' }, this.#ports.now()));
  }

  async #step(input: NotifierInput): Promise<void> {
    await this.#perform(this.#notifier.step(input, this.#ports.now()));
  }

  async #perform(effects: readonly NotifierEffect[]): Promise<void> {
    this.#ports.onDeadline();
    const notifies = effects.filter((effect) => effect.kind === 'notify');
    try {
      await this.#commit(effects.flatMap(stateChange));
    } catch (error) {
      // What is not stored is not sent; it ends here, and whoever asked hears why.
      this.#abandon(notifies);
      throw error;
    }
    for (const notify of notifies) this.#ports.onWork(this.#notify(notify));
  }

  #abandon(notifies: readonly Notify[]): void {
    const reason = 'The store could not keep it.';
    for (const { attempt } of notifies) {
      const input = { kind: 'failed', attempt, failure: 'internal', reason } as const;
      this.#notifier.step(input, this.#ports.now());
    }
    this.#ports.onDeadline();
  }

  async #commit(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    await this.#ports.store.write(changes);
    this.#ports.onChanges(changes);
  }

  /** Sends Package #0 and tells the notifier what came of it. */
  async #notify(notify: Notify): Promise<void> {
    const { attempt } = notify;
    const outcome = await this.#send(notify).catch((error: unknown): NotifierInput => {
      const reason = error instanceof Error ? error.message : String(error);
      return { kind: 'failed', attempt, failure: failureOf(error), reason };
    });
    await this.#step(outcome);
  }

  async #send({ attempt, SessionID, isNonceInDoubt }: Notify): Promise<NotifierInput> {
    const { store, now, sendSip, push } = this.#ports;
    const id = attempt.device;
    const [device, state] = await Promise.all([store.device(id), store.state(id)]);
    const obstacle = this.#obstacle(device, state, now());
    if (device?.IMPU === undefined || obstacle !== undefined) {
      const { failure = 'internal', detail = 'The device is gone.' } = obstacle ?? {};
      return { kind: 'failed', attempt, failure, reason: detail };
    }
    const { ServerID, identity, isUdpOnly } = this.#options;
    const { IMPU } = device;
    const route = state?.route;
    const wake = { device, IMPU, ServerID, identity, route, SessionID, isNonceInDoubt };
    if (push !== undefined) {
      return { kind: 'answered', attempt, ...(await push(IMPU, wakePackage0(wake))) };
    }
    const request = wakeRequest({ ...wake, random: randomBytes });
    const target = this.#target(route);
    const { length } = encodeSip(request);
    if (isUdpOnly && length > UDP_BYTES_MAX && (target.transport ?? 'udp') === 'udp') {
      const reason = `The MESSAGE of ${length} bytes is too long for UDP.`;
      return { kind: 'failed', attempt, failure: 'too-long', reason };
    }
    const response = await sendSip(request, target, id);
    const { status, reason } = response;
    return { kind: 'answered', attempt, status, reason, ...waitOf(response) };
  }

  /** Why no MESSAGE can reach the device, if so. */
  #obstacle(
    device: DeviceRecord | undefined,
    state: DeviceState | undefined,
    now: Instant,
  ): Obstacle | undefined {
    const { isMonitoring, core } = this.#options;
    if (device === undefined) {
      return { code: 'GONE', failure: 'no-identity', detail: 'The device is gone.' };
    }
    if (device.IMPU === undefined) {
      const detail = 'No public identity (IMPU) of the device is known.';
      return { code: 'NO_IMPU', failure: 'no-identity', detail };
    }
    const { registeredUntil } = state ?? {};
    if (isMonitoring && (registeredUntil === undefined || registeredUntil <= now)) {
      const detail =
        registeredUntil === undefined
          ? 'The device is not registered.'
          : `The registration of the device ended at ${new Date(registeredUntil).toISOString()}.`;
      return { code: 'NOT_REGISTERED', failure: 'not-registered', detail };
    }
    if (state?.route === undefined && core === undefined && this.#ports.push === undefined) {
      const detail = 'No way into the core is known: set sip.core.';
      return { code: 'NO_ROUTE', failure: 'no-route', detail };
    }
    return undefined;
  }

  /** The S-CSCF of the third-party REGISTER, else the configured way into the core. */
  #target(route: string | undefined): TransportAddress {
    if (route !== undefined) return targetOf(route);
    if (this.#options.core !== undefined) return this.#options.core;
    throw new ProtocolError('WAKE_NO_ROUTE', 'not registered, and sip.core is not configured');
  }

  /** Wakes share a budget by the P-CSCF that they go through; where it is not known, by the next hop. */
  #laneOf(state: DeviceState | undefined): string {
    const { pCscf, route } = state ?? {};
    if (pCscf !== undefined) return pCscf;
    return route === undefined ? 'core' : hostOf(route);
  }
}

function hostOf(route: string): string {
  try {
    const { address, port } = targetOf(route);
    return `${address}:${port}`;
  } catch (error) {
    if (error instanceof ProtocolError) return 'core';
    throw error;
  }
}

function failureOf(error: unknown): WakeFailure {
  if (error instanceof SipFailure) return error.reason;
  return error instanceof ProtocolError ? 'no-route' : 'internal';
}

const STATES: Readonly<Record<WakeState, Wake>> = {
  idle: 'idle',
  queued: 'queued',
  sent: 'sent',
  answered: 'answered',
  waiting: 'queued',
  held: 'held',
  'gave-up': 'gave-up',
};

function stateChange(effect: NotifierEffect): Change[] {
  if (effect.kind !== 'wake-state') return [];
  const { device, state, reason, refusedStatus } = effect;
  return [
    {
      kind: 'device-state',
      device,
      wake: STATES[state],
      wakeReason: reason,
      ...(refusedStatus !== undefined && { refusedStatus }),
    },
  ];
}
