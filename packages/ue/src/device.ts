/**
 * One UE: SIP transactions, registration, notification receiver, provisioning flow and DM sessions, composed.
 * Pure: octets and time in, octets out; the shell owns sockets and disk.
 *
 * PKT-SP-UE-PROV 6.7 (UE-1, UE-3, UE-4) and 6.8.3. What a server was told is done is kept before it is told.
 */
import { type Engine, encodeHex, type Instant, type Random, type Timeout } from '@ueprov/protocols';
import { NONCE_ZERO } from '@ueprov/protocols/digest';
import type { Tree } from '@ueprov/protocols/dm/tree';
import {
  bracketed,
  type LayerEffect,
  type LayerInput,
  Registration,
  type RegistrationEffect,
  type RegistrationInput,
  type SipRequest,
  TransactionLayer,
  type TransportAddress,
} from '@ueprov/protocols/sip';
import type { Encoding } from '@ueprov/protocols/syncml';
import { type ServerAccount, serverAccounts } from './account.ts';
import { AnsweredNotifications } from './answered-notifications.ts';
import { EventReporter } from './event-reporter.ts';
import { DmExchange, type ExchangeEffect } from './exchange.ts';
import { Flow, type FlowInput, type Opening } from './flow.ts';
import type { HttpAccess } from './http-access.ts';
import type { SipIdentity } from './identity.ts';
import { receive } from './receiver.ts';

export type DeviceInput =
  | { readonly kind: 'start' }
  /** Leave the network. */
  | { readonly kind: 'stop' }
  | { readonly kind: 'octets'; readonly bytes: Uint8Array; readonly source: TransportAddress }
  | { readonly kind: 'unreachable'; readonly target: TransportAddress }
  /** The answer to the `post` of that number, or why there is none. */
  | {
      readonly kind: 'posted';
      readonly post: number;
      readonly body: Uint8Array;
      readonly encoding: Encoding;
      /** The `x-syncml-hmac` that came with it. */
      readonly mac?: string;
    }
  | { readonly kind: 'post-failed'; readonly post: number; readonly reason: string };

export type DeviceEffect =
  | { readonly kind: 'datagram'; readonly bytes: Uint8Array; readonly target: TransportAddress }
  /** Keep the tree; no `post` that follows leaves before it is kept. */
  | { readonly kind: 'persist' }
  | {
      readonly kind: 'post';
      readonly post: number;
      readonly url: string;
      readonly http: HttpAccess;
      readonly body: Uint8Array;
      readonly encoding: Encoding;
      /** To go as `x-syncml-hmac`. */
      readonly mac?: string;
    }
  /** Off the network: the shell may close. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'log'; readonly level: 'info' | 'warn'; readonly text: string };

export interface DeviceOptions {
  readonly tree: Tree;
  readonly identity: SipIdentity;
  /** Of the SIP socket. */
  readonly address: TransportAddress;
  readonly instanceId: string;
  readonly encoding: Encoding;
  readonly random: Random;
}

const REGISTER_KEY = 'register-';

export class Device implements Engine<DeviceInput, DeviceEffect> {
  readonly #options: DeviceOptions;
  readonly #layer: TransactionLayer;
  readonly #registration: Registration;
  readonly #reporter: EventReporter;
  readonly #flow: Flow;
  readonly #answered = new AnsweredNotifications();
  #exchange: DmExchange | undefined;
  /** Why the session that is open was opened. */
  #opening: Opening | undefined;
  #registers = 0;
  #posts = 0;

