/**
 * The gateway carried out: PAP bodies in and out, recipients looked up, MESSAGEs sent, results posted. What an
 * initiator sends is answered with PAP whenever it can be read as far as that.
 */
import { type Instant, ProtocolError } from '@ueprov/protocols';
import {
  badFragment,
  decodePap,
  decodeWapAddress,
  encodePap,
  identityOf,
  PAP_CODES,
  type PapBody,
  type PapEntity,
  type PapMessage,
  type ResultnotificationMessage,
} from '@ueprov/protocols/push';
import {
  decodeUri,
  prependHeader,
  type SipRequest,
  type SipResponse,
  type TransportAddress,
} from '@ueprov/protocols/sip';
import type { Store } from '../store/store.ts';
import type { LaneBudget } from '../wake-lanes.ts';
import { targetOf, waitOf } from '../wake-message.ts';
import { PushGateway } from './gateway.ts';
import type { GatewayEffect, GatewayInput, Recipient } from './gateway-record.ts';
import { pushRequest } from './push-message.ts';

export interface GatewayServicePorts {
  readonly store: Store;
  readonly now: () => Instant;
  readonly random: (length: number) => Uint8Array;
  /** `device` where the recipient is one of ours. */
  readonly sendSip: (
    request: SipRequest,
    target: TransportAddress,
    device: string | undefined,
  ) => Promise<SipResponse>;
  /** Posts PAP; resolves with whether it was taken. */
  readonly postPap: (url: string, body: PapBody) => Promise<boolean>;
  /** What another's gateway tells of a push of ours. */
  readonly onResult?: (message: ResultnotificationMessage) => PapMessage;
  readonly onDeadline: () => void;
  readonly onWork: (work: Promise<void>) => void;
}

export interface GatewayServiceOptions {
  readonly name: string;
  readonly identity: string;
  readonly core: TransportAddress | undefined;
  readonly budget: LaneBudget;
  /** `host[:port]` of those that may be told of results. */
  readonly notifyHosts: readonly string[];
}

const BOUNDARY_BYTES = 12;

export class GatewayService {
  readonly #options: GatewayServiceOptions;
  readonly #ports: GatewayServicePorts;
  readonly #gateway: PushGateway;

  constructor(options: GatewayServiceOptions, ports: GatewayServicePorts) {
    this.#options = options;
    this.#ports = ports;
    const { name, budget, notifyHosts } = options;
    const mayTell = (url: string) => isAllowed(url, notifyHosts);
    this.#gateway = new PushGateway({ name, budget, random: ports.random, mayTell });
  }

  get deadline(): Instant | undefined {
    return this.#gateway.deadline;
  }

  timeout(): void {
    this.#step({ kind: 'timeout' });
  }

  /** The answer to the PAP body of a proven initiator. */
  async answer(
    initiator: string,
    contentType: string | undefined,
    body: Uint8Array,
  ): Promise<PapBody> {
    const message = await this.#answer(initiator, contentType, body);
    const boundary = Buffer.from(this.#ports.random(BOUNDARY_BYTES)).toString('hex');
    return encodePap({ message }, boundary);
  }

  async #answer(
    initiator: string,
    contentType: string | undefined,
    body: Uint8Array,
  ): Promise<PapMessage> {
    let entity: PapEntity;
    try {
      entity = decodePap(contentType, body);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return badMessage(error, body);
    }
    const { message, content } = entity;
    switch (message.kind) {
      case 'push-message': {
        const recipients = await this.#recipients(message.addresses);
        return this.#replyTo({ kind: 'push', initiator, message, content, recipients });
      }
      case 'cancel-message':
      case 'statusquery-message':
      case 'ccq-message':
        return this.#replyTo({ kind: 'control', initiator, message });
      case 'resultnotification-message':
        if (this.#ports.onResult !== undefined) return this.#ports.onResult(message);
        return badMessage(new ProtocolError('PAP_ELEMENT', 'nobody waits for a result'), body);
      default: {
        const error = new ProtocolError('PAP_ELEMENT', `${message.kind} is not for a gateway`);
        return badMessage(error, body);
      }
    }
  }

  #replyTo(input: GatewayInput): PapMessage {
    const reply = this.#step(input);
    if (reply === undefined) throw new Error('the gateway gave no reply');
    return reply;
  }

