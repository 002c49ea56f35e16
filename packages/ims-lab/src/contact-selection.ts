/**
 * Which of the contacts of a registration a request goes to: caller preferences, RFC 3841 §7.2.
 * Used by s-cscf.ts for MESSAGE. The lab does not fork: the best contact gets the request, of equals the newest.
 */
import {
  decodeAcceptContacts,
  headersOf,
  preferredContacts,
  type SipRequest,
} from '@ueprov/protocols/sip';
import type { Binding } from './registrar.ts';

/** Undefined if no contact is acceptable. Throws a `SIP_…` error if Accept-Contact is malformed. */
export function selectBinding(
  bindings: readonly Binding[],
  request: SipRequest,
): Binding | undefined {
  const preferences = headersOf(request, 'Accept-Contact').flatMap(decodeAcceptContacts);
  const newestFirst = bindings.toReversed();
  const contacts = newestFirst.map(({ contact }) => contact);
  const [best] = preferredContacts(contacts, preferences);
  return newestFirst.find(({ contact }) => contact === best);
}
