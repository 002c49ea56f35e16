/**
 * Devices that are not the lab's: subscribers of a YAML file, for phones and test tools that register from outside.
 * `ueprov lab --subscriber FILE` adds them and prints the account to type in.
 */
import { randomUUID } from 'node:crypto';
import { ProtocolError } from '@ueprov/protocols';
import { decodeUri } from '@ueprov/protocols/sip';
import { UsageError } from '../exit.ts';
import { readYaml } from '../yaml-file.ts';
import { type LabAccount, labAccounts, SIP_AUTHS, type SipAuth } from './accounts.ts';

export interface LabGuest {
  readonly account: LabAccount;
  /** The implicit registration set; the first one is the account's. */
  readonly IMPUs: readonly string[];
  /** Its device is known to the Provisioning Server: `DevId` was given. */
  readonly isManaged: boolean;
}

export const GUESTS_MAX = 1000;
export const GUEST_IMPUS_MAX = 32;
const TEXT_LENGTH_MAX = 256;
const HEX = /^[0-9a-fA-F]{32}$/;
/** What may stand in a list entry. */
const KEYS: readonly string[] = ['IMPI', 'IMPUs', 'auth', 'password', 'K', 'OPc', 'DevId'];

export async function readGuests(file: string): Promise<readonly LabGuest[]> {
  const list = await readYaml(file);
  if (!Array.isArray(list)) throw new UsageError(`${file}: a list of subscribers is wanted`);
  if (list.length > GUESTS_MAX) throw new UsageError(`${file}: more than ${GUESTS_MAX} entries`);
  return list.map((entry: unknown, index) => guestOf(entry, `${file}: [${index}]`));
}

function guestOf(entry: unknown, where: string): LabGuest {
  if (typeof entry !== 'object' || entry === null) throw wrong(where, 'is no subscriber');
  const values = new Map(Object.entries(entry));
  const unknown = [...values.keys()].find((key) => !KEYS.includes(key));
  if (unknown !== undefined) throw wrong(`${where}.${unknown}`, `is none of ${KEYS.join(', ')}`);
  const text = (key: string) => textOf(values.get(key), `${where}.${key}`);
  const IMPI = text('IMPI');
  const IMPUs = identitiesOf(values.get('IMPUs'), `${where}.IMPUs`);
  const sipAuth = authOf(values.get('auth') ?? 'md5', `${where}.auth`);
  const [made] = labAccounts(1, 'md5', sipAuth);
  if (made === undefined) throw wrong(where, 'has no account');
  const secret =
    sipAuth === 'aka'
      ? { card: { K: keyOf(text('K'), `${where}.K`), OPc: keyOf(text('OPc'), `${where}.OPc`) } }
      : { sipPassword: text('password') };
  const isManaged = values.has('DevId');
  const DevId = isManaged ? text('DevId') : `urn:uuid:${randomUUID()}`;
  const [IMPU = ''] = IMPUs;
  const account = { ...made, ...secret, name: IMPI, IMPI, IMPU, DevId, instance: DevId };
  return { account, IMPUs, isManaged };
}

function textOf(value: unknown, where: string): string {
  if (typeof value !== 'string' || value === '') throw wrong(where, 'is missing, or no text');
  if (value.length > TEXT_LENGTH_MAX) throw wrong(where, `is longer than ${TEXT_LENGTH_MAX}`);
  // AC-29: it goes into headers.
  if (/[\p{Cc}"<>\\]/u.test(value)) throw wrong(where, 'holds what no account may hold');
  return value;
}

function identitiesOf(value: unknown, where: string): readonly string[] {
  if (!Array.isArray(value) || value.length === 0) throw wrong(where, 'is no list of identities');
  if (value.length > GUEST_IMPUS_MAX) throw wrong(where, `has more than ${GUEST_IMPUS_MAX}`);
  return value.map((each: unknown, index) => {
    const IMPU = textOf(each, `${where}[${index}]`);
    try {
      if (decodeUri(IMPU).kind !== 'other') return IMPU;
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
    }
    throw wrong(`${where}[${index}]`, 'is neither a sip: nor a tel: URI');
  });
}

function authOf(value: unknown, where: string): SipAuth {
  const auth = SIP_AUTHS.find((each) => each === value);
  if (auth !== undefined) return auth;
  throw wrong(where, `is none of ${SIP_AUTHS.join(', ')}`);
}

function keyOf(text: string, where: string): string {
  if (HEX.test(text)) return text;
  throw wrong(where, 'is not 32 hex digits');
}

function wrong(where: string, what: string): UsageError {
  return new UsageError(`${where} ${what}`);
}

/** What a person types into the device. */
export function guestText(
  { account, IMPUs, isManaged }: LabGuest,
  at: { readonly pCscf: readonly string[]; readonly domain: string; readonly dmUrl: string },
): string {
  const { IMPI, card, sipAuth, sipPassword, CLCRED, SRVCRED, DevId } = account;
  const secret: [string, string][] =
    card === undefined
      ? [['password', sipPassword]]
      : [
          ['K', card.K],
          ['OPc', card.OPc],
        ];
  const managed: [string, string][] = [
    ['DM server', at.dmUrl],
    ['device', DevId],
    ['DM user and secret', `${IMPI} ${CLCRED.secret}`],
    ['DM server secret', SRVCRED.secret],
  ];
  const lines: [string, string][] = [
    ['proxy (P-CSCF)', at.pCscf.join('  ')],
    ['domain', at.domain],
    ['public identities', IMPUs.join('  ')],
    ['user name (IMPI)', IMPI],
    ['authentication', sipAuth],
    ...secret,
    ...(isManaged ? managed : []),
  ];
  const rows = lines.map(([name, value]) => `  ${name.padEnd(20)}${value}`);
  return [`Account of ${IMPUs[0]}`, ...rows].join('\n');
}
