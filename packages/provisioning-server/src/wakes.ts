/**
 * From a registration or an operator's wish to the MESSAGE that wakes a device: the notifier's decisions carried out.
 * Every state of a wake is in the store before anybody is told of it.
 */
import { randomBytes } from 'node:crypto';
import { type Instant, ProtocolError } from '@ueprov/protocols';
import { syncmlHash } from '@ueprov/protocols/digest';
import type { Credential } from '@ueprov/protocols/dm';
import { encodePackage0, notificationRequest } from '@ueprov/protocols/push';
import { decodeSipOnlyUri, type SipRequest } from '@ueprov/protocols/sip';
import { Notifier, type NotifierEffect, type NotifierInput, type WakeState } from './notifier.ts';
import type { Change, DeviceRecord, Wake } from './store/record.ts';
import type { Store } from './store/store.ts';

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
}

const DEFAULT_SIP_PORT = 5060;

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

  /** [R-6.7-6] */
  wake(device: string): Promise<void> {
    return this.#step({ kind: 'wake', device });
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
        this.#ports.onWork(this.#notify(effect.device, effect.SessionID));
      }
    }
  }

  /** Sends Package #0 and tells the notifier what came of it. */
  async #notify(id: string, SessionID: number): Promise<void> {
    const outcome = await this.#send(id, SessionID).catch((error: unknown): NotifierInput => {
      const reason = error instanceof Error ? error.message : String(error);
      return { kind: 'failed', device: id, reason };
    });
    await this.#step(outcome);
  }

  async #send(id: string, SessionID: number): Promise<NotifierInput> {
    const { store } = this.#ports;
    const [device, state] = await Promise.all([store.device(id), store.state(id)]);
    if (device?.IMPU === undefined) throw new Error('no public identity (IMPU) is known');
    const target = this.#target(state?.route);
    const request = this.#request(device, device.IMPU, SessionID, state?.route);
    const { status, reason } = await this.#ports.sendSip(request, target, id);
    return { kind: 'answered', device: id, status, reason };
  }

  #request(
    device: DeviceRecord,
    IMPU: string,
    SessionID: number,
    route: string | undefined,
  ): SipRequest {
    const { ServerID, identity } = this.#options;
    const package0 = encodePackage0(
      { uiMode: 'background', initiator: 'server', SessionID, ServerID },
      package0Hash(device.SRVCRED, ServerID),
      'nonce' in device.SRVCRED ? device.SRVCRED.nonce : new Uint8Array(0),
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
