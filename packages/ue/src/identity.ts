/** What UE-1 registers, and where, as the tree says: operator, P-CSCF, public and private identity. */
import type { Tree } from '@ueprov/protocols/dm/tree';
import { operators, publicIdentities } from '@ueprov/protocols/mo';
import type { TransportAddress } from '@ueprov/protocols/sip';

export interface SipIdentity {
  readonly IMPU: string;
  readonly IMPI: string;
  readonly password: string;
  readonly domain: string;
  /** [R-6.9.2-2] Configured P-CSCF data are what is used. */
  readonly pCscf: TransportAddress;
}

/**
 * The first active identity with its operator; undefined if something of it is not configured. [R-6.9.2-4] Nothing but the
 * tree is asked for a P-CSCF, least of all DHCP.
 */
export function sipIdentity(tree: Tree): SipIdentity | undefined {
  const identity = publicIdentities(tree).find(({ isActive }) => isActive);
  const [operator] = operators(tree);
  const [pCscf] = operator?.PCSCF ?? [];
  if (identity?.IMPI === undefined || operator === undefined || pCscf === undefined)
    return undefined;
  return {
    IMPU: identity.Id,
    IMPI: identity.IMPI.Id,
    password: identity.IMPI.Credentials,
    domain: operator.Domain,
    pCscf: { address: pCscf.Addr, port: pCscf.SipPort },
  };
}
