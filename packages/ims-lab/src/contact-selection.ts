/**
 * Which of the contacts of a registration a request goes to: caller preferences, RFC 3841 §7.2.
 * Used by s-cscf.ts. The lab does not fork: the best contact gets the request, of equals the newest.
 */
import {
  decodeAcceptContacts,
  headersOf,
  preferredContacts,
  type SipRequest,
} from '@ueprov/protocols/sip';
import { type Binding, instanceOf } from './binding.ts';

/**
 * The best binding, and behind it the other flows of the same device, which take its place when it fails (RFC 5626
 * §5.3). Empty if no contact is acceptable. Throws a `SIP_…` error if Accept-Contact is malformed.
 */
export function selectBindings(
  bindings: readonly Binding[],
  request: SipRequest,
): readonly Binding[] {
  const preferences = headersOf(request, 'Accept-Contact').flatMap(decodeAcceptContacts);
  const newestFirst = bindings.toReversed();
  const contacts = newestFirst.map(({ contact }) => contact);
  const acceptable = preferredContacts(contacts, preferences).flatMap((contact) =>
    newestFirst.filter((binding) => binding.contact === contact),
  );
  const [best] = acceptable;
  return acceptable.filter(
    (each) => each === best || (best !== undefined && isAnotherFlow(best, each)),
  );
}

function isAnotherFlow(best: Binding, other: Binding): boolean {
  const isSameDevice = instanceOf(best.contact) === instanceOf(other.contact);
  return best.isFlow && other.isFlow && isSameDevice;
}
