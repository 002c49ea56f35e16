/**
 * A P-CSCF and registrar in one, made of the protocols' own parts: challenges every REGISTER that brings no fresh nonce,
 * verifies the digest, and sends MESSAGE to the UE. For tests of the UE, in memory and on a socket.
 */
import { encodeHex, type Instant, ProtocolError, type Random } from '@ueprov/protocols';
import {
  decodeDigestCredentials,
  encodeDigestChallenge,
  ha1,
  isValidResponse,
} from '@ueprov/protocols/digest';
import {
  contacts,
  encodeNameAddr,
  encodeUri,
  expires,
  type Header,
  headerOf,
  type LayerEffect,
  type LayerInput,
  responseTo,
  type SipRequest,
  type SipResponse,
  TransactionLayer,
  type TransportAddress,
  to,
} from '@ueprov/protocols/sip';
import { DOMAIN, SIP_PASSWORD } from './sample-config.ts';

export interface Datagram {
  readonly bytes: Uint8Array;
  readonly target: TransportAddress;
}

export class TestRegistrar {
  readonly #layer: TransactionLayer;
  readonly #random: Random;
  #nonce = '';
  #requests = 0;
  /** What it does with a REGISTER: its work, nothing, or this status. */
  mood: 'works' | 'silent' | number = 'works';
  /** Answers in its place, if it has one. */
  answer: (request: SipRequest) => SipResponse | undefined = (request) =>
    request.method === 'REGISTER' ? undefined : responseTo(request, 403, { toTag: 'registrar' });
  /** P-Associated-URI of its 200s. */
  associated: readonly string[] = [];
  /** Identities that get a 403. */
  readonly unwanted = new Set<string>();
  /** Seconds that a binding lasts. */
  expires = 3600;
  /** `user expires` of each REGISTER that was proved. */
  readonly registered: string[] = [];
  /** Status of each answer to a REGISTER. */
  readonly answers: number[] = [];
  /** The last REGISTER, proved or not. */
  last: SipRequest | undefined;
  /** Status of each answer to `send`, or why there was none. */
  readonly replies: (number | string)[] = [];

  constructor(address: TransportAddress, random: Random) {
    this.#random = random;
    this.#layer = new TransactionLayer({ sentBy: address, random });
  }

  get deadline(): Instant | undefined {
    return this.#layer.deadline;
  }

  /** Sends a request to the UE. */
  send(request: SipRequest, target: TransportAddress, now: Instant): Datagram[] {
    this.#requests += 1;
    return this.step({ kind: 'request', request, target, key: `request-${this.#requests}` }, now);
  }

  step(input: LayerInput | { readonly kind: 'timeout' }, now: Instant): Datagram[] {
    return this.#layer.step(input, now).flatMap((effect) => this.#effect(effect, now));
  }

  #effect(effect: LayerEffect, now: Instant): Datagram[] {
    switch (effect.kind) {
      case 'send':
        return [{ bytes: effect.bytes, target: effect.target }];
      case 'response':
        this.replies.push(effect.response.status);
        return [];
      case 'failed':
        this.replies.push(effect.reason);
        return [];
      case 'request':
        return this.#register(effect.request, effect.key, now);
    }
  }

  #register(register: SipRequest, key: string, now: Instant): Datagram[] {
    const other = this.answer(register);
    if (other !== undefined) return this.step({ kind: 'respond', key, response: other }, now);
    this.last = register;
    if (this.mood === 'silent') return [];
    const status = this.mood === 'works' ? this.#verdict(register) : this.mood;
    this.answers.push(status);
    const headers =
      status === 401 ? [this.#challenge()] : status === 200 ? this.#bind(register) : [];
    const response = responseTo(register, status, { toTag: 'registrar', headers });
    return this.step({ kind: 'respond', key, response }, now);
  }

  #verdict(register: SipRequest): 200 | 401 | 403 {
    const header = headerOf(register, 'Authorization');
    if (header === undefined) return 401;
    try {
      const credentials = decodeDigestCredentials(header);
      const hash = ha1(credentials.username, DOMAIN, SIP_PASSWORD);
      if (this.unwanted.has(encodeUri(to(register).uri))) return 403;
      if (!isValidResponse(credentials, hash, 'REGISTER')) return 403;
      if (credentials.nonce !== this.#nonce) return 401;
      this.registered.push(`${credentials.username} ${expires(register)}`);
      return 200;
    } catch (error) {
      if (error instanceof ProtocolError) return 403;
      throw error;
    }
  }

  /** Every nonce is good for one REGISTER, so that each refresh is challenged again. */
  #challenge(): Header {
    const stale = this.#nonce !== '';
    this.#nonce = encodeHex(this.#random(8));
    const challenge = { realm: DOMAIN, nonce: this.#nonce, qop: ['auth'], stale } as const;
    return {
      name: 'WWW-Authenticate',
      value: encodeDigestChallenge({ ...challenge, algorithm: 'MD5' }),
    };
  }

  #bind(register: SipRequest): Header[] {
    this.#nonce = encodeHex(this.#random(8));
    const [contact] = contacts(register);
    if (contact === undefined || expires(register) === 0) return [];
    const seconds = { name: 'expires', value: String(this.expires) };
    const parameters = contact.parameters.filter(({ name }) => name !== 'expires');
    return [
      {
        name: 'Contact',
        value: encodeNameAddr({ ...contact, parameters: [...parameters, seconds] }),
      },
      ...this.associated.map((IMPU) => ({ name: 'P-Associated-URI', value: `<${IMPU}>` })),
    ];
  }
}
