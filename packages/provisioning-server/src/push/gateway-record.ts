/** What a Push Proxy Gateway keeps of a push, and what goes into and comes out of its engine. Used by gateway.ts. */
import type { Instant } from '@ueprov/protocols';
import type { BodyPart } from '@ueprov/protocols/mime';
import type { MessageState, PapMessage, PushMessage } from '@ueprov/protocols/push';

/** One recipient of one push. */
export interface Delivery {
  /** As the initiator wrote it. */
  readonly address: string;
  readonly IMPU: string;
  state: MessageState;
  code: number;
  desc: string;
  eventAt: Instant;
  attempts: number;
  /** A MESSAGE is on its way. */
  isInFlight: boolean;
}

export interface Push {
  /** Who brought it: nobody else may ask for it or end it. */
  readonly initiator: string;
  readonly message: PushMessage;
  readonly content: BodyPart;
  readonly receivedAt: Instant;
  readonly deliveries: Map<string, Delivery>;
}

export type DeliveryEvent = 'accepted' | 'refused' | 'unavailable' | 'cancelled' | 'late';

/**
 * PAP 5.1, message-state of one recipient. An event absent from a row is ignored in that state: what was delivered is
 * never anything else. An answer that may be another next time leaves it pending while there is an attempt left.
 */
export const DELIVERY_TRANSITIONS: Readonly<
  Partial<Record<MessageState, Partial<Record<DeliveryEvent, MessageState>>>>
> = {
  pending: {
    accepted: 'delivered',
    refused: 'undeliverable',
    unavailable: 'timeout',
    cancelled: 'cancelled',
    late: 'expired',
  },
};

/** An address of the message, looked up: whom it means, or why nobody. */
export interface Recipient {
  readonly address: string;
  readonly IMPU?: string;
  /** A code of PAP where there is no IMPU. */
  readonly code?: number;
}

export type GatewayInput =
  | {
      readonly kind: 'push';
      readonly initiator: string;
      readonly message: PushMessage;
      readonly content: BodyPart | undefined;
      readonly recipients: readonly Recipient[];
    }
  | {
      readonly kind: 'control';
      readonly initiator: string;
      readonly message: Extract<
        PapMessage,
        { kind: 'cancel-message' | 'statusquery-message' | 'ccq-message' }
      >;
    }
  | {
      readonly kind: 'answered';
      readonly delivery: string;
      readonly status: number;
      readonly reason: string;
      readonly retryAfterS?: number;
    }
  /** No answer came, or the notification of a result did not get through. */
  | { readonly kind: 'failed'; readonly delivery: string; readonly reason: string }
  | { readonly kind: 'told'; readonly delivery: string; readonly isTaken: boolean };

export type GatewayEffect =
  /** Answers the message that was given. */
  | { readonly kind: 'reply'; readonly message: PapMessage }
  /** Send a MESSAGE with this content; `delivery` names it in what comes back. */
  | {
      readonly kind: 'deliver';
      readonly delivery: string;
      readonly IMPU: string;
      readonly content: BodyPart;
    }
  /** Tell the initiator what became of it. */
  | {
      readonly kind: 'tell';
      readonly delivery: string;
      readonly url: string;
      readonly message: PapMessage;
    };
