/**
 * A DM server that keeps one account, made of the server engine: takes octets, gives octets, remembers nonces from one
 * session to the next. For tests of the UE, in memory and on a socket.
 */
import type { Instant, Random } from '@ueprov/protocols';
import { NONCE_ZERO, syncmlHash } from '@ueprov/protocols/digest';
import {
  type Credential,
  credentialOf,
  DmServer,
  type DmServerEffect,
  type DmServerResult,
  type Operation,
  type SessionOperation,
  withNonce,
} from '@ueprov/protocols/dm';
import { encodePackage0 } from '@ueprov/protocols/push';
import {
  type Alert,
  decodeSyncML,
  type Encoding,
  encodeSyncML,
  type SyncML,
} from '@ueprov/protocols/syncml';
import { CLCRED_NONCE, DM_URL, SERVER_ID, SRVCRED_NONCE } from './sample-config.ts';

export interface TestDmServerOptions {
  readonly ServerID?: string;
  readonly url?: string;
  readonly serverSecret?: string;
}

export class TestDmServer {
  readonly url: string;
  readonly ServerID: string;
  CLCRED: Credential;
  SRVCRED: Credential;
  /** What it asks for in each session, round by round; sessions beyond ask for nothing. */
  readonly plans: SessionOperation[][][] = [];
  /** Does not answer at all. */
  isAway = false;
  /** Whether it knows what a 1226 tells; 415 otherwise. */
  takesAlerts = true;
  /** Sees each reply before it leaves. */
  tamper: (reply: SyncML) => SyncML = (reply) => reply;
  readonly received: SyncML[] = [];
  /** `1200 as A7` of each session. */
  readonly sessions: string[] = [];
  readonly ended: DmServerResult[] = [];
  /** `id: status` of each operation. */
  readonly results: string[] = [];
  readonly alerts: Alert[] = [];
  readonly #random: Random;
  #session: DmServer | undefined;
  #plan: SessionOperation[][] = [];

  constructor(random: Random, options: TestDmServerOptions = {}) {
    const { ServerID = SERVER_ID, url = DM_URL, serverSecret = 'server-secret' } = options;
    this.url = url;
    this.ServerID = ServerID;
    this.#random = random;
    this.CLCRED = credentialOf('md5', 'device', 'device-secret', CLCRED_NONCE);
    this.SRVCRED = credentialOf('md5', ServerID, serverSecret, SRVCRED_NONCE);
    this.#secret = serverSecret;
  }

  readonly #secret: string;

  /** Octets of Package #0, with the nonce that this server knows or another one. */
  package0(SessionID: number, nonce?: Uint8Array): Uint8Array {
    const own = this.SRVCRED.scheme === 'basic' ? SRVCRED_NONCE : this.SRVCRED.nonce;
    const { ServerID } = this;
    const hash = syncmlHash(ServerID, this.#secret);
    const trigger = { uiMode: 'background', initiator: 'server', SessionID, ServerID } as const;
    return encodePackage0(trigger, hash, nonce ?? own);
  }

  /** A server that has lost the nonces: both sides go by the default one until there are new ones. */
  forgetNonces(): void {
    this.CLCRED = withNonce(this.CLCRED, NONCE_ZERO);
    this.SRVCRED = withNonce(this.SRVCRED, NONCE_ZERO);
  }

  answer(body: Uint8Array, encoding: Encoding, now: Instant): Uint8Array {
    const message = decodeSyncML(body, encoding);
    this.received.push(message);
    if (message.SyncHdr.MsgID === '1') this.#begin(message);
    const session = this.#session;
    if (session === undefined) throw new Error('a session begins with MsgID 1');
    const effects = session.step({ kind: 'message', message }, now);
    if (effects.at(-1)?.kind === 'ready') {
      const operations = this.#plan.shift() ?? [];
      effects.push(...session.step({ kind: 'operations', operations }, now));
    }
    for (const effect of effects) this.#note(effect);
    const reply = effects.find((effect) => effect.kind === 'reply')?.message;
    if (reply === undefined) throw new Error('every message is answered');
    return encodeSyncML(this.tamper(reply), encoding);
  }

  #begin({ SyncHdr, SyncBody }: SyncML): void {
    const alert = SyncBody.commands.find((command) => command.kind === 'Alert');
    this.sessions.push(`${alert?.Data} as ${SyncHdr.SessionID}`);
    this.#plan = this.plans.shift() ?? [];
    this.#session = new DmServer({
      ServerID: this.ServerID,
      url: this.url,
      account: { CLCRED: this.CLCRED, SRVCRED: this.SRVCRED },
      MaxMsgSize: 65_536,
      MaxObjSize: 65_536,
      random: this.#random,
      acceptAlert: () => this.takesAlerts,
    });
  }

  #note(effect: DmServerEffect): void {
    if (effect.kind === 'nonce') this[effect.level] = withNonce(this[effect.level], effect.nonce);
    if (effect.kind === 'ended') this.ended.push(effect.result);
    if (effect.kind === 'result') this.results.push(`${effect.id}: ${effect.status}`);
    if (effect.kind === 'alert' && effect.alert.Data === '1226') this.alerts.push(effect.alert);
  }
}

export function replace(uri: string, Data: string): Operation {
  return { id: uri, kind: 'Replace', uri, Data };
}
