/**
 * The Provisioning Server whole: store, notifier, DM endpoint, SIP and API, joined. The pure parts decide; this
 * file carries their decisions to the sockets and the store. PKT-SP-UE-PROV 6.3.4.
 */
import assert from 'node:assert';
import type { TransportAddress } from '@ueprov/protocols/sip';
import { Alarm } from '@ueprov/shell';
import { decoyHttpOf, decoySchemeOf, importAccounts } from './accounts.ts';
import type { Registered } from './application-server.ts';
import type { ServerConfig } from './config.ts';
import { DmEndpoint } from './dm-endpoint.ts';
import { OperationQueue } from './operations/queue.ts';
import { OperationWatch } from './operations/watch.ts';
import { PushSide } from './push/push-side.ts';
import { Refusals } from './refusals.ts';
import { firstRunToken, type RunningApi, startApi } from './shell/api-http.ts';
import { type DmListener, listenDm } from './shell/dm-http.ts';
import { randomOctets } from './shell/random.ts';
import { SipSide } from './sip-side.ts';
import type { Change } from './store/record.ts';
import { openSqliteStore } from './store/sqlite.ts';
import type { Store } from './store/store.ts';
import { Wakes } from './wakes.ts';

export interface ServerHooks {
  /** A SIP message leaves. */
  readonly onDatagram?: (datagram: {
    readonly at: number;
    readonly from: TransportAddress;
    readonly to: TransportAddress;
    readonly bytes: Uint8Array;
  }) => void;
  /** What was committed. */
  readonly onChanges?: (changes: readonly Change[]) => void;
  /** One line about what was refused or went wrong. */
  readonly onLog?: (level: 'info' | 'warn' | 'error', text: string) => void;
  /** Folder of the console's built pages. */
  readonly consoleDir?: string;
}

