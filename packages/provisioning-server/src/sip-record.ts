/** A SIP message as the trace keeps it: the boxes of the ladder, a label, the octets. */
import type { Instant } from '@ueprov/protocols';
import { headerOf, type SipMessage } from '@ueprov/protocols/sip';
import type { MessageRecord } from './store/record.ts';

export interface SipPassage {
  readonly device: string;
  readonly message: SipMessage;
  readonly bytes: Uint8Array;
  readonly at: Instant;
  /** Towards the core, or from it. */
  readonly isOutgoing: boolean;
}

/** Counts messages that carry the same instant into an order. */
let passages = 0;

export function sipMessageRecord({
  device,
  message,
  bytes,
  at,
  isOutgoing,
}: SipPassage): MessageRecord {
  passages += 1;
  const contentType = headerOf(message, 'Content-Type');
  return {
    device,
    seq: passages,
    at,
    protocol: 'SIP',
    from: isOutgoing ? 'DM notifier' : 'Core',
    to: isOutgoing ? 'Core' : 'DM notifier',
    label: labelOf(message, contentType),
    ...(contentType !== undefined && { contentType }),
    raw: bytes,
  };
}

function labelOf(message: SipMessage, contentType: string | undefined): string {
  if (message.kind === 'response') return `${message.status} ${message.reason}`;
  const isPush = contentType?.startsWith('application/vnd.oma.push') ?? false;
  return isPush ? `${message.method} Pkg#0` : message.method;
}
