/** Faults of a server in how it wakes a device. */
import { syncmlHash } from '@ueprov/protocols/digest';
import {
  decodeOmaPush,
  decodePackage0,
  encodePackage0,
  notificationRequest,
  type Package0,
} from '@ueprov/protocols/push';
import { type LayerInput, type SipRequest, TransactionLayer } from '@ueprov/protocols/sip';
import type { ServerBench } from '../server/bench.ts';
import { type Mutant, wrap } from './mutant.ts';

type NotificationMutant = Mutant<ServerBench>;

/** Every MESSAGE of the server is another one. */
function sends(
  id: string,
  fault: string,
  tries: string,
  change: (message: SipRequest, bench: ServerBench) => SipRequest,
): NotificationMutant {
  const apply = (bench: ServerBench) =>
    wrap(TransactionLayer.prototype, 'step', (original) => {
      return function (input: LayerInput, ...more) {
        const isMessage = input.kind === 'request' && input.request.method === 'MESSAGE';
        if (!isMessage) return original.call(this, input, ...more);
        return original.call(this, { ...input, request: change(input.request, bench) }, ...more);
      };
    });
  return { id, fault, tries: tries.split(' '), apply };
}

/** With another trigger, and the digest that is right for it. */
function withTrigger(change: (package0: Package0) => Partial<Package0>) {
  return (message: SipRequest, { account }: ServerBench): SipRequest => {
    const before = decodePackage0(decodeOmaPush(message.body).content);
    const { server, facts } = account;
    const fields = { ...before, ...change(before) };
    const hash = syncmlHash(facts.ServerID, server.secret);
    return withPackage0(message, encodePackage0(fields, hash, server.nonce));
  };
}

function withPackage0(message: SipRequest, package0: Uint8Array): SipRequest {
  const parts = { IMPU: message.uri, from: 'sip:x', fromTag: 'x', callId: 'x', cSeq: 1 };
  return { ...message, body: notificationRequest({ ...parts, package0 }).body };
}

export const NOTIFICATION_MUTANTS: readonly NotificationMutant[] = [
  sends('S-N-DIGEST', 'signs Package #0 with nothing', 'NOT-2.1', (message) => {
    const { content } = decodeOmaPush(message.body);
    return withPackage0(message, Buffer.concat([Buffer.alloc(16), content.subarray(16)]));
  }),
  sends(
    'S-N-VERSION',
    'says version 12',
    'NOT-2.2',
    withTrigger(() => ({ version: 12 })),
  ),
  sends(
    'S-N-SESSION',
    'has one sessionid',
    'NOT-2.3',
    withTrigger(() => ({ SessionID: 77 })),
  ),
  sends('S-N-PUSH', 'pushes to anybody', 'NOT-2.5', (message) => ({
    ...message,
    headers: message.headers.filter(({ name }) => name !== 'Accept-Contact'),
  })),
];
