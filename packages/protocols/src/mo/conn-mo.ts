/**
 * The connectivity object for proxies, `./Proxy/<X>`: where a UE sends its HTTP when an account's ConRef says so.
 *
 * OMA-TS-ConnMO 1.0 (`urn:oma:mo:oma-connmo-proxy:1.0`), its leaves as far as they were seen in descriptions of devices
 * (spec/notes.md). Network access points are no part of it: a UE on Ethernet has one network. Used by the UE's sessions.
 */
import type { Shape, Tree } from '../dm/tree/index.ts';
import { column, HIDDEN, interior, PORT_RANGE, rows, WRITE } from './describe.ts';

export const PROXY_URI = './Proxy';

export const PROXY_ADDR_TYPES = ['IPV4', 'IPV6', 'FQDN'] as const;
export const PROXY_AUTH_TYPES = ['HTTP-BASIC', 'HTTP-DIGEST'] as const;
export type ProxyAuthType = (typeof PROXY_AUTH_TYPES)[number];

const optional = { occurrence: 'ZeroOrOne', scope: 'Dynamic', AccessType: WRITE } as const;
const mandatory = { occurrence: 'One', scope: 'Dynamic', AccessType: WRITE } as const;

const PORTS = interior(
  'Ports',
  'Ports of the proxy; the first counts.',
  [
    rows('OneOrMore', 'One port.', [
      column('PortNbr', 'int', 'Port number.', { ...mandatory, range: PORT_RANGE }),
    ]),
  ],
  optional,
);

const AUTH_INFO = interior(
  'AuthInfo',
  'How the UE proves itself to the proxy.',
  [
    column('AuthType', 'chr', 'How.', { values: PROXY_AUTH_TYPES }),
    column('AuthName', 'chr', 'User name.'),
    column('AuthSecret', 'chr', 'Password.', { AccessType: HIDDEN }),
  ],
  optional,
);

export const PROXY: Shape = interior('Proxy', 'Proxies that accounts refer to.', [
  rows(
    'ZeroOrMore',
    'One proxy.',
    [
      column('ProxyId', 'chr', 'Identifier of the proxy.', mandatory),
      column('Name', 'chr', 'Display name.'),
      column('AddrType', 'chr', 'Kind of Addr.', { values: PROXY_ADDR_TYPES }),
      column('Addr', 'chr', 'Address of the proxy.', mandatory),
      PORTS,
      AUTH_INFO,
      column('ProxyType', 'chr', 'HTTP.', { values: ['HTTP'] }),
    ],
    { Type: 'urn:oma:mo:oma-connmo-proxy:1.0' },
  ),
]);

export interface ConnProxy {
  readonly Addr: string;
  readonly PortNbr: number;
  readonly AuthInfo?: {
    readonly AuthType: ProxyAuthType;
    readonly AuthName: string;
    readonly AuthSecret: string;
  };
}

const HTTP_PORT = 80;

/** The proxy at a node such as `./Proxy/1`; undefined if a ConRef names nothing of the kind. */
export function readProxy(tree: Tree, root: string): ConnProxy | undefined {
  const isProxy =
    root.startsWith(`${PROXY_URI}/`) && !root.slice(PROXY_URI.length + 1).includes('/');
  const Addr = isProxy ? tree.text(`${root}/Addr`) : undefined;
  if (Addr === undefined || Addr === '') return undefined;
  const [port] = tree.children(`${root}/Ports`);
  const PortNbr = port === undefined ? '' : (tree.text(`${root}/Ports/${port}/PortNbr`) ?? '');
  const text = (name: string) => tree.text(`${root}/AuthInfo/${name}`);
  const AuthType = PROXY_AUTH_TYPES.find((type) => type === text('AuthType'));
  const AuthSecret = text('AuthSecret');
  return {
    Addr,
    PortNbr: PortNbr === '' ? HTTP_PORT : Number(PortNbr),
    ...(AuthType !== undefined &&
      AuthSecret !== undefined && {
        AuthInfo: { AuthType, AuthName: text('AuthName') ?? '', AuthSecret },
      }),
  };
}
