/** A laboratory on loopback: N UEs, an IMS core and a Provisioning Server, each on sockets of its own. */
import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ImsLab, type Subscriber, startImsLab } from '@ueprov/ims-lab';
import { ha1 } from '@ueprov/protocols/digest';
import type { Transport, TransportAddress } from '@ueprov/protocols/sip';
import {
  type Change,
  type ProvisioningServer,
  serverConfig,
  startProvisioningServer,
} from '@ueprov/provisioning-server';
import { CertificateAuthority } from '@ueprov/shell/certificates';
import { type RunningUe, startUe, ueConfig } from '@ueprov/ue';
import { UsageError } from '../exit.ts';
import type { Arrow } from '../ladder.ts';
import { type DmScheme, DOMAIN, type LabAccount, labAccounts, type SipAuth } from './accounts.ts';
import {
  ANY_PORTS,
  FIXED_PORTS,
  type LabPorts,
  type LabWire,
  serverDocument,
  ueDocument,
} from './documents.ts';
import { guestText, type LabGuest } from './guests.ts';
import { mark, Progress, type UeProgress } from './progress.ts';
import { BOXES, type Datagram, seeDatagram } from './wire.ts';

export type LogLevel = 'info' | 'warn' | 'error';

export interface LabOptions {
  readonly ues: number;
  readonly encoding: 'wbxml' | 'xml';
  /** md5 unless said otherwise. */
  readonly auth?: DmScheme;
  /** md5 unless said otherwise. */
  readonly sipAuth?: SipAuth;
  /** How SIP goes between the boxes; UDP unless said otherwise. */
  readonly transport?: Transport;
  readonly isIPv6?: boolean;
  /** An address of this machine that all of it is on; loopback unless given. */
  readonly bind?: string;
  /** The ports of `FIXED_PORTS`, for devices from outside; any unless said so. */
  readonly hasFixedPorts?: boolean;
  /** Devices from outside. */
  readonly guests?: readonly LabGuest[];
  /** Kept after the end; a folder that goes with the lab when absent. */
  readonly keep?: string;
  readonly consoleDir?: string;
  /** An arrow of some UE's ladder. */
  readonly onArrow?: (ue: UeProgress, arrow: Omit<Arrow, 'offsetMs'>, at: number) => void;
  readonly onProgress?: (progress: Progress) => void;
  readonly onLog?: (level: LogLevel, text: string) => void;
}

export interface Lab {
  readonly progress: Progress;
  readonly apiUrl: string;
  readonly dmUrl: string;
  readonly token: string | undefined;
  readonly pCscf: TransportAddress;
  /** For each guest, what a person types into its device. */
  readonly guestTexts: readonly string[];
  /** The SIP sockets of the server and of the UEs, in order. */
  readonly sip: { readonly server: TransportAddress; readonly ues: readonly TransportAddress[] };
  /** Stores, trees and logs. */
  readonly dir: string;
  readonly close: () => Promise<void>;
}

export const TRANSPORTS = ['udp', 'tcp', 'tls'] as const;
const ADDRESSES = 'lab.json';
const LOG = 'lab.log';

/** Starts everything; the UEs begin to register at once. Rejects with what could not be had, and leaves nothing. */
export async function startLab(options: LabOptions): Promise<Lab> {
  const dir = options.keep ?? (await mkdtemp(join(tmpdir(), 'ueprov-lab-')));
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if (existsSync(join(dir, ADDRESSES))) {
    throw new UsageError(
      `${dir} holds a lab already: its UEs know other ports. Give another folder.`,
    );
  }
  const lab = new RunningLab(options, dir);
  try {
    await lab.start();
    return lab;
  } catch (error) {
    await lab.close();
    throw error;
  }
}

class RunningLab implements Lab {
  readonly dir: string;
  readonly progress: Progress;
  readonly #options: LabOptions;
  readonly #accounts: readonly LabAccount[];
  #wire: LabWire = { host: '', transport: 'udp' };
  readonly #boxes = new Map<string, string>();
  /** The addresses of the CSCFs. */
  #core: ReadonlySet<string> = new Set();
  /** While it closes, what is said is no longer shown. */
  #isClosing = false;
  /** Lines of the log, one after the other; a log that cannot be written stops nothing. */
  #logging: Promise<void> = Promise.resolve();
  #server: ProvisioningServer | undefined;
  #ims: ImsLab | undefined;
  #ues: RunningUe[] = [];

