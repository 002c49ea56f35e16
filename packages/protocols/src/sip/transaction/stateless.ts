/**
 * Answers that need no transaction: a copy of the request gets the same octets again, tag and all
 * (RFC 3261 §8.2.7). Used by layer.ts.
 */
import { encodeHex } from '../../bytes.ts';
import { md5 } from '../../digest/index.ts';
import {
  branchOf,
  encodeSip,
  type Header,
  responseTo,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  via,
} from '../message/index.ts';
import type { LayerEffect } from './layer-interface.ts';
import { responseTarget, stampVia } from './routing.ts';
import type { TransportAddress } from './transport-address.ts';

export interface StatelessAnswer {
  readonly status: number;
  readonly reason?: string;
  readonly headers?: readonly Header[];
}

export class Stateless {
  /** Makes tags that nobody foretells. */
  readonly #secret: Uint8Array;

  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  response(request: SipRequest, { status, ...parts }: StatelessAnswer): SipResponse {
    const identity = [branchOf(via(request)), ...request.headers.map(({ value }) => value)];
    const toTag = encodeHex(md5(this.#secret, identity.join('\n'))).slice(0, 16);
    return responseTo(request, status, { ...parts, toTag });
  }

  answer(request: SipRequest, source: TransportAddress, answer: StatelessAnswer): LayerEffect {
    const response = this.response(stampVia(request, source), answer);
    return sendEffect(response, responseTarget(response, source));
  }
}

export function sendEffect(message: SipMessage, target: TransportAddress): LayerEffect {
  return { kind: 'send', bytes: encodeSip(message), message, target };
}
