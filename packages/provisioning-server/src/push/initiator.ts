/**
 * The server as a Push Initiator: Package #0 goes over PAP to somebody else's Push Proxy Gateway, which sends the
 * MESSAGE. [R-6.2.4-4] [R-6.3.4-5] What the gateway says becomes what a SIP answer would have been, so that a wake has one fate
 * whichever way it went.
 */
import type { Instant } from '@ueprov/protocols';
import {
  DM_APPLICATION_ID,
  decodePap,
  encodePap,
  encodeWapAddress,
  NOTIFICATION,
  PAP_CODES,
  type PapBody,
  type PapMessage,
  type ResultnotificationMessage,
} from '@ueprov/protocols/push';
import type { PapAnswer } from '../shell/pap-http.ts';
import { SipFailure } from '../shell/sip-failure.ts';

export interface PushInitiatorOptions {
  readonly url: string;
  /** Who we are in push-ids and in `source-reference`. */
  readonly name: string;
  /** Where the gateway tells results; without it a push that was accepted counts as answered. */
  readonly notifyUrl?: string;
}

export interface PushInitiatorPorts {
  readonly now: () => Instant;
  readonly random: (length: number) => Uint8Array;
  readonly post: (url: string, body: PapBody) => Promise<PapAnswer>;
}

/** As far as a wake wants to know it. */
export interface PushOutcome {
  readonly status: number;
  readonly reason: string;
}

/** A little less than what a SIP transaction would wait. */
export const RESULT_WAIT_MS = 30_000;
/** Pushes whose result is awaited. */
export const RESULTS_MAX = 2_000;

interface Awaited {
  readonly settle: (outcome: PushOutcome) => void;
}

export class PushInitiator {
  readonly #options: PushInitiatorOptions;
  readonly #ports: PushInitiatorPorts;
  readonly #awaited = new Map<string, Awaited>();

  constructor(options: PushInitiatorOptions, ports: PushInitiatorPorts) {
    this.#options = options;
    this.#ports = ports;
  }

  get size(): number {
    return this.#awaited.size;
  }

  /** Rejects with SipFailure where the gateway gives no answer, or no result in time. */
  async send(IMPU: string, package0: Uint8Array): Promise<PushOutcome> {
    const { name, notifyUrl } = this.#options;
    if (this.#awaited.size >= RESULTS_MAX) return { status: 503, reason: 'too many pushes' };
    const id = `${Buffer.from(this.#ports.random(12)).toString('hex')}@${name}`;
    const result = notifyUrl === undefined ? undefined : this.#await(id);
    try {
      const { code, desc = '' } = await this.#push(id, IMPU, package0);
      if (code >= 2000) return outcomeOf(code, desc);
      return result === undefined ? { status: 202, reason: `PAP ${code} ${desc}` } : await result;
    } finally {
      this.#awaited.delete(id);
    }
  }

  /**
   * What the gateway tells of a push; a result that nobody waits for is taken all the same.
   * [SIPPUSH PAP-15]
   */
  notified(message: ResultnotificationMessage): PapMessage {
    const { 'push-id': id, address, code, desc = '' } = message;
    this.#awaited.get(id)?.settle(resultOf(message, `PAP ${code} ${desc}`.trimEnd()));
    return {
      ...{ kind: 'resultnotification-response', 'push-id': id },
      ...{ code: PAP_CODES.ok, desc: 'taken', address },
    };
  }

  #await(id: string): Promise<PushOutcome> {
    const { promise, resolve, reject } = Promise.withResolvers<PushOutcome>();
    const timer = setTimeout(() => reject(new SipFailure('timeout')), RESULT_WAIT_MS);
    this.#awaited.set(id, {
      settle: (outcome) => {
        clearTimeout(timer);
        resolve(outcome);
      },
    });
    // It may be given up before anybody waits for it.
    promise.catch(() => {}).finally(() => clearTimeout(timer));
    return promise;
  }

  async #push(id: string, IMPU: string, package0: Uint8Array) {
    const { url, name, notifyUrl } = this.#options;
    const content = {
      headers: [
        { name: 'Content-Type', value: NOTIFICATION },
        { name: 'X-Wap-Application-Id', value: DM_APPLICATION_ID },
        { name: 'Content-Transfer-Encoding', value: 'binary' },
      ],
      content: package0,
    };
    const message: PapMessage = {
      kind: 'push-message',
      'push-id': id,
      'deliver-before-timestamp': this.#ports.now() + RESULT_WAIT_MS,
      'source-reference': name,
      ...(notifyUrl !== undefined && { 'ppg-notify-requested-to': notifyUrl }),
      addresses: [encodeWapAddress({ type: 'USER', address: IMPU })],
      'quality-of-service': { 'delivery-method': 'unconfirmed' },
    };
    const answer = await this.#post(url, encodePap({ message, content }, id.slice(0, 24)));
    if (answer.kind === 'push-response') return answer['response-result'];
    if (answer.kind === 'badmessage-response') return answer;
    throw new SipFailure('transport', { cause: answer.kind });
  }

  async #post(url: string, body: PapBody): Promise<PapMessage> {
    try {
      const { contentType, body: octets } = await this.#ports.post(url, body);
      return decodePap(contentType, octets).message;
    } catch (cause) {
      throw new SipFailure('transport', { cause });
    }
  }
}

function resultOf({ 'message-state': state, code }: ResultnotificationMessage, reason: string) {
  switch (state) {
    case 'delivered':
      return { status: 200, reason };
    case 'expired':
    case 'timeout':
      return { status: 408, reason };
    default:
      return outcomeOf(code, reason);
  }
}

/** PAP 10 as SIP would have said it: the other way round of the gateway's. [SIPPUSH PAP-19] */
function outcomeOf(code: number, reason: string): PushOutcome {
  switch (code) {
    case PAP_CODES.addressNotFound:
    case PAP_CODES.addressError:
      return { status: 404, reason };
    case PAP_CODES.capabilitiesMismatch:
      return { status: 415, reason };
    case PAP_CODES.forbidden:
      return { status: 403, reason };
    case PAP_CODES.serviceUnavailable:
      return { status: 503, reason };
    default:
      // A server that fails may do better; a request that is wrong stays wrong.
      return { status: code >= 3000 ? 500 : 400, reason };
  }
}
