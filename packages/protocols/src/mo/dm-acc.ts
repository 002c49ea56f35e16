/**
 * DMAcc, `./DMAcc/<X>`: one DM server, how to reach it and how either side proves itself.
 *
 * OMA-DMSTDOBJ 5.3.1; PKT-SP-UE-PROV Table 2 for `Ext/Pktc2`. Used by the UE for every session and
 * Package #0.
 */

import { LOCAL, type Shape, type Tree } from '../dm/tree/index.ts';
import type { Instant } from '../engine.ts';
import { CHANGE, column, HIDDEN, interior, leaf, PORT_RANGE, rows, WRITE } from './describe.ts';

export const DM_ACC_URI = './DMAcc';

export const AAUTH_LEVELS = ['CLCRED', 'SRVCRED', 'OBEX', 'HTTP'] as const;
export const AAUTH_TYPES = [
  'HTTP-BASIC',
  'HTTP-DIGEST',
  'BASIC',
  'DIGEST',
  'HMAC',
  'X509',
  'SECURID',
  'SAFEWORD',
  'DIGIPASS',
  'TRANSPORT',
] as const;
export const ADDR_TYPES = ['URI', 'IPv4', 'IPv6'] as const;

export type AAuthLevel = (typeof AAUTH_LEVELS)[number];
export type AAuthType = (typeof AAUTH_TYPES)[number];
export type AddrType = (typeof ADDR_TYPES)[number];

/** AuthExt for GBA, PKT-SP-UE-PROV 6.6.1. */
export const AUTH_EXT_GBA = '3GPP-GBA';

/** What is part of every account; a server that adds the account adds it as well. */
const mandatory = { occurrence: 'One', scope: 'Dynamic', AccessType: WRITE } as const;

const CON_REF = interior(
  'ToConRef',
  'Connectivity to use, the first is preferred.',
  [
    rows('OneOrMore', 'One reference.', [
      column('ConRef', 'chr', 'Connectivity object.', mandatory),
    ]),
  ],
  { ...mandatory, occurrence: 'ZeroOrOne' },
);

const APP_ADDR = interior('AppAddr', 'Addresses of the server.', [
  rows('OneOrMore', 'One address.', [
    column('Addr', 'chr', 'URL or IP address.', mandatory),
    column('AddrType', 'chr', 'Kind of Addr.', {
      ...mandatory,
      DefaultValue: 'URI',
      values: ADDR_TYPES,
    }),
    interior(
      'Port',
      'Ports.',
      [
        rows('OneOrMore', 'One port.', [
          column('PortNbr', 'chr', 'Port number.', { ...mandatory, range: PORT_RANGE }),
        ]),
      ],
      { ...mandatory, occurrence: 'ZeroOrOne' },
    ),
  ]),
]);

const APP_AUTH = interior('AppAuth', 'Authentication, one row per level and type.', [
  rows('OneOrMore', 'One way to authenticate.', [
    column('AAuthLevel', 'chr', 'Who proves itself where.', { ...mandatory, values: AAUTH_LEVELS }),
    column('AAuthType', 'chr', 'How.', { ...mandatory, values: AAUTH_TYPES }),
    column('AAuthName', 'chr', 'User name or server name.'),
    // OMA-DMSTDOBJ 5.3.1: never readable.
    column('AAuthSecret', 'chr', 'Password or secret.', { AccessType: HIDDEN }),
    column('AAuthData', 'bin', 'Nonce or other octets.', { AccessType: HIDDEN }),
  ]),
]);

const EXT = interior(
  'Ext',
  'Extensions.',
  [
    interior(
      'Pktc2',
      'PacketCable 2.0.',
      [
        interior('Boot', 'Bootstrap data.', [
          interior('Init', 'What happens first.', [
            // [R-6.5-14] Permanent below Pktc2: where the extension is, both are.
            leaf('DMInitConnect', 'bool', 'Open a session after registration, unasked.', {
              AccessType: CHANGE,
              DefaultValue: 'false',
            }),
            leaf('AuthExt', 'chr', 'Further authentication; 3GPP-GBA or empty.', {
              AccessType: CHANGE,
              DefaultValue: '',
            }),
          ]),
        ]),
      ],
      { ...mandatory, occurrence: 'ZeroOrOne' },
    ),
  ],
  { ...mandatory, occurrence: 'ZeroOrOne' },
);

