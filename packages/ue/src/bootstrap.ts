/**
 * The tree of a UE that starts for the first time: what Table 2 asks for, taken from its configuration.
 *
 * PKT-SP-UE-PROV 6.5 [R-6.5-4]: pre-configuration is one of the ways. Later starts go on with the tree on disk.
 * Used by main.ts.
 */
import { decodeBase64, type Instant } from '@ueprov/protocols';
import { LOCAL, type Shape, type Tree } from '@ueprov/protocols/dm/tree';
import { CATALOGUE } from '@ueprov/protocols/events';
import {
  type AppAuth,
  type DmAccount,
  MECHANISMS,
  type Mechanism,
  type MemEvent,
  makeDeviceTree,
  PKTC_UE_URI,
  PKTC_USR_URI,
  writeDmAcc,
} from '@ueprov/protocols/mo';
import { type AccountConfig, ConfigError, type UeConfig } from './config.ts';
import { encodeCardKey } from './identity.ts';

/** Versions of this implementation, as DevDetail tells them. */
const VERSIONS = {
  DevTyp: 'UE',
  OEM: '',
  FwV: '0.1.0',
  SwV: '0.1.0',
  HwV: 'virtual',
  LrgObj: true,
} as const;

/** `vendor`: shapes of objects beside the standard ones. */
export function bootstrapTree(config: UeConfig, now: Instant, vendor: readonly Shape[] = []): Tree {
  const { device, accounts } = config;
  // [R-6.5-6] [R-6.5-7] Of several accounts the first is the one of UE provisioning.
  const [first, ...others] = accounts.map(dmAccount);
  if (first === undefined) throw new ConfigError(['accounts: at least one']);
  const tree = makeDeviceTree(
    { info: device, detail: VERSIONS, account: first, events: memEvents(config.events), vendor },
    now,
  );
  for (const [index, account] of others.entries()) {
    writeDmAcc(tree, `./DMAcc/${index + 2}`, account, now);
  }
  const faults = Object.entries(imsLeaves(config)).flatMap(([uri, Data]) => {
    const added = tree.add(uri, { Data }, LOCAL, now);
    return added.ok ? [] : [`sip: ${uri} does not take it: ${added.reason}`];
  });
  if (faults.length > 0) throw new ConfigError(faults);
  return tree;
}

/**
 * Identity, credentials and connectivity of the IMS, in PktcUE and PktcUsr, the equivalent of the 3GPP IMS object.
 * [R-6.5-15] [R-6.5-16] [R-6.5-17] [R-6.5-18] [R-6.5-19] [R-6.5-i1] [R-6.5-i2] [R-6.9.2-1]
 */
function imsLeaves({ sip }: UeConfig): Record<string, string> {
  const op = `${PKTC_UE_URI}/Op/1`;
  const impi = `${PKTC_USR_URI}/IMPI/1`;
  return {
    [`${op}/Domain`]: sip.domain,
    ...pCscfLeaves(sip),
    ...Object.fromEntries(sip.dns.map((Addr, index) => [`${op}/Dns/${index + 1}/Addr`, Addr])),
    [`${impi}/Id`]: sip.IMPI,
    [`${impi}/IdType`]: '4',
    ...(sip.aka === undefined
      ? { [`${impi}/CredsType`]: '3', [`${impi}/Credentials`]: sip.password ?? '' }
      : { [`${impi}/CredsType`]: '4', [`${impi}/Credentials`]: encodeCardKey(sip.aka) }),
    ...Object.fromEntries(
      [sip.IMPU, ...sip.otherIMPUs].flatMap((Id, index) => impuLeaves(Id, index, sip.transports)),
    ),
  };
}

/** [R-6.9.2-1] [R-6.9.2-5] SipPort 0 is none: the name is looked up by RFC 3263. */
function pCscfLeaves({ pCscf, otherPCscfs }: UeConfig['sip']): Record<string, string> {
  return Object.fromEntries(
    [pCscf, ...otherPCscfs].flatMap(({ host, port = 0 }, index) => {
      const row = `${PKTC_UE_URI}/Op/1/PCSCF/${index + 1}`;
      return [
        [`${row}/Addr`, host],
        [`${row}/SipPort`, String(port)],
      ];
    }),
  );
}

function impuLeaves(
  Id: string,
  index: number,
  transports: readonly string[],
): readonly (readonly [string, string])[] {
  const row = `${PKTC_USR_URI}/IMPU/${index + 1}`;
  return [
    [`${row}/Id`, Id],
    [`${row}/IdType`, '3'],
    [`${row}/IMPIRef`, '1'],
    // Without TLS there is nothing to protect SIP with.
    [`${row}/SigSecurity`, String(transports.includes('tls'))],
  ];
}

/** OMA-DMSTDOBJ 5.3.1 AAuthType. */
const AAUTH_TYPES = {
  basic: { AAuthLevel: 'CLCRED', AAuthType: 'BASIC', server: 'BASIC' },
  md5: { AAuthLevel: 'CLCRED', AAuthType: 'DIGEST', server: 'DIGEST' },
  hmac: { AAuthLevel: 'CLCRED', AAuthType: 'HMAC', server: 'HMAC' },
  'http-basic': { AAuthLevel: 'HTTP', AAuthType: 'HTTP-BASIC', server: 'DIGEST' },
  'http-digest': { AAuthLevel: 'HTTP', AAuthType: 'HTTP-DIGEST', server: 'DIGEST' },
} as const;

/** [R-6.5-5] [R-6.5-8] [R-6.5-9] [R-6.5-10], and the PacketCable extension with both its nodes [R-6.5-13]. */
function dmAccount(account: AccountConfig): DmAccount {
  const { ServerID, Addr, scheme, CLCRED, SRVCRED, DMInitConnect } = account;
  const { AAuthLevel, AAuthType, server } = AAUTH_TYPES[scheme];
  return {
    ServerID,
    ConRef: [],
    AppAddr: [{ Addr, AddrType: 'URI' }],
    AppAuth: [
      { AAuthLevel, AAuthType, ...secretOf(CLCRED) },
      { AAuthLevel: 'SRVCRED', AAuthType: server, ...secretOf(SRVCRED) },
    ],
    DMInitConnect,
    AuthExt: '',
  };
}

function secretOf({ name, secret, nonce }: AccountConfig['CLCRED']): Partial<AppAuth> {
  return {
    AAuthName: name,
    AAuthSecret: secret,
    ...(nonce !== undefined && { AAuthData: decodeBase64(nonce) }),
  };
}

/** The catalogue with the mechanisms that the configuration names. */
function memEvents(mechanisms: UeConfig['events']): MemEvent[] {
  const unknown = Object.keys(mechanisms).filter(
    (name) => !CATALOGUE.some((event) => event.Name === name),
  );
  if (unknown.length > 0)
    throw new ConfigError(unknown.map((name) => `events: there is no event ${name}`));
  return CATALOGUE.map((event) => {
    const words = mechanisms[event.Name];
    return words === undefined ? event : { ...event, Reporting: mechanismsIn(event.Name, words) };
  });
}

function mechanismsIn(name: string, words: string): Mechanism[] {
  return words
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => {
      const mechanism = MECHANISMS.find((each) => each === word);
      if (mechanism !== undefined) return mechanism;
      throw new ConfigError([`events.${name}: ${word} is not one of ${MECHANISMS.join(', ')}`]);
    });
}
