/**
 * One contact of a registration: where a device is, by which way, until when, and what happened to it last.
 * RFC 3261 §10.3, RFC 3327, RFC 5626 §6 (flows), RFC 5627 §5 (GRUU), RFC 3680 §4.7.2 (events). Used by registrar.ts.
 */
import type { Instant } from '@ueprov/protocols';
import {
  callId,
  cSeq,
  encodeNameAddr,
  encodeUri,
  listOf,
  type NameAddr,
  type Parameter,
  parameterValue,
  type ReginfoContactEvent,
  routes,
  type SipRequest,
  uriParameter,
  withParameter,
} from '@ueprov/protocols/sip';

export interface Binding {
  /** Names it towards watchers, as long as it is there. */
  readonly id: string;
  /** The Contact as registered, without its `expires`. */
  readonly contact: NameAddr;
  /** Top first: the way back to the UE, to be sent as Route. */
  readonly path: readonly NameAddr[];
  readonly callId: string;
  readonly cSeq: number;
  readonly since: Instant;
  readonly expiresAt: Instant;
  readonly event: ReginfoContactEvent;
  /** Seconds: when the network has ended it, and takes the UE again. */
  readonly retryAfter?: number;
  /** RFC 5626 §6: the device has other flows beside this one. */
  readonly isFlow: boolean;
  readonly gruu?: Gruu;
}

/** RFC 5627 §5.1. */
export interface Gruu {
  readonly pub: string;
  readonly temp: string;
  /** Of the REGISTER that brought the temporary one. */
  readonly firstCseq: number;
}

/** Of the device; undefined for one that does not say. */
export function instanceOf(contact: NameAddr): string | undefined {
  return parameterValue(contact, '+sip.instance');
}

/** RFC 5626 §6: the UE wants its flows told apart, and has named this one. */
export function wantsFlow(request: SipRequest, contact: NameAddr): boolean {
  const isNamed = parameterValue(contact, 'reg-id') !== undefined;
  return isNamed && supports(request, 'outbound') && instanceOf(contact) !== undefined;
}

/** RFC 5626 §6: only if the first hop can find the flow again. */
export function hasOutboundHop(request: SipRequest): boolean {
  const firstHop = routes(request, 'Path').at(-1);
  return firstHop !== undefined && uriParameter(firstHop.uri, 'ob') !== undefined;
}

export function supports(request: SipRequest, option: string): boolean {
  return listOf(request, 'Supported').some((each) => each.toLowerCase() === option);
}

export function bindingOf(
  request: SipRequest,
  contact: NameAddr,
  rest: Pick<Binding, 'id' | 'since' | 'expiresAt' | 'event'> & { readonly gruu?: Gruu },
): Binding {
  const parameters = contact.parameters.filter(({ name }) => name.toLowerCase() !== 'expires');
  return {
    ...rest,
    contact: { ...contact, parameters },
    path: routes(request, 'Path'),
    callId: callId(request),
    cSeq: cSeq(request).number,
    isFlow: wantsFlow(request, contact),
  };
}

/** The Contact of a 200, as it stands `now`. */
export function contactValue({ contact, expiresAt, gruu }: Binding, now: Instant): string {
  const added: readonly Parameter[] = [
    ...(gruu === undefined ? [] : [quoted('pub-gruu', gruu.pub), quoted('temp-gruu', gruu.temp)]),
    { name: 'expires', value: String(Math.ceil((expiresAt - now) / 1000)) },
  ];
  return encodeNameAddr({
    ...contact,
    parameters: added.reduce(withParameter, contact.parameters),
  });
}

/** RFC 5626 §6: instance and reg-id name a flow, an instance-id a device; without one, the URI does. */
export function isSameBinding(binding: Binding, contact: NameAddr, isFlow: boolean): boolean {
  const [a, b] = [instanceOf(binding.contact), instanceOf(contact)];
  if (a === undefined || b === undefined) {
    return encodeUri(binding.contact.uri) === encodeUri(contact.uri);
  }
  if (a !== b) return false;
  const [flowA, flowB] = [binding.contact, contact].map((each) => parameterValue(each, 'reg-id'));
  return !isFlow || !binding.isFlow || flowA === flowB;
}

/** RFC 3261 §10.3 step 7. */
export function isOutOfOrder(request: SipRequest, binding: Binding): boolean {
  return binding.callId === callId(request) && cSeq(request).number <= binding.cSeq;
}

function quoted(name: string, value: string): Parameter {
  return { name, value, quoted: true };
}
