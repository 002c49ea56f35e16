/** PAP joined to the server: the gateway's listener and alarm, and the initiator, as the configuration wants them. */
import type { SipRequest, SipResponse, TransportAddress } from '@ueprov/protocols/sip';
import { Alarm } from '@ueprov/shell';
import { listenPap, type PapListener, postPap } from '../shell/pap-http.ts';
import { randomOctets } from '../shell/random.ts';
import type { Store } from '../store/store.ts';
import type { LaneBudget } from '../wake-lanes.ts';
import { GatewayService } from './gateway-service.ts';
import { PushInitiator } from './initiator.ts';
import type { PushSettings } from './push-config.ts';

export interface PushSidePorts {
  readonly store: Store;
  readonly sendSip: (
    request: SipRequest,
    target: TransportAddress,
    device: string | undefined,
  ) => Promise<SipResponse>;
  readonly onWork: (work: Promise<void>) => void;
  readonly onRefused: (reason: string) => void;
  readonly onError: (error: unknown) => void;
}

export interface PushSideOptions {
  /** How it calls itself in PAP. */
  readonly name: string;
  readonly push: PushSettings;
  readonly identity: string;
  readonly core: TransportAddress | undefined;
  readonly budget: LaneBudget;
}

const ACCEPTED = 202;

export class PushSide {
  readonly initiator: PushInitiator | undefined;
  readonly #options: PushSideOptions;
  readonly #ports: PushSidePorts;
  readonly #alarm = new Alarm();
  #listener: PapListener | undefined;

  constructor(options: PushSideOptions, ports: PushSidePorts) {
    this.#options = options;
    this.#ports = ports;
    this.initiator = initiatorOf(options.name, options.push.initiator);
  }

  /** Where Push Initiators POST; undefined where there is no gateway. */
  get url(): string | undefined {
    return this.#listener?.url;
  }

  /** Rejects with the address if it is taken. */
  async open(): Promise<void> {
    const { gateway } = this.#options.push;
    if (gateway === undefined) return;
    const service = this.#service(gateway.notifyHosts);
    const { onRefused, onError } = this.#ports;
    this.#listener = await listenPap(gateway, {
      answer: (initiator, contentType, body) => service.answer(initiator, contentType, body),
      onRefused,
      onError,
    });
  }

  async close(): Promise<void> {
    this.#alarm.clear();
    await this.#listener?.close();
    this.#alarm.clear();
  }

  #service(notifyHosts: readonly string[]): GatewayService {
    const { name, identity, core, budget } = this.#options;
    const { store, sendSip, onWork } = this.#ports;
    const { initiator } = this;
    const service: GatewayService = new GatewayService(
      { name, identity, core, budget, notifyHosts },
      {
        ...{ store, sendSip, onWork, now: Date.now, random: randomOctets },
        postPap: async (url, body) => {
          const answer = await postPap(url, body).catch(() => undefined);
          return answer?.status === ACCEPTED;
        },
        ...(initiator && { onResult: (message) => initiator.notified(message) }),
        onDeadline: () => this.#alarm.set(service.deadline, () => service.timeout()),
      },
    );
    return service;
  }
}

function initiatorOf(name: string, settings: PushSettings['initiator']): PushInitiator | undefined {
  if (settings === undefined) return undefined;
  const { url, user, notifyUrl } = settings;
  const proof = user && Buffer.from(`${user.name}:${user.secret}`).toString('base64');
  return new PushInitiator(
    { url, name, ...(notifyUrl !== undefined && { notifyUrl }) },
    {
      now: Date.now,
      random: randomOctets,
      post: (to, body) => postPap(to, body, proof && `Basic ${proof}`),
    },
  );
}
