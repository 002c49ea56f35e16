/**
 * PktcUsr, `./PktcUsr`: public and private identities, and which applications a user has.
 *
 * PKT-SP-UE-PROV 6.8.1 names PKT-UE-DATA, which is not public: every name here is reconstructed
 * from its E-UE twin (CL-PKTC-EUE-USER-MIB) and stands in this file only. Ranges and defaults are
 * the MIB's.
 */
import type { Shape, Tree } from '../dm/tree/index.ts';
import { column, HIDDEN, interior, leaf, rows } from './describe.ts';
import { readRows } from './row.ts';

export const PKTC_USR_URI = './PktcUsr';

/** Rows of a table of identities: the MIB's index is 1..63. */
const ROWS = { ZeroOrN: 63 } as const;
const ID_LENGTH_MAX = 1023;
const INFO_LENGTH_MAX = 31;

/** PktcEUETCAdminStatus. */
export const ACTIVE = 1;
export const INACTIVE = 2;

const STATUS: readonly Shape[] = [
  column('AdminStat', 'int', 'Desired: 1 active, 2 inactive.', {
    DefaultValue: String(ACTIVE),
    values: ['1', '2'],
  }),
  column('AdminStatInfo', 'chr', 'Why.', { DefaultValue: '', lengthMax: INFO_LENGTH_MAX }),
  leaf('OperStat', 'int', 'Actual: 1 active, 2 inactive, 3 not present, 4 unknown.', {
    DefaultValue: '4',
    range: { min: 1, max: 4 },
    persistent: false,
  }),
  leaf('OperStatInfo', 'chr', 'Why.', {
    DefaultValue: '',
    lengthMax: INFO_LENGTH_MAX,
    persistent: false,
  }),
];

function reference(name: string, description: string): Shape {
  return column(name, 'chr', description, { DefaultValue: '', lengthMax: 255 });
}

const APP = rows({ ZeroOrN: 31 }, 'One application.', [
  column('OrgID', 'int', 'Private enterprise number of the organisation.'),
  column('Identifier', 'int', 'Application, as that organisation counts.', {
    range: { min: 1, max: 127 },
  }),
  reference('ProfileRef', 'Profile of the application; empty is none.'),
  ...STATUS,
]);

const IMPU = rows(ROWS, 'One public identity; of equal ones the lowest name counts.', [
  column('IdType', 'int', 'Kind of Id: 1 other, 3 public identity, 6 user name.', {
    DefaultValue: '1',
    values: ['1', '3', '6'],
  }),
  column('Id', 'chr', 'SIP or TEL URI.', { occurrence: 'One', lengthMax: ID_LENGTH_MAX }),
  reference('IMPIRef', 'Row of IMPI; empty registers without authentication.'),
  column('DispInfo', 'chr', 'Display name.', { DefaultValue: '', lengthMax: ID_LENGTH_MAX }),
  reference('OpRefs', 'Rows of Op, set apart by commas; empty is the domain of Id.'),
  ...STATUS,
  column('SigSecurity', 'bool', 'Whether to try protected SIP to the P-CSCF.', {
    DefaultValue: 'true',
  }),
  column('AdditionalInfo', 'chr', 'Keyword#value pairs, set apart by semicolons.', {
    DefaultValue: '',
    lengthMax: ID_LENGTH_MAX,
  }),
  interior('App', 'Applications of this user.', [APP]),
]);

const IMPI = rows(ROWS, 'One private identity.', [
  column('IdType', 'int', 'Kind of Id: 1 other, 4 private identity, 6 user name.', {
    DefaultValue: '1',
    values: ['1', '4', '6'],
  }),
  column('Id', 'chr', 'Private identity.', { occurrence: 'One', lengthMax: ID_LENGTH_MAX }),
  column('CredsType', 'int', 'Kind of Credentials, 2 is none, 3 a password.', {
    DefaultValue: '2',
    range: { min: 1, max: 5 },
  }),
  column('Credentials', 'chr', 'Password or key.', { AccessType: HIDDEN, lengthMax: 8192 }),
]);

export const PKTC_USR: Shape = interior(
  'PktcUsr',
  'PacketCable configuration of the users.',
  [interior('IMPU', 'Public identities.', [IMPU]), interior('IMPI', 'Private identities.', [IMPI])],
  { Type: 'urn:oma:mo:ext-cablelabs-pktcusr:1.0' },
);

export interface PublicIdentity {
  /** The row's node. */
  readonly uri: string;
  readonly Id: string;
  readonly DispInfo: string;
  /** Names of rows of Op; empty is the domain of Id. */
  readonly OpRefs: readonly string[];
  readonly isActive: boolean;
  readonly SigSecurity: boolean;
  readonly IMPI?: PrivateIdentity;
}

export interface PrivateIdentity {
  readonly uri: string;
  readonly Id: string;
  readonly CredsType: number;
  readonly Credentials: string;
}

/**
 * The public identities with the private ones that they refer to; of two with one Id, the first
 * alone.
 */
export function publicIdentities(tree: Tree): readonly PublicIdentity[] {
  const privates = privateIdentities(tree);
  const seen = new Set<string>();
  return readRows(tree, `${PKTC_USR_URI}/IMPU`, IMPU)
    .map((row) => {
      const IMPI = privates.find(({ uri }) => uri === impiUri(row.text('IMPIRef')));
      return {
        uri: row.uri,
        Id: row.text('Id'),
        DispInfo: row.text('DispInfo'),
        OpRefs: row
          .text('OpRefs')
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name !== ''),
        isActive: row.int('AdminStat') === ACTIVE,
        SigSecurity: row.bool('SigSecurity'),
        ...(IMPI !== undefined && { IMPI }),
      };
    })
    .filter(({ Id }) => Id !== '' && !seen.has(Id) && seen.add(Id));
}

function privateIdentities(tree: Tree): readonly PrivateIdentity[] {
  return readRows(tree, `${PKTC_USR_URI}/IMPI`, IMPI).map((row) => ({
    uri: row.uri,
    Id: row.text('Id'),
    CredsType: row.int('CredsType'),
    Credentials: row.text('Credentials'),
  }));
}

function impiUri(name: string): string {
  return `${PKTC_USR_URI}/IMPI/${name}`;
}
