/** What UE-1 registers, and where, as the tree says: operators, P-CSCFs, public and private identities. */
import { decodeHex, ProtocolError } from '@ueprov/protocols';
import type { MilenageKey } from '@ueprov/protocols/digest';
import type { Tree } from '@ueprov/protocols/dm/tree';
import {
  type Operator,
  operators,
  type PCscf,
  type PrivateIdentity,
  type PublicIdentity,
  publicIdentities,
} from '@ueprov/protocols/mo';
import { type BackOff, decodeUri, type Hop, type Timing } from '@ueprov/protocols/sip';

export interface SipIdentity {
  /** Its row of IMPU. */
  readonly uri: string;
  readonly IMPU: string;
  readonly IMPI: string;
  readonly credentials:
    | { readonly kind: 'password'; readonly password: string }
    | { readonly kind: 'card'; readonly key: MilenageKey };
  /** [S 1209] Protected SIP to the P-CSCF has to be tried. */
  readonly SigSecurity: boolean;
}

/** One operator, and who registers there. */
export interface SipNetwork {
  readonly domain: string;
  /** [R-6.9.2-1] [R-6.9.2-2] Configured P-CSCF data are what is used, in their order. */
  readonly pCscfs: readonly ConfiguredPCscf[];
  readonly resolvers: readonly string[];
  readonly identities: readonly SipIdentity[];
  readonly timing: Timing;
  readonly backOff: BackOff;
  readonly subscribeRetryMs: number;
}

export interface ConfiguredPCscf {
  /** Its row. */
  readonly uri: string;
  readonly hop: Hop;
}

/** CredsType of PktcEUETCCredsType. */
const PASSWORD = 3;
const PRE_SHARED_KEY = 4;

/**
 * The active identities with their operators; empty if something is not configured. [R-6.9.2-4] Nothing but the tree is
 * asked for a P-CSCF, least of all DHCP.
 */
export function sipNetworks(tree: Tree): readonly SipNetwork[] {
  const known = operators(tree).filter(({ PCSCF }) => PCSCF.length > 0);
  const active = publicIdentities(tree).filter(({ isActive }) => isActive);
  return known.flatMap((operator) => {
    const own = active.filter((each) => operatorOf(each, known) === operator);
    const identities = own.flatMap((each) => sipIdentity(each) ?? []);
    return identities.length === 0 ? [] : [network(operator, identities)];
  });
}

function network(operator: Operator, identities: readonly SipIdentity[]): SipNetwork {
  const [first] = operator.PCSCF;
  const { TimerT1: T1 = 500, TimerT2: T2 = 4000, TimerT4: T4 = 5000 } = first ?? {};
  const { BaseTimeAllFailed = 30, MaxTime = 1800, SubscribeRetry = 900 } = first ?? {};
  return {
    domain: operator.Domain,
    pCscfs: operator.PCSCF.map((row) => ({ uri: row.uri, hop: hopOf(row) })),
    resolvers: operator.Dns.filter((address) => address !== ''),
    identities,
    timing: { T1, T2, T4 },
    backOff: { baseMs: BaseTimeAllFailed * 1000, maxMs: MaxTime * 1000 },
    subscribeRetryMs: SubscribeRetry * 1000,
  };
}

/** [R-6.9.2-5] Port 0 is no port: the name is a proxy domain, and NAPTR and SRV say where. */
function hopOf({ Addr: host, SipPort: port }: PCscf): Hop {
  return port === 0 ? { host } : { host, port };
}

/** The operator that the identity names, that of its domain, the one for any domain, or the first. */
function operatorOf(
  { Id, OpRefs }: PublicIdentity,
  known: readonly Operator[],
): Operator | undefined {
  const named = known.find(({ uri }) => OpRefs.includes(uri.slice(uri.lastIndexOf('/') + 1)));
  if (OpRefs.length > 0) return named;
  const domain = domainOf(Id);
  return known.find(({ Domain }) => Domain.toLowerCase() === domain || Domain === '.') ?? known[0];
}

function sipIdentity({ uri, Id, IMPI, SigSecurity }: PublicIdentity): SipIdentity | undefined {
  const credentials = IMPI && credentialsOf(IMPI);
  if (IMPI === undefined || credentials === undefined) return undefined;
  return { uri, IMPU: Id, IMPI: IMPI.Id, credentials, SigSecurity };
}

function credentialsOf(identity: PrivateIdentity): SipIdentity['credentials'] | undefined {
  const { CredsType, Credentials } = identity;
  if (CredsType === PASSWORD) return { kind: 'password', password: Credentials };
  const key = CredsType === PRE_SHARED_KEY ? decodeCardKey(Credentials) : undefined;
  return key && { kind: 'card', key };
}

/** How a card stands in `Credentials`: K and OPc, 32 hex digits each (spec/notes.md). */
export function encodeCardKey({ K, OPc }: { readonly K: string; readonly OPc: string }): string {
  return `${K}${OPc}`.toLowerCase();
}

function decodeCardKey(text: string): MilenageKey | undefined {
  if (!/^[0-9a-fA-F]{64}$/.test(text)) return undefined;
  const octets = decodeHex(text);
  return { K: octets.slice(0, 16), OPc: octets.slice(16) };
}

function domainOf(IMPU: string): string | undefined {
  try {
    const uri = decodeUri(IMPU);
    return uri.kind === 'sip' ? uri.host.toLowerCase() : undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