export const DM_ACC: Shape = interior('DMAcc', 'Accounts of DM servers.', [
  rows(
    'ZeroOrMore',
    'The account of one server.',
    [
      column('AppID', 'chr', 'w7.', { ...mandatory, DefaultValue: 'w7', values: ['w7'] }),
      column('ServerID', 'chr', 'Identifier of the server.', mandatory),
      column('Name', 'chr', 'Display name.'),
      column('PrefConRef', 'chr', 'Preferred connectivity object.'),
      CON_REF,
      APP_ADDR,
      column('AAuthPref', 'chr', 'Preferred AAuthType of the client.'),
      APP_AUTH,
      EXT,
    ],
    { Type: 'urn:oma:mo:oma-dm-dmacc:1.0' },
  ),
]);

export interface AppAddr {
  readonly Addr: string;
  readonly AddrType: AddrType;
  readonly PortNbr?: number;
}

export interface AppAuth {
  readonly AAuthLevel: AAuthLevel;
  readonly AAuthType: AAuthType;
  readonly AAuthName?: string;
  readonly AAuthSecret?: string;
  /** Of DIGEST and HMAC the nonce, as raw octets. */
  readonly AAuthData?: Uint8Array;
}

export interface DmAccount {
  readonly ServerID: string;
  readonly Name?: string;
  readonly PrefConRef?: string;
  readonly ConRef: readonly string[];
  readonly AppAddr: readonly AppAddr[];
  readonly AAuthPref?: string;
  /** In the order of the tree. */
  readonly AppAuth: readonly AppAuth[];
  /** False without the extension: wait for Package #0. */
  readonly DMInitConnect: boolean;
  /** Empty without the extension: what AppAuth says. */
  readonly AuthExt: string;
}

/**
 * The account at a node such as `./DMAcc/op`; undefined if that is no account: without ServerID or
 * address.
 */
export function readDmAcc(tree: Tree, root: string): DmAccount | undefined {
  const ServerID = tree.text(`${root}/ServerID`);
  const AppAddr = tree
    .children(`${root}/AppAddr`)
    .map((name) => readAddr(tree, `${root}/AppAddr/${name}`))
    .filter(({ Addr }) => Addr !== '');
  if (ServerID === undefined || ServerID === '' || AppAddr.length === 0) return undefined;
  return {
    ServerID,
    ...optional(tree, root, 'Name'),
    ...optional(tree, root, 'PrefConRef'),
    ConRef: tree
      .children(`${root}/ToConRef`)
      .map((name) => tree.text(`${root}/ToConRef/${name}/ConRef`) ?? ''),
    AppAddr,
    ...optional(tree, root, 'AAuthPref'),
    AppAuth: tree
      .children(`${root}/AppAuth`)
      .map((name) => readAuth(tree, `${root}/AppAuth/${name}`))
      .filter((entry) => entry !== undefined),
    DMInitConnect: tree.text(`${root}/${INIT}/DMInitConnect`) === 'true',
    AuthExt: tree.text(`${root}/${INIT}/AuthExt`) ?? '',
  };
}

const INIT = 'Ext/Pktc2/Boot/Init';

/** All accounts with their nodes. */
export function dmAccounts(
  tree: Tree,
): readonly { readonly root: string; readonly account: DmAccount }[] {
  return tree
    .children(DM_ACC_URI)
    .map((name) => `${DM_ACC_URI}/${name}`)
    .map((root) => ({ root, account: readDmAcc(tree, root) }))
    .filter((entry): entry is { root: string; account: DmAccount } => entry.account !== undefined);
}

function readAddr(tree: Tree, uri: string): AppAddr {
  const AddrType = ADDR_TYPES.find((type) => type === tree.text(`${uri}/AddrType`)) ?? 'URI';
  const [port] = tree.children(`${uri}/Port`);
  const PortNbr = port === undefined ? undefined : tree.text(`${uri}/Port/${port}/PortNbr`);
  return {
    Addr: tree.text(`${uri}/Addr`) ?? '',
    AddrType,
    ...(PortNbr !== undefined && PortNbr !== '' && { PortNbr: Number(PortNbr) }),
  };
}