export interface ProvisioningServer {
  readonly sip: TransportAddress;
  /** Where Push Initiators POST, if there is a gateway. */
  readonly papUrl: string | undefined;
  /** What devices POST to. */
  readonly dmUrl: string;
  readonly apiUrl: string;
  /** The token of the first run; undefined if this folder has one already. */
  readonly firstRunToken: string | undefined;
  /** Messages refused since the start, of peers that proved nothing or made no sense. */
  readonly refusals: number;
  readonly wake: (device: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** How often retention takes its small step. */
const SWEEP_MS = 10_000;

/** Starts everything or nothing. Rejects with what could not be had. */
export async function startProvisioningServer(
  config: ServerConfig,
  hooks: ServerHooks = {},
): Promise<ProvisioningServer> {
  const store = await openSqliteStore({ folder: config.data });
  const running = new Running(config, hooks, store);
  try {
    await running.start();
    return running;
  } catch (error) {
    await running.close();
    throw error;
  }
}

class Running implements ProvisioningServer {
  readonly #config: ServerConfig;
  readonly #hooks: ServerHooks;
  readonly #store: Store;
  readonly #wakeAlarm = new Alarm();
  readonly #sessionAlarm = new Alarm();
  readonly #operationAlarm = new Alarm();
  readonly #operationWatch = new OperationWatch();
  #operations: OperationQueue | undefined;
  #wakes: Wakes | undefined;
  #endpoint: DmEndpoint | undefined;
  readonly #sip: SipSide;
  readonly #push: PushSide;
  #dm: DmListener | undefined;
  #api: RunningApi | undefined;
  #firstRunToken: string | undefined;
  readonly #refusals = new Refusals();
  readonly #working = new Set<Promise<void>>();
  #sweeper: NodeJS.Timeout | undefined;
  #dmUrl = '';
  #closing: Promise<void> | undefined;

  constructor(config: ServerConfig, hooks: ServerHooks, store: Store) {
    this.#config = config;
    this.#hooks = hooks;
    this.#store = store;
    this.#sip = this.#makeSip();
    this.#push = this.#makePush();
  }

  get sip(): TransportAddress {
    return started(this.#sip.address);
  }

  get papUrl(): string | undefined {
    return this.#push.url;
  }

  get dmUrl(): string {
    return this.#dmUrl;
  }

  get apiUrl(): string {
    return started(this.#api).url;
  }

  get refusals(): number {
    return this.#refusals.total;
  }

  get firstRunToken(): string | undefined {
    return this.#firstRunToken;
  }

  async start(): Promise<void> {
    const profiles = await importAccounts(this.#config, this.#store);
    this.#wakes = this.#makeWakes();
    this.#operations = this.#makeOperations();
    await this.#operations.recover();
    await this.#sip.open();
    await this.#push.open();
    const { dm } = this.#config;
    this.#dm = await listenDm(dm, {
      post: (bytes, spelling, origin) => started(this.#endpoint).post(bytes, spelling, origin),
      onRefused: (reason) => this.#refused(reason),
    });
    this.#dmUrl = dm.url ?? `${this.#dm.origin}${dm.path}`;
    const decoyScheme = decoySchemeOf(this.#config);
    const decoy = decoyHttpOf(this.#config);
    const http = { realm: dm.realm, algorithms: dm.digestAlgorithms, ...(decoy && { decoy }) };
    const options = { ...dm, url: this.#dmUrl, decoyScheme, http };
    this.#endpoint = new DmEndpoint(options, {
      store: this.#store,
      profiles: new Map(profiles.map((profile) => [profile.name, profile])),
      now: Date.now,
      random: randomOctets,
      onSession: (device) => this.#background(started(this.#wakes).sessionOpened(device.id)),
      onSessionEnd: ({ id }, isCompleted) =>
        this.#background(started(this.#operations).sessionOver(id, isCompleted)),
      onChanges: (changes) => this.#committed(changes),
      onRefused: (reason) => this.#refused(reason),
      onDeadline: () => this.#setSessionAlarm(),
    });
    this.#api = await this.#startApi();
    this.#background(this.#wakes.resume());
    this.#background(this.#operations.resume());
    this.#sweeper = setInterval(() => this.#background(this.#sweep()), SWEEP_MS).unref();
  }

  /** [R-6.7-6] */
  async wake(device: string): Promise<void> {
    await started(this.#wakes).wake(device);
  }

  /** What was begun is ended before the store goes. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#sweeper);
    this.#wakeAlarm.clear();
    this.#sessionAlarm.clear();
    this.#operationAlarm.clear();
    this.#operationWatch.close();
    await this.#push.close();
    await this.#sip.close();
    await this.#dm?.close();
    await Promise.all(this.#working);
    this.#wakeAlarm.clear();
    this.#operationAlarm.clear();
    this.#operationWatch.close();
    await this.#api?.close();
    await this.#store.close();
  }

  #makeOperations(): OperationQueue {
    return new OperationQueue({
      store: this.#store,
      ServerID: this.#config.dm.ServerID,
      now: Date.now,
      random: randomOctets,
      wake: (device) => this.wake(device),
      isInSession: (DevId) => this.#endpoint?.isInSession(DevId) ?? false,
      // Before the first message nothing comes between two.
      betweenMessages: (DevId, work) => this.#endpoint?.betweenMessages(DevId, work) ?? work(),
      onChanges: (changes) => this.#committed(changes),
      onDeadline: () => this.#setOperationAlarm(),
      onWork: (work) => this.#background(work),
    });
  }

  #makeWakes(): Wakes {
    const { sip, dm } = this.#config;
    const { initiator } = this.#push;
    return new Wakes(
      {
        ServerID: dm.ServerID,
        identity: sip.identity,
        core: this.#core,
        isMonitoring: sip.monitor,
        budget: sip.wake,
        isUdpOnly: !sip.transports.includes('tcp'),
      },
      {
        store: this.#store,
        now: Date.now,
        onChanges: (changes) => this.#committed(changes),
        sendSip: (request, target, device) => this.#sip.request(request, target, device),
        ...(initiator && {
          push: (IMPU: string, package0: Uint8Array) => initiator.send(IMPU, package0),
        }),
        onDeadline: () => this.#setWakeAlarm(),
        onWork: (work) => this.#background(work),
      },
    );
  }

  async #registered({ device, hasWork, acceptsPush }: Registered): Promise<void> {
    const wakes = started(this.#wakes);
    await wakes.registered(device);
    if (!hasWork) return;
    if (acceptsPush === false) await wakes.takesNoPush(device);
    else await wakes.wake(device, { isAutomatic: true });
  }

  #makeSip(): SipSide {
    return new SipSide(this.#config.sip, {
      store: this.#store,
      onChanges: (changes) => this.#committed(changes),
      onRegistered: (registered) => this.#background(this.#registered(registered)),
      onSend: (bytes, from, to) => this.#hooks.onDatagram?.({ at: preciseNow(), from, to, bytes }),
      onWork: (work) => this.#background(work),
      onRefused: (reason) => this.#refused(reason),
      onError: (error) => this.#log('error', `SIP: ${error}`),
    });
  }

  #makePush(): PushSide {
    const { sip, dm, push } = this.#config;
    return new PushSide(
      { name: dm.ServerID, push, identity: sip.identity, core: this.#core, budget: sip.wake },
      {
        store: this.#store,
        sendSip: (request, target, device) => this.#sip.request(request, target, device),
        onWork: (work) => this.#background(work),
        onRefused: (reason) => this.#refused(reason),
        onError: (error) => this.#log('error', `PAP: ${error}`),
      },
    );
  }

  get #core(): TransportAddress | undefined {
    const { core } = this.#config.sip;
    return core && { address: core.host, port: core.port };
  }

  async #startApi(): Promise<RunningApi> {
    this.#firstRunToken = await firstRunToken(this.#store);
    const { consoleDir } = this.#hooks;
    return startApi({
      ...this.#config.api,
      store: this.#store,
      ports: {
        wake: (device) => this.wake(device),
        funnel: started(this.#wakes).funnel,
        operations: {
          take: (wish) => started(this.#operations).take(wish),
          cancel: (id) => started(this.#operations).cancel(id),
          watch: this.#operationWatch,
        },
        now: Date.now,
        onError: (error) => this.#log('error', `API: ${error}`),
      },
      ...(consoleDir !== undefined && { consoleDir }),
    });
  }

  #setWakeAlarm(): void {
    const wakes = started(this.#wakes);
    this.#wakeAlarm.set(wakes.deadline, () => this.#background(wakes.timeout()));
  }

  #setOperationAlarm(): void {
    const operations = started(this.#operations);
    this.#operationAlarm.set(operations.deadline, () => this.#background(operations.timeout()));
  }

  #setSessionAlarm(): void {
    const endpoint = started(this.#endpoint);
    this.#sessionAlarm.set(endpoint.deadline, () => this.#background(endpoint.timeout(Date.now())));
  }

  async #sweep(): Promise<void> {
    await this.#store.sweep(Date.now());
  }

  #committed(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.kind !== 'session' || change.session.result === 'open') continue;
      const { device, result } = change.session;
      if (device !== undefined) this.#background(started(this.#wakes).sessionEnded(device, result));
    }
    this.#operationWatch.committed(changes);
    this.#api?.announce(changes);
    this.#hooks.onChanges?.(changes);
  }

  /** Work that nobody waits for; what goes wrong is said. */
  #background(work: Promise<void>): void {
    const working = work
      .catch((error: unknown) => this.#log('error', String(error)))
      .finally(() => this.#working.delete(working));
    this.#working.add(working);
  }

  #refused(reason: string): void {
    const line = this.#refusals.take(reason, Date.now());
    if (line !== undefined) this.#log('warn', line);
  }

  #log(level: 'info' | 'warn' | 'error', text: string): void {
    this.#hooks.onLog?.(level, text);
  }
}

function started<Part>(part: Part | undefined): Part {
  assert(part !== undefined, 'the server is not started');
  return part;
}

/** Milliseconds since 1970 with their fraction: a ladder is drawn with it. */
function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}
