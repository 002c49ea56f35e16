/**
 * From a registration or an operator's wish to the MESSAGE that wakes a device: the notifier's decisions carried out.
 * Every state of a wake is in the store before anybody is told of it, and goes on after a restart.
 *
 * The server is the DM Notifier and its own Push Sender Agent, with no PPG between. [R-6.2.4-5] [R-6.2.4-6] [R-6.3.4-2]
 * [R-6.3.4-3]
 */
import { randomBytes } from 'node:crypto';
import { type Instant, ProtocolError } from '@ueprov/protocols';
import { NONCE_ZERO, syncmlHash } from '@ueprov/protocols/digest';
import type { Credential } from '@ueprov/protocols/dm';
import { encodePackage0, notificationRequest } from '@ueprov/protocols/push';
import { decodeSipOnlyUri, encodeSip, type SipRequest } from '@ueprov/protocols/sip';
import { ApiProblem } from './api/problem.ts';
import { Notifier, type NotifierEffect, type NotifierInput, type WakeState } from './notifier.ts';
import type { Change, DeviceRecord, DeviceState, Wake } from './store/record.ts';
import { PAGE_MAX, type Store } from './store/store.ts';

export interface SipTarget {
  readonly address: string;
  readonly port: number;
}

export interface WakesPorts {
  readonly store: Store;
  readonly now: () => Instant;
  readonly onChanges: (changes: readonly Change[]) => void;
  /** Sends a request and gives back its final status. Rejects if none came. */
  readonly sendSip: (
    request: SipRequest,
    target: SipTarget,
    device: string,
  ) => Promise<{ readonly status: number; readonly reason: string }>;
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
  readonly core: SipTarget | undefined;
  /** 6.7 UE-2: whether registrations are known at all. */
  readonly isMonitoring: boolean;
}

type Notify = Extract<NotifierEffect, { kind: 'notify' }>;

interface Obstacle {
  readonly code: 'NO_IMPU' | 'NOT_REGISTERED' | 'NO_ROUTE';
  readonly detail: string;
}

const DEFAULT_SIP_PORT = 5060;
/** What RFC 3261 §18.1.1 lets UDP carry where the path is not known, less the Via that is still to come. */
const UDP_BYTES_MAX = 1300 - 100;

export class Wakes {
  readonly #options: WakesOptions;
  readonly #ports: WakesPorts;
  readonly #notifier = new Notifier(randomBytes);

  constructor(options: WakesOptions, ports: WakesPorts) {
    this.#options = options;
    this.#ports = ports;
  }

  get deadline(): Instant | undefined {
    return this.#notifier.deadline;
  }

  /** [R-6.7-6] At any time; throws ApiProblem where no MESSAGE could reach the device. */
  async wake(id: string): Promise<void> {
    const { store, now } = this.#ports;
    const [device, state] = await Promise.all([store.device(id), store.state(id)]);
    if (device === undefined) throw new ApiProblem(404, 'NOT_FOUND', 'There is no such device.');
    const obstacle = this.#obstacle(device, state, now());
    if (obstacle !== undefined) throw new ApiProblem(409, obstacle.code, obstacle.detail);
    await this.#step({ kind: 'wake', device: id });
  }

  /** After a start: what an earlier run had begun is begun again. */
  async resume(): Promise<void> {
    for (const wake of ['queued', 'sent', 'answered'] as const) {
      const ids = await this.#idsOf(wake);
      for (const id of ids) await this.#step({ kind: 'wake', device: id });
    }
  }