function readAuth(tree: Tree, uri: string): AppAuth | undefined {
  const AAuthLevel = AAUTH_LEVELS.find((level) => level === tree.text(`${uri}/AAuthLevel`));
  const AAuthType = AAUTH_TYPES.find((type) => type === tree.text(`${uri}/AAuthType`));
  if (AAuthLevel === undefined || AAuthType === undefined) return undefined;
  const AAuthData = tree.octets(`${uri}/AAuthData`);
  return {
    AAuthLevel,
    AAuthType,
    ...optional(tree, uri, 'AAuthName'),
    ...optional(tree, uri, 'AAuthSecret'),
    ...(AAuthData !== undefined && { AAuthData }),
  };
}

function optional<Name extends string>(
  tree: Tree,
  uri: string,
  name: Name,
): { readonly [key in Name]?: string } {
  const text = tree.text(`${uri}/${name}`);
  return (text === undefined || text === '' ? {} : { [name]: text }) as { [key in Name]?: string };
}

/** The entry that a side uses at a level: the preferred type of the client, else the first. */
export function preferredAuth(account: DmAccount, level: AAuthLevel): AppAuth | undefined {
  const entries = account.AppAuth.filter(({ AAuthLevel }) => AAuthLevel === level);
  const preferred =
    level === 'CLCRED' ? entries.find((entry) => entry.AAuthType === account.AAuthPref) : undefined;
  return preferred ?? entries[0];
}

/** Keeps the nonce that the next digest of this level uses. */
export function writeNonce(
  tree: Tree,
  root: string,
  level: AAuthLevel,
  nonce: Uint8Array,
  now: Instant,
): void {
  for (const name of tree.children(`${root}/AppAuth`)) {
    const uri = `${root}/AppAuth/${name}`;
    const type = tree.text(`${uri}/AAuthType`);
    if (tree.text(`${uri}/AAuthLevel`) !== level || (type !== 'DIGEST' && type !== 'HMAC'))
      continue;
    put(tree, `${uri}/AAuthData`, nonce, now);
  }
}

/** Makes or overwrites an account as a bootstrap does; its server gets the rights of OMA-DMBOOT. */
export function writeDmAcc(tree: Tree, root: string, account: DmAccount, now: Instant): void {
  tree.delete(root, LOCAL, now);
  for (const [name, value] of leavesOf(account)) put(tree, `${root}/${name}`, value, now);
  // OMA-DMBOOT 5.3.4: Get, Replace and Delete for the server that the account is of.
  const { ServerID: id } = account;
  const Data = `Get=${id}&Replace=${id}&Delete=${id}`;
  tree.replace(`${root}?prop=ACL`, { Data }, LOCAL, now);
}

function leavesOf(account: DmAccount): readonly (readonly [string, string | Uint8Array])[] {
  const { ServerID, Name, PrefConRef, AAuthPref, DMInitConnect, AuthExt } = account;
  const leaves: Record<string, string | Uint8Array | undefined> = {
    AppID: 'w7',
    ServerID,
    Name,
    PrefConRef,
    AAuthPref,
    [`${INIT}/DMInitConnect`]: String(DMInitConnect),
    [`${INIT}/AuthExt`]: AuthExt,
  };
  for (const [index, ConRef] of account.ConRef.entries()) {
    leaves[`ToConRef/${index + 1}/ConRef`] = ConRef;
  }
  for (const [index, { Addr, AddrType, PortNbr }] of account.AppAddr.entries()) {
    leaves[`AppAddr/${index + 1}/Addr`] = Addr;
    leaves[`AppAddr/${index + 1}/AddrType`] = AddrType;
    leaves[`AppAddr/${index + 1}/Port/1/PortNbr`] = PortNbr?.toString();
  }
  for (const [index, auth] of account.AppAuth.entries()) {
    for (const [name, value] of Object.entries(auth))
      leaves[`AppAuth/${index + 1}/${name}`] = value;
  }
  return Object.entries(leaves).filter(
    (leaf): leaf is [string, string | Uint8Array] => leaf[1] !== undefined,
  );
}

function put(tree: Tree, uri: string, Data: string | Uint8Array, now: Instant): void {
  const replaced = tree.replace(uri, { Data }, LOCAL, now);
  if (!replaced.ok && replaced.status === 404) tree.add(uri, { Data }, LOCAL, now);
}
