/**
 * PktcUE, `./PktcUE`: operators, their P-CSCFs, resolvers and BSFs; reset; provisioning state.
 *
 * PKT-SP-UE-PROV 6.8.1 names PKT-UE-DATA, which is not public: every name here is reconstructed
 * from its E-UE twin (CL-PKTC-EUE-DEV-MIB) and stands in this file only. Ranges and defaults are
 * the MIB's.
 */
import type { Shape, Tree } from '../dm/tree/index.ts';
import { CHANGE, column, interior, leaf, PORT_RANGE, rows, UNSIGNED_RANGE } from './describe.ts';
import { type Row, readRows } from './row.ts';

export const PKTC_UE_URI = './PktcUE';

/** Rows of each table: the MIB's index is 1..16. */
const ROWS = { ZeroOrN: 16 } as const;

function timer(name: string, description: string, DefaultValue: string): Shape {
  return column(name, 'int', description, { DefaultValue, range: UNSIGNED_RANGE });
}

function port(name: string, description: string, DefaultValue: string): Shape {
  return column(name, 'int', description, { DefaultValue, range: PORT_RANGE });
}

function address(name: string, description: string): Shape {
  return column(name, 'chr', description, { DefaultValue: '', lengthMax: 255 });
}

const DNS = rows(ROWS, 'One resolver.', [address('Addr', 'IP address.')]);

const P_CSCF = rows(ROWS, 'One P-CSCF; the lowest name is preferred.', [
  address('Addr', 'IP address or domain name.'),
  port('SipPort', 'SIP port.', '5060'),
  leaf('UsedProtocol', 'int', 'In use: 1 other, 2 UDP, 3 TCP, 4 TLS.', {
    DefaultValue: '1',
    range: { min: 1, max: 4 },
    persistent: false,
  }),
  leaf('UsedAddr', 'chr', 'Address in use.', { DefaultValue: '', persistent: false }),
  timer('TimerT1', 'Timer T1 in ms.', '500'),
  timer('TimerT2', 'Timer T2 in ms.', '4000'),
  timer('TimerT4', 'Timer T4 in ms.', '5000'),
  timer('TimerTD', 'Timer D in ms: 0, or 32000 and more.', '32000'),
  column('InviteAttempts', 'int', 'Transmissions of an INVITE.', {
    DefaultValue: '3',
    range: { min: 1, max: 7 },
  }),
  timer('MaxTime', 'Longest wait for flow recovery in s, RFC 5626.', '1800'),
  timer('BaseTimeAllFailed', 'Base time in s, all flows failed.', '30'),
  timer('BaseTimeAllNotFailed', 'Base time in s, some flow works.', '90'),
  timer('SubscribeRetry', 'Wait before a new SUBSCRIBE in s.', '900'),
]);

const BSF = rows(ROWS, 'One BSF; the lowest name is preferred.', [
  column('ASType', 'chr', 'Kind of application server.', { DefaultValue: '', lengthMax: 255 }),
  address('Addr', 'IP address or domain name.'),
  column('UseDNS', 'bool', 'Locate it from the domain of the operator.', { DefaultValue: 'false' }),
]);

const OPERATOR = rows(ROWS, 'One operator; the lowest name is preferred.', [
  column('Domain', 'chr', 'Domain of the operator; `.` is any.', {
    occurrence: 'One',
    lengthMax: 255,
  }),
  address('STUNAddr', 'STUN server.'),
  port('STUNPort', 'Port of the STUN server.', '0'),
  address('STUNRelayAddr', 'TURN server.'),
  port('STUNRelayPort', 'Port of the TURN server.', '0'),
  column('STUNRelayCredsType', 'int', 'Kind of STUNRelayCreds, 2 is none.', {
    DefaultValue: '2',
    range: { min: 1, max: 5 },
  }),
  column('STUNRelayCreds', 'chr', 'Credentials for the TURN server.', {
    AccessType: ['Add', 'Delete', 'Replace'],
    lengthMax: 8192,
  }),
  interior('Dns', 'Resolvers; without a row those of DHCP.', [DNS]),
  interior('PCSCF', 'P-CSCFs.', [P_CSCF]),
  interior('BSF', 'Bootstrapping server functions.', [BSF]),
]);

export const PKTC_UE: Shape = interior(
  'PktcUE',
  'PacketCable configuration of the device.',
  [
    leaf('Version', 'chr', 'Version of this object.', { DefaultValue: '1.0' }),
    leaf('SipPort', 'int', 'Local SIP port.', {
      AccessType: CHANGE,
      DefaultValue: '5060',
      range: PORT_RANGE,
    }),
    interior('Op', 'Operators.', [OPERATOR]),
    // [R-6.8.2-i1] A Replace, where others would Exec.
    leaf('Reset', 'bool', 'Replaced by true, the device resets; reads false.', {
      AccessType: CHANGE,
      DefaultValue: 'false',
      persistent: false,
    }),
    leaf('ProvState', 'int', 'State of provisioning, 1 to 7 as RFC 4682 counts them.', {
      DefaultValue: '2',
      range: { min: 1, max: 7 },
      persistent: false,
    }),
  ],
  { Type: 'urn:oma:mo:ext-cablelabs-pktcue:1.0' },
);

export interface PCscf {
  /** The row's node. */
  readonly uri: string;
  readonly Addr: string;
  readonly SipPort: number;
  readonly TimerT1: number;
  readonly TimerT2: number;
  readonly TimerT4: number;
  readonly TimerTD: number;
  readonly InviteAttempts: number;
  readonly MaxTime: number;
  readonly BaseTimeAllFailed: number;
  readonly BaseTimeAllNotFailed: number;
  readonly SubscribeRetry: number;
}

export interface Operator {
  readonly uri: string;
  readonly Domain: string;
  readonly Dns: readonly string[];
  readonly PCSCF: readonly PCscf[];
  readonly BSF: readonly {
    readonly ASType: string;
    readonly Addr: string;
    readonly UseDNS: boolean;
  }[];
}

/** The operators in order of preference, with defaults where a column is not there. */
export function operators(tree: Tree): readonly Operator[] {
  return readRows(tree, `${PKTC_UE_URI}/Op`, OPERATOR).map((row) => ({
    uri: row.uri,
    Domain: row.text('Domain'),
    Dns: readRows(tree, `${row.uri}/Dns`, DNS).map((dns) => dns.text('Addr')),
    PCSCF: readRows(tree, `${row.uri}/PCSCF`, P_CSCF).map(readPCscf),
    BSF: readRows(tree, `${row.uri}/BSF`, BSF).map((bsf) => ({
      ASType: bsf.text('ASType'),
      Addr: bsf.text('Addr'),
      UseDNS: bsf.bool('UseDNS'),
    })),
  }));
}

function readPCscf(row: Row): PCscf {
  return {
    uri: row.uri,
    Addr: row.text('Addr'),
    SipPort: row.int('SipPort'),
    TimerT1: row.int('TimerT1'),
    TimerT2: row.int('TimerT2'),
    TimerT4: row.int('TimerT4'),
    TimerTD: row.int('TimerTD'),
    InviteAttempts: row.int('InviteAttempts'),
    MaxTime: row.int('MaxTime'),
    BaseTimeAllFailed: row.int('BaseTimeAllFailed'),
    BaseTimeAllNotFailed: row.int('BaseTimeAllNotFailed'),
    SubscribeRetry: row.int('SubscribeRetry'),
  };
}
