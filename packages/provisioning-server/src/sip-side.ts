/**
 * SIP joined to the server: its sockets, the application server that answers on them, the watching of registrations,
 * and requests of ours with their trace. PKT-SP-UE-PROV 6.2.4, 6.7 UE-2 and UE-3.
 */
import { randomBytes } from 'node:crypto';
import type { Instant } from '@ueprov/protocols';
import {
  encodeSip,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  type TransportAddress,
} from '@ueprov/protocols/sip';
import { Alarm, readSipTls } from '@ueprov/shell';
import { ApplicationServer, type Registered } from './application-server.ts';
import type { ServerConfig } from './config.ts';
import { RegWatch } from './reg-watch.ts';
import { randomOctets } from './shell/random.ts';
import { SipEndpoint } from './shell/sip-endpoint.ts';
import { SipFailure } from './shell/sip-failure.ts';
import { sipMessageRecord } from './sip-record.ts';
import type { Change } from './store/record.ts';
import type { Store } from './store/store.ts';

export interface SipSidePorts {
  readonly store: Store;
  readonly onChanges: (changes: readonly Change[]) => void;
  readonly onRegistered: (registered: Registered) => void;
  readonly onSend: (bytes: Uint8Array, from: TransportAddress, to: TransportAddress) => void;
  readonly onWork: (work: Promise<void>) => void;
  readonly onRefused: (reason: string) => void;
  readonly onError: (error: unknown) => void;
}

export class SipSide {
  readonly #config: ServerConfig['sip'];
  readonly #ports: SipSidePorts;
  readonly #watchAlarm = new Alarm();
  readonly #watch: RegWatch;
  readonly #applicationServer: ApplicationServer;
  #endpoint: SipEndpoint | undefined;
  #isClosing = false;

  constructor(config: ServerConfig['sip'], ports: SipSidePorts) {
    this.#config = config;
    this.#ports = ports;
    this.#watch = this.#makeWatch();
    this.#applicationServer = new ApplicationServer(
      { trusted: config.trusted, isMonitoring: config.monitor },
      {
        store: ports.store,
        now: Date.now,
        onChanges: ports.onChanges,
        onRegistered: ports.onRegistered,
        onRefused: ports.onRefused,
        newTag: () => randomBytes(6).toString('hex'),
        watch: this.#watch,
      },
    );
  }

  /** Where it is reached, by the first of its transports; undefined before it listens. */
  get address(): TransportAddress | undefined {
    return this.#endpoint?.address;
  }

  /** Listens; rejects with the address if it is taken. */
  async open(): Promise<void> {
    const { host, port, transports, tls: files } = this.#config;
    const tls = files && (await readSipTls(files));
    this.#endpoint = await SipEndpoint.open(
      { host, port, transports, ...(tls && { tls }) },
      {
        onRequest: (request, source) => this.#applicationServer.answer(request, source),
        onSend: this.#ports.onSend,
        onError: this.#ports.onError,
      },
    );
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#watchAlarm.clear();
    await this.#endpoint?.close();
    this.#watchAlarm.clear();
  }

  /** The final answer; both are in the trace of the device, if it is one of ours. Rejects with SipFailure. */
  async request(
    request: SipRequest,
    target: TransportAddress,
    device: string | undefined,
  ): Promise<SipResponse> {
    if (this.#endpoint === undefined || this.#isClosing) throw new SipFailure('closing');
    const sentAt = Date.now();
    const outgoing = device === undefined ? [] : [passage(device, request, true, sentAt)];
    try {
      const response = await this.#endpoint.request(request, target);
      const incoming = device === undefined ? [] : [passage(device, response, false, Date.now())];
      await this.#trace([...outgoing, ...incoming]);
      return response;
    } catch (error) {
      if (error instanceof SipFailure) await this.#trace(outgoing);
      throw error;
    }
  }

  async #trace(changes: readonly Change[]): Promise<void> {
    await this.#ports.store.write(changes);
    this.#ports.onChanges(changes);
  }

  #makeWatch(): RegWatch {
    const { identity, regEvent, monitor } = this.#config;
    const { store, onChanges, onWork, onRefused } = this.#ports;
    return new RegWatch(
      { identity, contact: () => this.#contact(), mode: monitor ? regEvent : 'never' },
      {
        ...{ store, onChanges, onWork, onRefused, now: Date.now, random: randomOctets },
        sendSip: (request, target, device) => this.request(request, target, device),
        onRegistered: (device, acceptsPush) =>
          onWork(this.#applicationServer.registered(device, acceptsPush)),
        onDeadline: () => this.#setAlarm(),
      },
    );
  }

  #setAlarm(): void {
    this.#watchAlarm.set(this.#watch.deadline, () => this.#watch.timeout());
  }

  /** Where NOTIFY finds us. */
  #contact(): string {
    const { address = '', port, transport } = this.address ?? {};
    const host = address.includes(':') ? `[${address}]` : address;
    return `sip:${host}:${port}${transport === undefined ? '' : `;transport=${transport}`}`;
  }
}

function passage(device: string, message: SipMessage, isOutgoing: boolean, at: Instant): Change {
  const bytes = encodeSip(message);
  return { kind: 'message', message: sipMessageRecord({ device, message, bytes, at, isOutgoing }) };
}
