/** For tests: a device with the real client engine, and an endpoint over a real store. Time stands until moved. */
import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AuthScheme,
  type Credential,
  credentialOf,
  DmClient,
  type DmClientEffect,
  withNonce,
} from '@ueprov/protocols/dm';
import type { Shape, Tree } from '@ueprov/protocols/dm/tree';
import { makeDeviceTree } from '@ueprov/protocols/mo';
import { type Alert, decodeSyncML, encodeSyncML, type SyncML } from '@ueprov/protocols/syncml';
import type { Origin } from '../conversation.ts';
import { DmEndpoint, TOKEN_PARAMETER } from '../dm-endpoint.ts';
import type { HttpAuthOptions } from '../dm-endpoint-http-auth.ts';
import type { DesiredNode } from '../profile.ts';
import type { DeviceRecord } from '../store/record.ts';
import { openSqliteStore } from '../store/sqlite.ts';

export const DM_URL = 'http://prov.example/dm';
export const SERVER_ID = 'prov.example';
const NONCE = new Uint8Array(16).fill(7);
export const CLCRED = credentialOf('md5', 'ue1', 'secret-of-ue', NONCE);
export const SRVCRED = credentialOf('md5', SERVER_ID, 'secret-of-server', NONCE);
export const DEVICE: DeviceRecord = {
  id: 'd1',
  DevId: 'urn:x:1',
  profile: 'p',
  CLCRED,
  SRVCRED,
};
export const NODE = { uri: './PktcUE/SipPort', Format: 'int', Type: 'text/plain', Data: '5070' };
export const SPELLING = { encoding: 'wbxml', answer: 'wbxml' } as const;
export const HOME = '192.0.2.1';

/** Vitest's `onTestFinished`. */
export type AtEnd = (close: () => Promise<void>) => void;

export async function openStore(atEnd: AtEnd) {
  const store = await openSqliteStore({ folder: await mkdtemp(join(tmpdir(), 'ueprov-dm-')) });
  atEnd(() => store.close());
  return store;
}

export async function openEndpoint(
  atEnd: AtEnd,
  nodes: readonly DesiredNode[] = [NODE],
  decoyScheme: AuthScheme = 'md5',
  device: DeviceRecord = DEVICE,
  http?: HttpAuthOptions,
) {
  const store = await openStore(atEnd);
  await store.write([{ kind: 'device', device }]);
  const told = { sessions: [] as string[], ended: [] as string[], refused: [] as string[] };
  const clock = { now: 1_000_000 };
  const options = {
    ServerID: SERVER_ID,
    url: DM_URL,
    MaxMsgSize: 65_536,
    MaxObjSize: 1_000_000,
    decoyScheme,
    ...(http && { http }),
  };
  const endpoint = new DmEndpoint(options, {
    store,
    profiles: new Map([['p', { name: 'p', nodes }]]),
    now: () => clock.now,
    random: randomBytes,
    onSession: (device) => told.sessions.push(device.id),
    onSessionEnd: (device, isCompleted) => told.ended.push(`${device.id} ${isCompleted}`),
    onChanges: () => {},
    onRefused: (reason) => told.refused.push(reason),
    onDeadline: () => {},
  });
  return { store, endpoint, told, clock };
}

export interface TestDeviceOptions {
  readonly secret?: string;
  /** What it believes the server's to be. */
  readonly serverSecret?: string;
  readonly DevId?: string;
  readonly SessionID?: string;
  readonly address?: string;
  /** Its model. */
  readonly Mod?: string;
  /** Whether it posts to RespURI. */
  readonly isFollowing?: boolean;
  /** What it holds, if not what a new one does. */
  readonly tree?: Tree;
  /** Told with its first package. */
  readonly alerts?: readonly Alert[];
}

/** Without CLCRED it proves itself elsewhere. */
interface TestCredentials {
  readonly CLCRED?: Credential;
  readonly SRVCRED: Credential;
}

/** Without CLCRED it proves itself elsewhere. */
interface TestCredentials {
  readonly CLCRED?: Credential;
  readonly SRVCRED: Credential;
}

/** One session of a device, post by post. */
export class TestDevice {
  readonly tree: Tree;
  readonly posts: Uint8Array[] = [];
  readonly answers: Uint8Array[] = [];
  readonly #options: TestDeviceOptions;
  /** As the session leaves them, for the next one. */
  #credentials: TestCredentials;
  readonly #client: DmClient;
  #effects: readonly DmClientEffect[];