  constructor(options: LabOptions, dir: string) {
    this.#options = options;
    this.dir = dir;
    this.#accounts = labAccounts(options.ues, options.auth, options.sipAuth);
    this.progress = new Progress(this.#accounts);
  }

  get apiUrl(): string {
    return this.#server?.apiUrl ?? '';
  }

  get dmUrl(): string {
    return this.#server?.dmUrl ?? '';
  }

  get token(): string | undefined {
    return this.#server?.firstRunToken;
  }

  get pCscf(): TransportAddress {
    return addressOf(this.#ims?.pCscf);
  }

  get guestTexts(): readonly string[] {
    const ims = this.#ims;
    if (ims === undefined) return [];
    const transports = this.#wire.tls === undefined ? (['udp', 'tcp'] as const) : TRANSPORTS;
    const pCscf = transports.map(
      (transport) => `${textOf(ims.addressOf('pCscf', transport))}/${transport}`,
    );
    const at = { pCscf, domain: DOMAIN, dmUrl: this.dmUrl };
    return this.#guests.map((guest) => guestText(guest, at));
  }

  get #guests(): readonly LabGuest[] {
    return this.#options.guests ?? [];
  }

  get #ports(): LabPorts {
    return this.#options.hasFixedPorts === true ? FIXED_PORTS : ANY_PORTS;
  }

  get sip(): Lab['sip'] {
    const server = this.#server?.sip ?? { address: '', port: 0 };
    return { server, ues: this.#ues.map(({ address }) => address) };
  }

  async start(): Promise<void> {
    this.#wire = await wireOf(this.#options);
    const server = await this.#startServer();
    const ims = await this.#startIms(server.sip);
    await this.#writeAddresses();
    const pCscf = ims.addressOf('pCscf', this.#wire.transport);
    this.#ues = await Promise.all(
      this.#accounts.map((account) => this.#startUe(account, pCscf, server.dmUrl)),
    );
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.all(this.#ues.map((ue) => ue.close()));
    await this.#ims?.close();
    await this.#server?.close();
    await this.#logging;
    if (this.#options.keep === undefined) await rm(this.dir, { recursive: true, force: true });
  }

  async #startServer(): Promise<ProvisioningServer> {
    const { consoleDir } = this.#options;
    const managed = this.#guests.filter(({ isManaged }) => isManaged);
    const document = serverDocument(
      [...this.#accounts, ...managed.map(({ account }) => account)],
      join(this.dir, 'server'),
      this.#wire,
      this.#ports,
    );
    this.#server = await startProvisioningServer(serverConfig(document), {
      onDatagram: ({ at, from, to, bytes }) =>
        this.#datagram({ at, from: textOf(from), to: textOf(to), bytes }),
      onChanges: (changes) => this.#changed(changes),
      onLog: (level, text) => this.#log(level, `server ${level}: ${text}`),
      ...(consoleDir !== undefined && { consoleDir }),
    });
    this.#boxes.set(textOf(this.#server.sip), BOXES[3]);
    return this.#server;
  }

  async #startIms(applicationServer: TransportAddress): Promise<ImsLab> {
    const uri = `sip:as.${DOMAIN}`;
    const { host, tls } = this.#wire;
    this.#ims = await startImsLab({
      domain: DOMAIN,
      host,
      ports: this.#ports,
      ...(tls && { tls }),
      applicationServers: [{ uri, address: applicationServer }],
      subscribers: [
        ...this.#accounts.map((account) => subscriberOf(account, [account.IMPU], uri)),
        ...this.#guests.map(({ account, IMPUs }) => subscriberOf(account, IMPUs, uri)),
      ],
      // Of what comes from outside, its sender has told already.
      onWire: (datagram) => this.#core.has(datagram.from) && this.#datagram(datagram),
    });
    const ims = this.#ims;
    const addressesOf = (element: 'pCscf' | 'sCscf') =>
      TRANSPORTS.map((transport) => textOf(ims.addressOf(element, transport)));
    for (const address of addressesOf('pCscf')) this.#boxes.set(address, BOXES[1]);
    for (const address of addressesOf('sCscf')) this.#boxes.set(address, BOXES[2]);
    this.#core = new Set([...addressesOf('pCscf'), ...addressesOf('sCscf')]);
    return ims;
  }

  #startUe(account: LabAccount, pCscf: TransportAddress, dmUrl: string): Promise<RunningUe> {
    const tree = join(this.dir, account.name, 'tree.json');
    const { encoding } = this.#options;
    const dns = textOf(addressOf(this.#ims?.dns));
    const place = { tree, wire: this.#wire, pCscf, dns, dmUrl, encoding };
    const document = ueDocument(account, place);
    return startUe(ueConfig(document), {
      onDatagram: ({ at, from, to, bytes }) =>
        this.#datagram({ at, from: textOf(from), to: textOf(to), bytes }),
      onLog: (level, text) => {
        this.#log(level, `${account.name} ${level}: ${text}`);
        const ue = this.progress.byDevId(account.DevId);
        if (ue !== undefined && level !== 'info') ue.trouble = text;
      },
    });
  }

  #datagram(datagram: Datagram): void {
    const seen = seeDatagram(
      datagram,
      (address) => this.#boxes.get(address) ?? BOXES[0],
      this.progress,
    );
    if (seen?.ue === undefined || this.#isClosing) return;
    this.#options.onArrow?.(seen.ue, seen.arrow, datagram.at);
    this.#options.onProgress?.(this.progress);
  }

  #changed(changes: readonly Change[]): void {
    for (const change of changes) this.#take(change);
    this.#options.onProgress?.(this.progress);
  }

  /** Device ids of the lab's server are DevIds: see `importAccounts`. */
  #take(change: Change): void {
    const device = deviceOf(change);
    const ue = device === undefined ? undefined : this.progress.byDevId(device);
    if (ue === undefined) return;
    switch (change.kind) {
      case 'nodes':
        for (const { uri, state, desired } of change.nodes) {
          if (desired !== undefined) ue.nodes.set(uri, state);
        }
        return;
      case 'event':
        ue.events.push(change.event.eventId);
        return;
      case 'session':
        if (change.session.auth !== 'none') ue.wire.auth = change.session.auth;
        ue.wire.encoding = change.session.encoding;
        if (change.session.result === 'open') ue.open.add(change.session.id);
        else ue.open.delete(change.session.id);
        return;
      case 'message':
        if (change.message.protocol === 'HTTP') this.#post(ue, change.message);
        return;
      case 'device-state':
        if (change.wakeReason !== undefined) ue.trouble = change.wakeReason;
        return;
    }
  }

  #post(ue: UeProgress, message: Extract<Change, { kind: 'message' }>['message']): void {
    const isRequest = message.from === 'UE';
    if (isRequest) mark(ue, 'UE-4', message.at);
    const [from, to] = isRequest ? [BOXES[0], BOXES[3]] : [BOXES[3], BOXES[0]];
    this.#options.onArrow?.(ue, { from, to, label: message.label, protocol: 'HTTP' }, message.at);
  }

  async #writeAddresses(): Promise<void> {
    const addresses = {
      api: this.apiUrl,
      dm: this.dmUrl,
      pCscf: textOf(this.pCscf),
      sCscf: textOf(addressOf(this.#ims?.sCscf)),
      sip: textOf(this.#server?.sip ?? this.pCscf),
      ues: this.#accounts.map(({ name, DevId, IMPI, IMPU }) => ({ name, DevId, IMPI, IMPU })),
    };
    await writeFile(join(this.dir, ADDRESSES), `${JSON.stringify(addresses, null, 2)}\n`);
  }

  #log(level: LogLevel, text: string): void {
    const line = `${new Date().toISOString()} ${text}\n`;
    this.#logging = this.#logging.then(() => appendFile(join(this.dir, LOG), line)).catch(() => {});
    this.#options.onLog?.(level, text);
  }
}

