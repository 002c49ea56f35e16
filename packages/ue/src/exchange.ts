/**
 * One DM session of the UE (UE-4): the client engine between the tree and octets, and the account of what was done.
 * [R-6.3.1-1] [R-6.7-10] [R-6.7-11]
 */
import { type Instant, ProtocolError, type Random } from '@ueprov/protocols';
import {
  type Answer,
  DmClient,
  type DmClientEffect,
  type DmClientInput,
  type ExecOrder,
  withNonce,
} from '@ueprov/protocols/dm';
import type { Tree } from '@ueprov/protocols/dm/tree';
import { writeNonce } from '@ueprov/protocols/mo';
import { type Alert, decodeSyncML, type Encoding, encodeSyncML } from '@ueprov/protocols/syncml';
import type { ServerAccount } from './account.ts';
import type { HttpAccess } from './http-access.ts';

export interface ExchangeOptions {
  readonly account: ServerAccount;
  readonly DevId: string;
  readonly SessionID: string;
  readonly alert: '1200' | '1201';
  readonly alerts: readonly Alert[];
  /** Both sides prove themselves with this instead of what they had. */
  readonly nonce: Uint8Array | undefined;
  readonly tree: Tree;
  readonly encoding: Encoding;
  readonly random: Random;
  /** Whether somebody answers questions; they are refused otherwise. */
  readonly hasUser: boolean;
}

/** A command that the server had carried out, and how it ended. */
export interface Executed {
  readonly name: string;
  readonly uri: string;
  readonly status: number;
}

export type ExchangeEffect =
  | { readonly kind: 'persist' }
  /** The session waits for a user's answer, or for an action, and a while later no more. */
  | Extract<DmClientEffect, { kind: 'ask' | 'withdraw' }>
  | { readonly kind: 'exec'; readonly order: ExecOrder }
  /** `mac`: what `x-syncml-hmac` holds, if the account asks for it. */
  | {
      readonly kind: 'post';
      readonly url: string;
      readonly http: HttpAccess;
      readonly body: Uint8Array;
      readonly mac?: string;
    }
  | {
      readonly kind: 'ended';
      readonly result: Extract<DmClientEffect, { kind: 'ended' }>['result'];
      readonly reason: string | undefined;
      readonly executed: readonly Executed[];
      /** By the alert's place in `alerts`: what the server said to it. */
      readonly alertStatuses: ReadonlyMap<number, number>;
    };

export const MAX_MSG_SIZE = 65_536;
export const MAX_OBJ_SIZE = 1_048_576;

export class DmExchange {
  readonly #options: ExchangeOptions;
  readonly #client: DmClient;
  readonly #executed: Executed[] = [];
  readonly #alertStatuses = new Map<number, number>();
  #version: number;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    const { account, nonce, DevId, SessionID, alert, alerts, tree, random } = options;
    const { CLCRED, SRVCRED } = account;
    const renewed = (credential: NonNullable<typeof CLCRED>) =>
      nonce === undefined ? credential : withNonce(credential, nonce);
    this.#version = tree.version;
    this.#client = new DmClient({
      ServerID: account.ServerID,
      url: account.url,
      DevId,
      SessionID,
      alert,
      alerts,
      ...(CLCRED !== undefined && { CLCRED: renewed(CLCRED) }),
      ...(SRVCRED !== undefined && { SRVCRED: renewed(SRVCRED) }),
      tree,
      MaxMsgSize: MAX_MSG_SIZE,
      MaxObjSize: MAX_OBJ_SIZE,
      random,
      hasUser: options.hasUser,
      isExecAwaited: true,
    });
  }

  get deadline(): Instant | undefined {
    return this.#client.deadline;
  }

  start(now: Instant): ExchangeEffect[] {
    return this.#step({ kind: 'start' }, now);
  }

  /** `mac`: the `x-syncml-hmac` that came with it. */
  answered(
    body: Uint8Array,
    encoding: Encoding,
    now: Instant,
    mac: string | undefined,
  ): ExchangeEffect[] {
    try {
      const message = decodeSyncML(body, encoding);
      return this.#step({ kind: 'message', message, proof: { body, header: mac } }, now);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return this.#step({ kind: 'failed', reason: error.toString() }, now);
    }
  }

  failed(reason: string, now: Instant): ExchangeEffect[] {
    return this.#step({ kind: 'failed', reason }, now);
  }

  /** What the user said to the last question. */
  replied(answer: Answer, now: Instant): ExchangeEffect[] {
    return this.#step({ kind: 'answered', answer }, now);
  }

  /** How the last action ended. */
  executed(status: number, now: Instant): ExchangeEffect[] {
    return this.#step({ kind: 'executed', status }, now);
  }

  timeout(now: Instant): ExchangeEffect[] {
    return this.#step({ kind: 'timeout' }, now);
  }

  #step(input: DmClientInput | { readonly kind: 'timeout' }, now: Instant): ExchangeEffect[] {
    const effects = this.#client.step(input, now).flatMap((effect) => this.#effect(effect, now));
    const { version } = this.#options.tree;
    if (version === this.#version) return effects;
    this.#version = version;
    return [{ kind: 'persist' }, ...effects];
  }

  #effect(effect: DmClientEffect, now: Instant): ExchangeEffect[] {
    const { tree, account, encoding } = this.#options;
    switch (effect.kind) {
      case 'send':
        return [post(effect, account.http, encodeSyncML(effect.message, encoding))];
      case 'nonce':
        writeNonce(tree, account.root, effect.level, effect.nonce, now);
        return [];
      case 'executed':
        this.#executed.push(effect);
        return [];
      case 'alert-status':
        this.#alertStatuses.set(effect.index, effect.status);
        return [];
      case 'exec':
        return [{ kind: 'exec', order: effect }];
      case 'ask':
      case 'withdraw':
        return [effect];
      case 'ended': {
        const { result, reason } = effect;
        const executed = this.#executed;
        return [{ kind: 'ended', result, reason, executed, alertStatuses: this.#alertStatuses }];
      }
    }
  }
}

function post(
  { url, mac }: Extract<DmClientEffect, { kind: 'send' }>,
  http: HttpAccess,
  body: Uint8Array,
): ExchangeEffect {
  return { kind: 'post', url, http, body, ...(mac && { mac: mac(body) }) };
}