  constructor(
    options: TestDeviceOptions = {},
    credentials: TestCredentials = credentialsOf(options),
  ) {
    this.#options = options;
    const { DevId = DEVICE.DevId, SessionID = 'A7', Mod = 'One', alerts = [] } = options;
    this.tree = options.tree ?? makeDeviceTree({ ...FACTS, info: { ...FACTS.info, Mod } }, 0);
    this.#credentials = credentials;
    this.#client = new DmClient({
      ServerID: SERVER_ID,
      url: DM_URL,
      DevId,
      SessionID,
      alert: '1201',
      alerts,
      ...credentials,
      tree: this.tree,
      MaxMsgSize: 65_536,
      MaxObjSize: 1_000_000,
      random: randomBytes,
    });
    this.#effects = this.#client.step({ kind: 'start' }, 0);
  }

  get ended() {
    return this.#effects.find((effect) => effect.kind === 'ended');
  }

  /** What it would post next, as octets; undefined at its end. */
  next(): { readonly bytes: Uint8Array; readonly origin: Origin } | undefined {
    const send = this.#effects.find((effect) => effect.kind === 'send');
    if (send === undefined) return undefined;
    const { address = HOME, isFollowing = true } = this.#options;
    const token = isFollowing ? new URL(send.url).searchParams.get(TOKEN_PARAMETER) : null;
    const bytes = encodeSyncML(send.message, 'wbxml');
    return { bytes, origin: { address, token: token ?? undefined, mac: send.mac?.(bytes) } };
  }

  /** Posts once, and takes the answer in. */
  async post(endpoint: DmEndpoint): Promise<SyncML | undefined> {
    const next = this.next();
    if (next === undefined) return undefined;
    const { body, mac } = await endpoint.post(next.bytes, SPELLING, next.origin);
    return this.take(next.bytes, body, mac);
  }

  /** Plays the session to its end over any way to post; the token is that of the RespURI that it follows. */
  async playOver(
    post: (bytes: Uint8Array, token: string | undefined) => Promise<Uint8Array>,
  ): Promise<this> {
    for (let next = this.next(); next !== undefined; next = this.next()) {
      this.take(next.bytes, await post(next.bytes, next.origin.token));
    }
    return this;
  }

  /** The next session of the same device, with the nonces that this one left. */
  again(SessionID: string, more: TestDeviceOptions = {}): TestDevice {
    return new TestDevice({ ...this.#options, ...more, SessionID }, this.#credentials);
  }

  /** Plays the session to its end. */
  async play(endpoint: DmEndpoint): Promise<this> {
    while ((await this.post(endpoint)) !== undefined);
    return this;
  }

  /** What its post was answered. */
  take(request: Uint8Array, answer: Uint8Array, mac?: string): SyncML {
    this.posts.push(request);
    this.answers.push(answer);
    const message = decodeSyncML(answer);
    const proof = { body: answer, header: mac };
    this.#effects = this.#client.step({ kind: 'message', message, proof }, 0);
    for (const effect of this.#effects) {
      if (effect.kind !== 'nonce') continue;
      const credential = this.#credentials[effect.level];
      if (credential === undefined) continue;
      const renewed = withNonce(credential, effect.nonce);
      this.#credentials = { ...this.#credentials, [effect.level]: renewed };
    }
    return message;
  }
}

function credentialsOf({ secret, serverSecret }: TestDeviceOptions) {
  return {
    CLCRED: secret === undefined ? CLCRED : credentialOf('md5', 'ue1', secret, NONCE),
    SRVCRED:
      serverSecret === undefined ? SRVCRED : credentialOf('md5', SERVER_ID, serverSecret, NONCE),
  };
}

/** A tree with an object of the vendor: actions, values of any size, and one that is nobody's to write. */
export function vendorTree(): Tree {
  const leaf = (name: string, more: Partial<Shape> = {}): Shape => ({
    name,
    Format: 'chr',
    AccessType: ['Add', 'Delete', 'Exec', 'Get', 'Replace'],
    occurrence: 'ZeroOrOne',
    scope: 'Dynamic',
    description: name,
    ...more,
  });
  const permanent = { scope: 'Permanent', occurrence: 'One' } as const;
  const children = [
    leaf('Run', { Format: 'null', AccessType: ['Exec', 'Get'], ...permanent }),
    leaf('Note', { ...permanent, DefaultValue: 'first' }),
    leaf('Blob', { Format: 'bin' }),
    leaf(''),
  ];
  const object = leaf('Diag', { Format: 'node', ...permanent, children });
  return makeDeviceTree({ ...FACTS, vendor: [object] }, 0);
}

const FACTS = {
  info: { DevId: DEVICE.DevId, Man: 'Example', Mod: 'One' },
  detail: { DevTyp: 'UE', FwV: '1', SwV: '1', HwV: '1' },
  account: {
    ServerID: SERVER_ID,
    ConRef: [],
    AppAddr: [{ Addr: DM_URL, AddrType: 'URI' }],
    AppAuth: [],
    DMInitConnect: false,
    AuthExt: '',
  },
} as const;

/** The Status of a message for the SyncHdr before it. */
export function statusOfHeader({ SyncBody }: SyncML): string | undefined {
  for (const command of SyncBody.commands) {
    if (command.kind === 'Status' && command.CmdRef === '0') return command.Data;
  }
  return undefined;
}
