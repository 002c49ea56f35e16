/**
 * The DTD of PAP as data: attributes and children of every element, in the order in which they are written
 * (WAP-247-PAP; facts checked against the parser of Kannel, see spec/notes.md). Read by pap-decode.ts and pap-encode.ts.
 * [SIPPUSH PAP-3]
 */
import { MESSAGE_STATES, type PapMessage } from './pap-message.ts';

/** How an attribute is spelled: any text, a code of four digits, an instant, a truth, or one of these words. */
export type AttributeType = 'text' | 'code' | 'time' | 'boolean' | readonly string[];

export interface AttributeRule {
  readonly type: AttributeType;
  readonly isRequired?: true;
}

/** Of a child: how often, and under which name the message holds it. */
export interface ChildRule {
  readonly property: string;
  readonly least: 0 | 1;
  /** Held as a list. */
  readonly isList: boolean;
}

export interface ElementRule {
  readonly attributes: Readonly<Record<string, AttributeRule>>;
  readonly children: Readonly<Record<string, ChildRule>>;
}

const TEXT = { type: 'text' } as const;
const REQUIRED = { type: 'text', isRequired: true } as const;
const TIME = { type: 'time' } as const;
const TRUTH = { type: 'boolean' } as const;
const PUSH_ID = { 'push-id': REQUIRED } as const;
const SENDER = { 'sender-address': TEXT, 'sender-name': TEXT } as const;
const RESULT = { code: { type: 'code', isRequired: true }, desc: TEXT } as const;
const STATE = { 'message-state': { type: MESSAGE_STATES, isRequired: true } } as const;

const list = (property: string, least: 0 | 1): ChildRule => ({ property, least, isList: true });
const one = (property: string, least: 0 | 1): ChildRule => ({ property, least, isList: false });

const ADDRESSES = { address: list('addresses', 0) } as const;
const QOS = { 'quality-of-service': one('quality-of-service', 0) } as const;
const NOTHING = {} as const;

const ROOTS: Readonly<Record<PapMessage['kind'], ElementRule>> = {
  'push-message': {
    attributes: {
      ...PUSH_ID,
      'replace-push-id': TEXT,
      'replace-method': { type: ['pending-only', 'all'] },
      'deliver-before-timestamp': TIME,
      'deliver-after-timestamp': TIME,
      'source-reference': TEXT,
      'ppg-notify-requested-to': TEXT,
      'progress-notes-requested': TRUTH,
    },
    children: { address: list('addresses', 1), ...QOS },
  },
  'push-response': {
    attributes: { ...PUSH_ID, ...SENDER, 'reply-time': TIME },
    children: {
      'progress-note': list('progress-notes', 0),
      'response-result': one('response-result', 1),
    },
  },
  'cancel-message': { attributes: PUSH_ID, children: ADDRESSES },
  'cancel-response': {
    attributes: PUSH_ID,
    children: { 'cancel-result': list('cancel-results', 1) },
  },
  'resultnotification-message': {
    attributes: {
      ...PUSH_ID,
      ...SENDER,
      'received-time': TIME,
      'event-time': TIME,
      ...STATE,
      ...RESULT,
    },
    children: { address: one('address', 1), ...QOS },
  },
  'resultnotification-response': {
    attributes: { ...PUSH_ID, ...RESULT },
    children: { address: one('address', 1) },
  },
  'statusquery-message': { attributes: PUSH_ID, children: ADDRESSES },
  'statusquery-response': {
    attributes: PUSH_ID,
    children: { 'statusquery-result': list('statusquery-results', 1) },
  },
  'ccq-message': {
    attributes: { 'query-id': TEXT, 'app-id': TEXT },
    children: { address: one('address', 1) },
  },
  'ccq-response': {
    attributes: { 'query-id': TEXT, ...RESULT },
    children: { address: one('address', 0) },
  },
  'badmessage-response': {
    attributes: { ...RESULT, 'bad-message-fragment': REQUIRED },
    children: NOTHING,
  },
};

const PARTS: Readonly<Record<string, ElementRule>> = {
  'quality-of-service': {
    attributes: {
      priority: { type: ['high', 'medium', 'low'] },
      'delivery-method': {
        type: ['confirmed', 'preferconfirmed', 'unconfirmed', 'notspecified'],
      },
      network: TEXT,
      'network-required': TRUTH,
      bearer: TEXT,
      'bearer-required': TRUTH,
    },
    children: NOTHING,
  },
  'progress-note': { attributes: { stage: REQUIRED, note: TEXT, time: TIME }, children: NOTHING },
  'response-result': { attributes: RESULT, children: NOTHING },
  'cancel-result': { attributes: RESULT, children: ADDRESSES },
  'statusquery-result': {
    attributes: { 'event-time': TIME, ...STATE, ...RESULT },
    children: { ...ADDRESSES, ...QOS },
  },
};

/** `address` is a text of its own in a message, not an object: the decoder and the encoder know it by name. */
export const ADDRESS_ELEMENT = 'address';
export const ADDRESS_ATTRIBUTE = 'address-value';

export function isPapKind(name: string): name is PapMessage['kind'] {
  return Object.hasOwn(ROOTS, name);
}

/** The rule of an element that the rules themselves name. */
export function ruleOf(element: string): ElementRule | undefined {
  if (isPapKind(element)) return ROOTS[element];
  return Object.hasOwn(PARTS, element) ? PARTS[element] : undefined;
}

export interface PapVersion {
  readonly version: '1.0' | '2.0' | '2.1' | '2.2';
  readonly publicId: string;
  readonly systemId: string;
}

/** 2.2 is read like 2.1, by analogy; 2.1 is what is written. */
export const PAP_VERSIONS: readonly PapVersion[] = [
  ['1.0', 'http://www.wapforum.org/DTD/pap_1.0.dtd'] as const,
  ['2.0', 'http://www.wapforum.org/DTD/pap_2.0.dtd'] as const,
  ['2.1', 'http://www.openmobilealliance.org/tech/DTD/pap_2.1.dtd'] as const,
  ['2.2', 'http://www.openmobilealliance.org/tech/DTD/pap_2.2.dtd'] as const,
].map(([version, systemId]) => ({
  version,
  publicId: `-//WAPFORUM//DTD PAP ${version}//EN`,
  systemId,
}));
export const PAP_VERSION_WRITTEN = '2.1';
