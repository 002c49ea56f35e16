/** Whom a request is of, as the P-CSCF says it. Used by s-cscf.ts and session-control.ts. */
import { addresses, type SipRequest } from '@ueprov/protocols/sip';
import type { Hss, IdentitySet } from './hss.ts';

/** RFC 3325 §5: worth what its sender is worth; only of a P-CSCF is it asked. */
export function servedSet(hss: Hss, request: SipRequest): IdentitySet | undefined {
  const [asserted] = addresses(request, 'P-Asserted-Identity');
  return asserted && hss.setOf(asserted.uri);
}