/** With TLS, an authority and one certificate for all who listen, made now and kept nowhere. */
async function wireOf({ transport = 'udp', isIPv6 = false, bind }: LabOptions): Promise<LabWire> {
  const host = bind ?? (isIPv6 ? '::1' : '127.0.0.1');
  if (transport !== 'tls') return { host, transport };
  const authority = await CertificateAuthority.create('ueprov lab');
  const { key, cert } = await authority.issue([host, `sip:${DOMAIN}`]);
  return { host, transport, tls: { ca: authority.cert, key, cert } };
}

function subscriberOf(
  account: LabAccount,
  IMPUs: readonly string[],
  applicationServer: string,
): Subscriber {
  const criterion = {
    priority: 0,
    applicationServer,
    method: 'REGISTER',
    includeRegisterRequest: true,
    defaultHandling: 'SESSION_CONTINUED',
  } as const;
  return { IMPI: account.IMPI, ...proofOf(account), IMPUs, filterCriteria: [criterion] };
}

/** What the HSS has of the UE, for the one way in which it proves itself. */
function proofOf({ IMPI, sipAuth, sipPassword, card }: LabAccount) {
  if (card !== undefined) return { aka: card };
  return sipAuth === 'sha-256'
    ? { HA1SHA256: ha1(IMPI, DOMAIN, sipPassword, 'SHA-256') }
    : { HA1: ha1(IMPI, DOMAIN, sipPassword) };
}

function deviceOf(change: Change): string | undefined {
  switch (change.kind) {
    case 'nodes':
    case 'device-state':
      return change.device;
    case 'event':
      return change.event.device;
    case 'session':
      return change.session.device;
    case 'message':
      return change.message.device;
    default:
      return undefined;
  }
}

function textOf({ address, port }: TransportAddress): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}

function addressOf(
  at: { readonly host: string; readonly port: number } | undefined,
): TransportAddress {
  return { address: at?.host ?? '', port: at?.port ?? 0 };
}