  constructor(options: DeviceOptions) {
    this.#options = options;
    const { tree, identity, address, random, instanceId } = options;
    this.#layer = new TransactionLayer({ sentBy: address, random, allow: ['MESSAGE'] });
    this.#registration = new Registration({
      registrar: `sip:${identity.domain}`,
      identity: identity.IMPU,
      username: identity.IMPI,
      password: identity.password,
      contact: `sip:${userOf(identity.IMPU)}@${bracketed(address.address)}:${address.port}`,
      instanceId,
      random,
    });
    this.#reporter = new EventReporter(tree, identity.IMPU);
    const connecting = serverAccounts(tree).filter(({ DMInitConnect }) => DMInitConnect);
    this.#flow = new Flow(connecting.map(({ ServerID }) => ServerID));
  }

  get deadline(): Instant | undefined {
    const deadlines = [
      this.#layer.deadline,
      this.#registration.deadline,
      this.#exchange?.deadline,
      this.#reporter.deadline,
    ].filter((deadline) => deadline !== undefined);
    return deadlines.length === 0 ? undefined : Math.min(...deadlines);
  }

  step(input: DeviceInput | Timeout, now: Instant): DeviceEffect[] {
    switch (input.kind) {
      case 'start':
        return this.#flowed({ kind: 'start' }, now);
      case 'stop':
        return this.#stop(now);
      case 'octets':
      case 'unreachable':
        return this.#sip(input, now);
      case 'posted':
      case 'post-failed':
        return this.#posted(input, now);
      case 'timeout':
        return this.#timeout(now);
    }
  }

  /** RFC 3261 §10.2.2: the binding is removed; where there is none, there is nothing to wait for. */
  #stop(now: Instant): DeviceEffect[] {
    if (this.#registration.state === 'Unregistered') return [{ kind: 'stopped' }];
    return this.#registered({ kind: 'deregister' }, now);
  }

  /** A late word on an earlier message was made good by the one sent again, or belongs to a session that is over. */
  #posted(
    input: Extract<DeviceInput, { kind: 'posted' | 'post-failed' }>,
    now: Instant,
  ): DeviceEffect[] {
    if (input.post !== this.#posts) return [];
    const effects =
      input.kind === 'posted'
        ? this.#exchange?.answered(input.body, input.encoding, now, input.mac)
        : this.#exchange?.failed(input.reason, now);
    return this.#exchanged(effects, now);
  }

  #timeout(now: Instant): DeviceEffect[] {
    const isDue = (engine: { readonly deadline: Instant | undefined } | undefined): boolean =>
      engine?.deadline !== undefined && engine.deadline <= now;
    return [
      ...(isDue(this.#layer) ? this.#sip({ kind: 'timeout' }, now) : []),
      ...(isDue(this.#registration) ? this.#registered({ kind: 'timeout' }, now) : []),
      ...(isDue(this.#exchange) ? this.#exchanged(this.#exchange?.timeout(now), now) : []),
      ...this.#alert(this.#reporter.retry(now), now),
    ];
  }

  #sip(input: LayerInput | Timeout, now: Instant): DeviceEffect[] {
    return this.#layer.step(input, now).flatMap((effect) => this.#sipEffect(effect, now));
  }

  #sipEffect(effect: LayerEffect, now: Instant): DeviceEffect[] {
    switch (effect.kind) {
      case 'send':
        return [{ kind: 'datagram', bytes: effect.bytes, target: effect.target }];
      case 'request':
        return this.#requested(effect.request, effect.key, now);
      case 'response':
        return this.#registered({ kind: 'response', response: effect.response }, now);
      case 'failed':
        return this.#registered({ kind: 'unanswered', reason: effect.reason }, now);
    }
  }

  #registered(input: RegistrationInput | Timeout, now: Instant): DeviceEffect[] {
    return this.#registration
      .step(input, now)
      .flatMap((effect) => this.#registrationEffect(effect, now));
  }

  #registrationEffect(effect: RegistrationEffect, now: Instant): DeviceEffect[] {
    switch (effect.kind) {
      case 'send': {
        this.#registers += 1;
        const { request } = effect;
        const { pCscf } = this.#options.identity;
        const key = `${REGISTER_KEY}${this.#registers}`;
        return this.#sip({ kind: 'request', request, target: pCscf, key }, now);
      }
      case 'registered':
        return [log('info', 'registered'), ...this.#flowed({ kind: 'registered' }, now)];
      case 'failed':
        return this.#registrationFailed(effect, now);
      case 'card':
      case 'protect':
        return [];
      case 'deregistered':
        return [
          ...this.#flowed({ kind: 'registrationLost' }, now),
          ...(effect.reason === 'requested' ? [{ kind: 'stopped' } as const] : []),
        ];
    }
  }

  #registrationFailed(
    { status, reason, isRefused }: Extract<RegistrationEffect, { kind: 'failed' }>,
    now: Instant,
  ): DeviceEffect[] {
    const words = `registration failed: ${status === undefined ? '' : `${status} `}${reason}`;
    const logged = log('warn', words);
    // A binding that could not be refreshed holds until it expires.
    if (!isRefused) return [logged];
    const alertTo = this.#reporter.registrationFailed(now);
    return [
      { kind: 'persist' },
      logged,
      ...this.#flowed({ kind: 'registrationLost' }, now),
      ...this.#alert(alertTo, now),
    ];
  }

  /** [R-6.7-9] The 200 goes out before the session is opened. */
  #requested(request: SipRequest, key: string, now: Instant): DeviceEffect[] {
    const toTag = encodeHex(this.#options.random(6));
    const { response, wanted, ignored } = receive(request, this.#accounts(), this.#answered, toTag);
    const answered = this.#sip({ kind: 'respond', key, response }, now);
    if (wanted === undefined) return [...answered, log('warn', ignored ?? 'ignored')];
    return [...answered, ...this.#flowed(wanted, now)];
  }

  #flowed(input: FlowInput, now: Instant): DeviceEffect[] {
    return this.#flow.step(input).flatMap((effect) => {
      if (effect.kind === 'register') return this.#registered({ kind: 'register' }, now);
      return this.#open(effect.opening, now);
    });
  }

  #open(opening: Opening, now: Instant): DeviceEffect[] {
    const { tree, encoding, random } = this.#options;
    const account = this.#accounts().find(({ ServerID }) => ServerID === opening.ServerID);
    const alerts = account === undefined ? [] : this.#reporter.due(account.ServerID);
    // The account has gone, or an earlier session took the alerts along.
    if (account === undefined || (opening.kind === 'alert' && alerts.length === 0)) {
      return this.#flowed({ kind: 'sessionEnded' }, now);
    }
    this.#opening = opening;
    const isAnswer = opening.kind === 'package0';
    this.#exchange = new DmExchange({
      account,
      DevId: tree.text('./DevInfo/DevId') ?? '',
      // [DMNOT 6-1]
      SessionID: isAnswer ? opening.SessionID : newSessionID(random),
      alert: isAnswer ? '1200' : '1201',
      alerts,
      nonce: isAnswer && opening.isDefaultNonce ? NONCE_ZERO : undefined,
      tree,
      encoding,
      random,
    });
    return this.#exchanged(this.#exchange.start(now), now);
  }

  #exchanged(effects: readonly ExchangeEffect[] | undefined, now: Instant): DeviceEffect[] {
    return (effects ?? []).flatMap((effect): DeviceEffect[] => {
      if (effect.kind === 'persist') return [effect];
      if (effect.kind === 'post') {
        this.#posts += 1;
        return [{ ...effect, post: this.#posts, encoding: this.#options.encoding }];
      }
      return this.#ended(effect, now);
    });
  }

  #ended(ended: Extract<ExchangeEffect, { kind: 'ended' }>, now: Instant): DeviceEffect[] {
    this.#exchange = undefined;
    const { result, reason } = ended;
    // A session that failed may be asked for again by the same Package #0.
    if (result === 'completed' && this.#opening?.kind === 'package0') {
      this.#answered.add(this.#opening.digest);
    }
    const level = result === 'completed' ? 'info' : 'warn';
    const words = `session ${result}${reason === undefined ? '' : `: ${reason}`}`;
    const alertTo = this.#reporter.sessionEnded(ended, now);
    return [
      { kind: 'persist' },
      log(level, words),
      ...this.#flowed({ kind: 'sessionEnded' }, now),
      ...this.#alert(alertTo, now),
    ];
  }

  #alert(ServerID: string | undefined, now: Instant): DeviceEffect[] {
    return ServerID === undefined ? [] : this.#flowed({ kind: 'alert', ServerID }, now);
  }

  #accounts(): readonly ServerAccount[] {
    return serverAccounts(this.#options.tree);
  }
}

/** A session of the UE's own: 1 to FFFF, like those of Package #0. */
function newSessionID(random: Random): string {
  const [high = 0, low = 0] = random(2);
  return (((high << 8) | low) % 0xffff || 0xffff).toString(16).toUpperCase();
}

function userOf(IMPU: string): string {
  return /^sips?:([^@;]+)@/.exec(IMPU)?.[1] ?? 'ue';
}

function log(level: 'info' | 'warn', text: string): DeviceEffect {
  return { kind: 'log', level, text };
}
