/** A UE that registers through the P-CSCF by hand, so that a test can get any part of it wrong. */
import { encodeBase64, type Random } from '@ueprov/protocols';
import {
  answerChallenge,
  type Card,
  type DigestChallenge,
  decodeAkaNonce,
  decodeAuthenticationInfo,
  decodeDigestChallenge,
  encodeDigestCredentials,
} from '@ueprov/protocols/digest';
import {
  type Header,
  headerOf,
  request,
  type SipRequest,
  type SipResponse,
  type TransportAddress,
} from '@ueprov/protocols/sip';
import { hostPortOf } from '../forwarding.ts';
import { Endpoint } from './endpoint.ts';
import type { Network } from './network.ts';

export interface RegisterOptions {
  readonly password?: string;
  readonly username?: string;
  readonly contact?: string;
  readonly expires?: number;
  readonly headers?: readonly Header[];
  readonly to?: string;
  readonly from?: string;
  readonly uri?: string;
  /** What the digest is wrong in. */
  readonly digest?: {
    readonly uri?: string;
    readonly nc?: number;
    readonly qop?: readonly string[];
  };
}

export const PUSH_CONTACT = '+g.oma.pusheventapp="x-wap-application:syncml.dm";methods="MESSAGE"';

export class TestUe extends Endpoint {
  readonly #name: string;
  readonly #pCscf: TransportAddress;
  readonly #callId: string;
  /** Answers challenges of AKA. */
  card: Card | undefined;
  #challenge: DigestChallenge | undefined;
  #cSeq = 0;

  constructor(
    network: Network,
    name: string,
    address: TransportAddress,
    pCscf: TransportAddress,
    random: Random,
  ) {
    super(network, address, random);
    this.#name = name;
    this.#pCscf = pCscf;
    this.#callId = `${name}-${Buffer.from(random(4)).toString('hex')}`;
  }

  get IMPU(): string {
    return `sip:${this.#name}@home.example`;
  }

  get IMPI(): string {
    return `${this.#name}@home.example`;
  }

  get contact(): string {
    return `<sip:${this.#name}@${hostPortOf(this.address)}>;${PUSH_CONTACT}`;
  }

  /** As a UE does it: asks, and answers the first challenge that comes. */
  register(options: RegisterOptions = {}): SipResponse | undefined {
    const response = this.registerOnce(options);
    return response?.status === 401 ? this.registerOnce(options) : response;
  }

  /** One REGISTER, with the answer to the last challenge if there was one. */
  registerOnce(options: RegisterOptions = {}): SipResponse | undefined {
    const response = this.ask(this.registerRequest(options), this.#pCscf);
    const challenge = response && headerOf(response, 'WWW-Authenticate');
    if (challenge !== undefined) this.#challenge = decodeDigestChallenge(challenge);
    const info = response && headerOf(response, 'Authentication-Info');
    const nonce = info === undefined ? undefined : decodeAuthenticationInfo(info).nextnonce;
    if (nonce !== undefined && this.#challenge !== undefined) {
      this.#challenge = { ...this.#challenge, nonce };
    }
    return response;
  }

  registerRequest(options: RegisterOptions = {}): SipRequest {
    const { contact = this.contact, expires = 3600, headers = [] } = options;
    const { to = this.IMPU, from = to, uri = 'sip:home.example' } = options;
    return request({
      method: 'REGISTER',
      uri,
      from: `<${from}>;tag=ue`,
      to: `<${to}>`,
      callId: this.#callId,
      cSeq: ++this.#cSeq,
      headers: [
        ...(contact === '' ? [] : [{ name: 'Contact', value: contact }]),
        { name: 'Expires', value: String(expires) },
        { name: 'Supported', value: 'path' },
        { name: 'P-Access-Network-Info', value: 'DOCSIS' },
        ...this.#authorization(options, uri),
        ...headers,
      ],
    });
  }

  #authorization(options: RegisterOptions, requestUri: string): Header[] {
    const { password = 'secret', username, digest = {} } = options;
    if (this.#challenge === undefined) return [];
    const { uri = requestUri, nc = 1, qop = this.#challenge.qop } = digest;
    const challenge = { ...this.#challenge, qop };
    const proof = this.#proof(challenge, password);
    const credentials = answerChallenge(challenge, {
      username: username ?? this.IMPI,
      password: proof.password,
      method: 'REGISTER',
      uri,
      nc,
      cnonce: 'c',
    });
    const { auts } = proof;
    const value = encodeDigestCredentials({
      ...credentials,
      ...(auts === undefined ? {} : { auts }),
    });
    return [{ name: 'Authorization', value }];
  }

  /** RFC 3310 §3.3, §3.4. */
  #proof(
    { algorithm, nonce }: DigestChallenge,
    password: string,
  ): { readonly password: string | Uint8Array; readonly auts?: string } {
    if (algorithm !== 'AKAv1-MD5' || this.card === undefined) return { password };
    const { RAND, AUTN } = decodeAkaNonce(nonce);
    const answer = this.card.authenticate(RAND, AUTN);
    if (answer.kind === 'accepted') return { password: answer.RES };
    return answer.kind === 'MAC failure'
      ? { password }
      : { password: '', auts: encodeBase64(answer.AUTS) };
  }
}