  /** Performs what the engine wants; gives back its reply, if there is one. */
  #step(input: GatewayInput | { readonly kind: 'timeout' }): PapMessage | undefined {
    const effects = this.#gateway.step(input, this.#ports.now());
    for (const effect of effects) {
      if (effect.kind === 'deliver') this.#ports.onWork(this.#deliver(effect));
      if (effect.kind === 'tell') this.#ports.onWork(this.#tell(effect));
    }
    this.#ports.onDeadline();
    return effects.find((effect) => effect.kind === 'reply')?.message;
  }

  /**
   * Whom the addresses mean: a device of ours, or anybody where the core is asked.
   * [SIPPUSH PAP-8]
   */
  async #recipients(addresses: readonly string[]): Promise<readonly Recipient[]> {
    return Promise.all(
      [...new Set(addresses)].map(async (address): Promise<Recipient> => {
        const IMPU = readIdentity(address);
        if (IMPU === undefined) return { address, code: PAP_CODES.addressError };
        const isKnown = (await this.#ports.store.deviceByIMPU(IMPU)) !== undefined;
        if (isKnown || this.#options.core !== undefined) return { address, IMPU };
        return { address, code: PAP_CODES.addressNotFound };
      }),
    );
  }

  async #deliver(effect: Extract<GatewayEffect, { kind: 'deliver' }>): Promise<void> {
    const { delivery } = effect;
    try {
      const response = await this.#send(effect);
      const { status, reason } = response;
      this.#step({ kind: 'answered', delivery, status, reason, ...waitOf(response) });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      // What cannot be made into a MESSAGE will not be next time.
      if (error instanceof ProtocolError) {
        this.#step({ kind: 'answered', delivery, status: 606, reason });
      } else this.#step({ kind: 'failed', delivery, reason });
    }
  }

  async #send({ IMPU, content }: Extract<GatewayEffect, { kind: 'deliver' }>) {
    const { store, random, sendSip } = this.#ports;
    const { identity, core } = this.#options;
    const device = await store.deviceByIMPU(IMPU);
    const route = device && (await store.state(device.id))?.route;
    const unique = Buffer.from(random(18)).toString('hex');
    const fromTag = unique.slice(0, 12);
    const message = pushRequest({ IMPU, identity, fromTag, callId: unique.slice(12), content });
    if (route !== undefined) {
      const loose = /;lr(?:[;=?]|$)/i.test(route) ? route : `${route};lr`;
      return sendSip(prependHeader(message, 'Route', `<${loose}>`), targetOf(route), device?.id);
    }
    if (core === undefined) throw new ProtocolError('PUSH_NO_ROUTE', 'no way into the core');
    return sendSip(message, core, device?.id);
  }

  async #tell({ delivery, url, message }: Extract<GatewayEffect, { kind: 'tell' }>): Promise<void> {
    const isTaken = await this.#ports.postPap(url, encodePap({ message }, 'none'));
    this.#step({ kind: 'told', delivery, isTaken });
  }
}

/** [SIPPUSH PAP-2] */
function badMessage(error: ProtocolError, body: Uint8Array): PapMessage {
  const isVersion = error.code === 'PAP_VERSION';
  return {
    kind: 'badmessage-response',
    code: isVersion ? PAP_CODES.versionNotSupported : PAP_CODES.badRequest,
    desc: error.toString().replace(/[^\x20-\x7e]/g, '?'),
    'bad-message-fragment': badFragment(body),
  };
}

/** The identity that an address means, as it may stand in a header; undefined for what is none. (AC-29) */
function readIdentity(address: string): string | undefined {
  try {
    const identity = identityOf(decodeWapAddress(address));
    if (identity === undefined) return undefined;
    return decodeUri(identity).kind === 'other' ? undefined : identity;
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** Only hosts that the operator named, only HTTP: a push must not make the server speak to anybody else (AC-52). */
function isAllowed(url: string, hosts: readonly string[]): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host, username, password } = new URL(url);
  const isPlain = username === '' && password === '';
  return isPlain && ['http:', 'https:'].includes(protocol) && hosts.includes(host);
}
