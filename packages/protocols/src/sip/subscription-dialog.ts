/**
 * The dialog of a subscription (RFC 3261 §12, RFC 6665 §4.1.4, §4.2.1): who is on the other side,
 * by which way, and how far both have counted. Used by subscription.ts and subscription-notifier.ts.
 */
import {
  addressOf,
  callId,
  contacts,
  cSeq,
  decodeUri,
  encodeNameAddr,
  encodeUri,
  from,
  type Header,
  type NameAddr,
  request,
  routes,
  type SipRequest,
  tagOf,
  to,
  uriParameter,
  withParameter,
} from './message/index.ts';

export interface Dialog {
  readonly callId: string;
  /** Value of From of what we send, tag included. */
  readonly local: string;
  readonly localTag: string;
  /** Value of To of what we send, tag included. */
  readonly remote: string;
  readonly remoteTag: string;
  /** Where our requests go in the end. */
  readonly remoteTarget: string;
  /** And by which way, the next hop first. */
  readonly routeSet: readonly NameAddr[];
  /** Of our last request. */
  readonly localCSeq: number;
  /** Of theirs. */
  readonly remoteCSeq: number;
}

/** RFC 3261 §12.1.1, §12.1.2: the side that received the first request of the other in this dialog. */
export function dialogOf(
  received: SipRequest,
  local: { readonly tag: string; readonly cSeq: number },
): Dialog {
  const [ours, theirs] = [to(received), from(received)];
  const [target] = contacts(received);
  return {
    callId: callId(received),
    local: encodeNameAddr(withTag(ours, local.tag)),
    localTag: local.tag,
    remote: encodeNameAddr(theirs),
    remoteTag: tagOf(theirs) ?? '',
    remoteTarget: encodeUri((target ?? theirs).uri),
    routeSet: routes(received, 'Record-Route'),
    localCSeq: local.cSeq,
    remoteCSeq: cSeq(received).number,
  };
}

/** Is this request one of the other side in this dialog? RFC 3261 §12.2.2. */
export function isInDialog(dialog: Dialog, received: SipRequest): boolean {
  return (
    callId(received) === dialog.callId &&
    tagOf(to(received)) === dialog.localTag &&
    (tagOf(from(received)) ?? '') === dialog.remoteTag
  );
}

/**
 * The dialog after a request of the other side; undefined if that came too late: answer 500 (RFC
 * 3261 §12.2.2). SUBSCRIBE and NOTIFY refresh the target (RFC 6665 §4.4.1).
 */
export function afterRequest(dialog: Dialog, received: SipRequest): Dialog | undefined {
  const { number } = cSeq(received);
  if (number <= dialog.remoteCSeq) return undefined;
  const [target] = contacts(received);
  const remoteTarget = target === undefined ? dialog.remoteTarget : encodeUri(target.uri);
  return { ...dialog, remoteCSeq: number, remoteTarget };
}

/** RFC 3261 §12.2.1.1: our next request, and the dialog after it. */
export function requestIn(
  dialog: Dialog,
  method: string,
  headers: readonly Header[],
  body?: Uint8Array,
): { readonly request: SipRequest; readonly dialog: Dialog } {
  const localCSeq = dialog.localCSeq + 1;
  const { uri, route } = wayOf(dialog);
  const sent = request({
    method,
    uri,
    from: dialog.local,
    to: dialog.remote,
    callId: dialog.callId,
    cSeq: localCSeq,
    headers: [...route.map(routeHeader), ...headers],
    ...(body === undefined ? {} : { body }),
  });
  return { request: sent, dialog: { ...dialog, localCSeq } };
}

/** The address whose host is the next hop of a request: its first Route, or its Request-URI. */
export function nextHopOf(sent: SipRequest): NameAddr {
  return routes(sent, 'Route')[0] ?? { uri: decodeUri(sent.uri), parameters: [] };
}

export function routeHeader(address: NameAddr): Header {
  return { name: 'Route', value: encodeNameAddr(address) };
}

/** RFC 3261 §12.2.1.1: a first hop without lr is a strict router, and wants to be the Request-URI. */
function wayOf({ remoteTarget, routeSet }: Dialog): {
  readonly uri: string;
  readonly route: readonly NameAddr[];
} {
  const [first, ...others] = routeSet;
  if (first === undefined || uriParameter(first.uri, 'lr') !== undefined) {
    return { uri: remoteTarget, route: routeSet };
  }
  return { uri: encodeUri(first.uri), route: [...others, addressOf(remoteTarget)] };
}

function withTag(address: NameAddr, tag: string): NameAddr {
  return { ...address, parameters: withParameter(address.parameters, { name: 'tag', value: tag }) };
}
