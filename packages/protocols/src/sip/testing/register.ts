/** A UE's registration and the network's answers, for the tests of registration.ts. */
import assert from 'node:assert';
import {
  type DigestChallenge,
  decodeDigestCredentials,
  encodeDigestChallenge,
  ha1,
} from '../../digest/index.ts';
import {
  decodeSip,
  encodeSip,
  type Header,
  headerOf,
  prependHeader,
  responseTo,
  type SipRequest,
} from '../message/index.ts';
import { Registration } from '../registration.ts';
import type { RegistrationEffect, RegistrationOptions } from '../registration-interface.ts';

export const OPTIONS: RegistrationOptions = {
  registrar: 'sip:home.example',
  identity: 'sip:alice@home.example',
  username: 'alice-private@home.example',
  password: 'secret',
  contact: 'sip:alice@192.0.2.7:5060',
  instanceId: 'urn:uuid:0c6f9d3e-0000-4000-8000-000000000001',
  random: (length) => new Uint8Array(length).fill(0xff),
};
export const HA1 = ha1(OPTIONS.username, 'home.example', 'secret');
export const CHALLENGE: DigestChallenge = {
  realm: 'home.example',
  nonce: 'n1',
  qop: ['auth'],
  algorithm: 'MD5',
  stale: false,
};

export function registration(change: Partial<RegistrationOptions> = {}) {
  return new Registration({ ...OPTIONS, ...change });
}

/** The one REGISTER among the effects, through the wire's grammar. */
export function sent(effects: RegistrationEffect[]): SipRequest {
  const [effect, ...others] = effects.flatMap((each) => (each.kind === 'send' ? [each] : []));
  assert(effect !== undefined && others.length === 0, 'one REGISTER');
  const routed = prependHeader(effect.request, 'Via', 'SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK1');
  return decodeSip(encodeSip(routed)) as SipRequest;
}

export function answer(request: SipRequest, status: number, ...headers: Header[]) {
  const response = responseTo(request, status, { headers, toTag: 't' });
  return { kind: 'response', response } as const;
}
export const challenge = (request: SipRequest, change: Partial<DigestChallenge> = {}) =>
  answer(request, 401, {
    name: 'WWW-Authenticate',
    value: encodeDigestChallenge({ ...CHALLENGE, ...change }),
  });
export const ok = (request: SipRequest, expires: number, ...headers: Header[]) =>
  answer(
    request,
    200,
    { name: 'Contact', value: `<sip:alice@192.0.2.7:5060>;expires=${expires}` },
    ...headers,
  );
export const credentialsOf = (request: SipRequest) =>
  decodeDigestCredentials(headerOf(request, 'Authorization') ?? '');

/** Registered at 0 for `expires` seconds, after one challenge. */
export function registered(expires = 3600) {
  const engine = registration();
  const first = sent(engine.step({ kind: 'register' }, 0));
  const second = sent(engine.step(challenge(first), 0));
  engine.step(ok(second, expires), 0);
  return engine;
}
