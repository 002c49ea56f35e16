/** A UE's layer with seeded randomness, messages to feed it, and its effects sorted out. */
import assert from 'node:assert';
import { request, type SipRequest } from '../../message/index.ts';
import { TransactionLayer } from '../layer.ts';
import type { LayerEffect, LayerInput, LayerOptions } from '../layer-interface.ts';
import type { TransportAddress } from '../transport-address.ts';

export const UE: TransportAddress = { address: '192.0.2.7', port: 5060 };
export const CORE: TransportAddress = { address: '192.0.2.1', port: 5062 };

export function randomFrom(seed: number) {
  let next = seed;
  const octet = () => {
    next = (next * 48_271) % 2_147_483_647;
    return next % 256;
  };
  return (length: number) => Uint8Array.from({ length }, octet);
}

export function layer(options: Partial<LayerOptions> = {}) {
  return new TransactionLayer({ sentBy: UE, random: randomFrom(1), ...options });
}

export const parts = {
  method: 'REGISTER',
  uri: 'sip:home.example',
  from: '<sip:ue@home.example>;tag=1',
  to: '<sip:ue@home.example>',
  callId: 'c1',
  cSeq: 1,
};
export const REGISTER = request(parts);

export function received(viaValue: string, change: Partial<typeof parts> = {}): SipRequest {
  return request({ ...parts, ...change, headers: [{ name: 'Via', value: viaValue }] });
}
export const MESSAGE = received('SIP/2.0/UDP core.example:5062;branch=z9hG4bKx1;rport', {
  method: 'MESSAGE',
});
export const datagram = (message: SipRequest, source = CORE): LayerInput => ({
  kind: 'datagram',
  message,
  source,
});

export function sends(effects: LayerEffect[]) {
  return effects.flatMap((effect) => (effect.kind === 'send' ? [effect] : []));
}
export function firstRequest(effects: LayerEffect[]) {
  const [effect] = effects.flatMap((each) => (each.kind === 'request' ? [each] : []));
  assert(effect !== undefined, 'no request came up');
  return effect;
}
