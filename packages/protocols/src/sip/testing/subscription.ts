/** A subscriber and a notifier of `reg` on one wire, for the tests of both. */
import assert from 'node:assert';
import type { Instant } from '../../engine.ts';
import {
  decodeSip,
  encodeSip,
  type Header,
  prependHeader,
  responseTo,
  type SipRequest,
  type SipResponse,
} from '../message/index.ts';
import { Subscription } from '../subscription.ts';
import type { SubscriptionEffect, SubscriptionOptions } from '../subscription-interface.ts';
import {
  type NotifierEffect,
  type NotifierOptions,
  SubscriptionNotifier,
} from '../subscription-notifier.ts';

/** Counts up, so that no two tags are the same. */
export function countingRandom(): (length: number) => Uint8Array {
  let count = 0;
  return (length) => {
    count += 1;
    return new Uint8Array(length).fill(count);
  };
}

export function subscription(change: Partial<SubscriptionOptions> = {}): Subscription {
  return new Subscription({
    resource: 'sip:alice@home.example',
    identity: 'sip:prov@home.example',
    contact: 'sip:prov@192.0.2.9:5060',
    random: countingRandom(),
    ...change,
  });
}

export function notifier(change: Partial<NotifierOptions> = {}): SubscriptionNotifier {
  return new SubscriptionNotifier({
    contact: 'sip:scscf@192.0.2.1:5061',
    random: (length) => new Uint8Array(length).fill(0xee),
    ...change,
  });
}

/** The one request among the effects, through the wire's grammar. */
export function sentBy(effects: readonly (SubscriptionEffect | NotifierEffect)[]): SipRequest {
  const [effect, ...others] = effects.flatMap((each) => (each.kind === 'send' ? [each] : []));
  assert(effect !== undefined && others.length === 0, 'one request');
  const routed = prependHeader(effect.request, 'Via', 'SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK1');
  return decodeSip(encodeSip(routed)) as SipRequest;
}

export function answerTo(
  request: SipRequest,
  status: number,
  ...headers: readonly Header[]
): { readonly kind: 'response'; readonly response: SipResponse } {
  return { kind: 'response', response: responseTo(request, status, { headers, toTag: 'n' }) };
}

export interface NotifyParts {
  readonly state?: string;
  readonly event?: string;
  readonly tag?: string;
  readonly toTag?: string;
  readonly cSeq?: number;
  readonly type?: string;
  readonly body?: string;
  readonly headers?: readonly Header[];
}

/** A NOTIFY for the last SUBSCRIBE. */
export function notifyFor(
  subscribe: SipRequest,
  parts: NotifyParts = {},
): { readonly kind: 'notify'; readonly request: SipRequest } {
  const { state = 'active;expires=3600', event = 'reg', tag = 'n', cSeq = 1 } = parts;
  const { type = 'application/reginfo+xml', body = '<reginfo/>' } = parts;
  const value = (name: string) => subscribe.headers.find((each) => each.name === name)?.value ?? '';
  const ownTag = /tag=([0-9a-f]+)/.exec(value('From'))?.[1];
  const text = [
    'NOTIFY sip:prov@192.0.2.9:5060 SIP/2.0',
    'Via: SIP/2.0/UDP 192.0.2.1:5061;branch=z9hG4bKn',
    `From: <sip:alice@home.example>${tag === '' ? '' : `;tag=${tag}`}`,
    `To: <sip:prov@home.example>;tag=${parts.toTag ?? ownTag}`,
    `Call-ID: ${value('Call-ID')}`,
    `CSeq: ${cSeq} NOTIFY`,
    'Contact: <sip:scscf@192.0.2.1:5061>',
    ...(event === '' ? [] : [`Event: ${event}`]),
    ...(state === '' ? [] : [`Subscription-State: ${state}`]),
    ...(type === '' ? [] : [`Content-Type: ${type}`]),
    ...(parts.headers ?? []).map(({ name, value: said }) => `${name}: ${said}`),
  ];
  const octets = new TextEncoder().encode(`${text.join('\r\n')}\r\n\r\n${body}`);
  return { kind: 'notify', request: decodeSip(octets) as SipRequest };
}

/** Subscribed at `now`, with its first NOTIFY. */
export function active(
  engine: Subscription,
  now: Instant,
  expires = 3600,
): { readonly subscribe: SipRequest; readonly effects: readonly SubscriptionEffect[] } {
  const subscribe = sentBy(engine.step({ kind: 'subscribe' }, now));
  engine.step(answerTo(subscribe, 200, { name: 'Expires', value: String(expires) }), now);
  const notify = notifyFor(subscribe, { state: `active;expires=${expires}` });
  return { subscribe, effects: engine.step(notify, now) };
}