  async #idsOf(wake: Wake): Promise<readonly string[]> {
    const ids: string[] = [];
    let after: string | undefined;
    do {
      const page = { limit: PAGE_MAX, ...(after !== undefined && { after }) };
      const { items, next } = await this.#ports.store.devices({ wake }, page);
      ids.push(...items.map(({ id }) => id));
      after = next;
    } while (after !== undefined);
    return ids;
  }

  /** The device opened a session and proved itself: no more needs to be sent. */
  sessionOpened(device: string): Promise<void> {
    return this.#step({ kind: 'session', device });
  }

  timeout(): Promise<void> {
    return this.#perform(this.#notifier.step({ kind: 'timeout' }, this.#ports.now()));
  }

  async #step(input: NotifierInput): Promise<void> {
    await this.#perform(this.#notifier.step(input, this.#ports.now()));
  }

  async #perform(effects: readonly NotifierEffect[]): Promise<void> {
    this.#ports.onDeadline();
    const changes = effects.flatMap(stateChange);
    if (changes.length > 0) {
      await this.#ports.store.write(changes);
      this.#ports.onChanges(changes);
    }
    for (const effect of effects) {
      if (effect.kind === 'notify') {
        this.#ports.onWork(this.#notify(effect));
      }
    }
  }

  /** Sends Package #0 and tells the notifier what came of it. */
  async #notify(notify: Notify): Promise<void> {
    const id = notify.device;
    const outcome = await this.#send(notify).catch((error: unknown): NotifierInput => {
      const reason = error instanceof Error ? error.message : String(error);
      return { kind: 'failed', device: id, reason };
    });
    await this.#step(outcome);
  }

  async #send(notify: Notify): Promise<NotifierInput> {
    const { store } = this.#ports;
    const id = notify.device;
    const [device, state] = await Promise.all([store.device(id), store.state(id)]);
    const obstacle = this.#obstacle(device, state, this.#ports.now());
    if (device?.IMPU === undefined || obstacle !== undefined) {
      throw new Error(obstacle?.detail ?? 'The device is gone.');
    }
    const target = this.#target(state?.route);
    const request = this.#request(device, device.IMPU, notify, state?.route);
    const { length } = encodeSip(request);
    if (length > UDP_BYTES_MAX) {
      throw new Error(`The MESSAGE of ${length} bytes is too long for UDP.`);
    }
    const { status, reason } = await this.#ports.sendSip(request, target, id);
    return { kind: 'answered', device: id, status, reason };
  }

  #request(
    device: DeviceRecord,
    IMPU: string,
    { SessionID, isNonceInDoubt }: Notify,
    route: string | undefined,
  ): SipRequest {
    const { ServerID, identity } = this.#options;
    const package0 = encodePackage0(
      { uiMode: 'background', initiator: 'server', SessionID, ServerID },
      package0Hash(device.SRVCRED, ServerID),
      // OMA-DMNOT 6.2.1: with the special nonce a device whose nonce was lost comes back, and gets a new one.
      isNonceInDoubt ? NONCE_ZERO : notificationNonce(device.SRVCRED),
    );
    return notificationRequest({
      IMPU,
      from: identity,
      fromTag: randomBytes(6).toString('hex'),
      callId: randomBytes(12).toString('hex'),
      cSeq: 1,
      ...(route !== undefined && { route }),
      package0,
    });
  }

  /** Why no MESSAGE can reach the device, if so. */
  #obstacle(
    device: DeviceRecord | undefined,
    state: DeviceState | undefined,
    now: Instant,
  ): Obstacle | undefined {
    const { isMonitoring, core } = this.#options;
    if (device?.IMPU === undefined) {
      return { code: 'NO_IMPU', detail: 'No public identity (IMPU) of the device is known.' };
    }
    const { registeredUntil } = state ?? {};
    if (isMonitoring && (registeredUntil === undefined || registeredUntil <= now)) {
      const detail =
        registeredUntil === undefined
          ? 'The device is not registered.'
          : `The registration of the device ended at ${new Date(registeredUntil).toISOString()}.`;
      return { code: 'NOT_REGISTERED', detail };
    }
    if (state?.route === undefined && core === undefined) {
      return { code: 'NO_ROUTE', detail: 'No way into the core is known: set sip.core.' };
    }
    return undefined;
  }

  /** The S-CSCF of the third-party REGISTER, else the configured way into the core. */
  #target(route: string | undefined): SipTarget {
    if (route === undefined) {
      if (this.#options.core !== undefined) return this.#options.core;
      throw new ProtocolError('WAKE_NO_ROUTE', 'not registered, and sip.core is not configured');
    }
    const { host, port } = decodeSipOnlyUri(route, 'route');
    return { address: host.replace(/^\[|\]$/g, ''), port: port ?? DEFAULT_SIP_PORT };
  }
}

/** OMA-DMNOT 6.1: B64(H(server-identifier:password)); where SRVCRED is a hash, its name is the ServerID. */
function package0Hash(credential: Credential, ServerID: string): string {
  return credential.scheme === 'basic' ? syncmlHash(ServerID, credential.secret) : credential.hash;
}

/** OMA-DMNOT 6.2.1: the special nonce where there is no other; a UE tries it too (I-3). */
function notificationNonce(credential: Credential): Uint8Array {
  return 'nonce' in credential && credential.nonce.length > 0 ? credential.nonce : NONCE_ZERO;
}

const STATES: Readonly<Record<WakeState, Wake>> = {
  idle: 'idle',
  sent: 'sent',
  answered: 'answered',
  waiting: 'queued',
  'gave-up': 'gave-up',
};

function stateChange(effect: NotifierEffect): Change[] {
  if (effect.kind !== 'wake-state') return [];
  const { device, state, reason } = effect;
  return [{ kind: 'device-state', device, wake: STATES[state], wakeReason: reason }];
}
