/**
 * One UE: SIP transactions, registration, notification receiver, provisioning flow and DM sessions, composed.
 * Pure: octets and time in, octets out; the shell owns sockets and disk.
 *
 * PKT-SP-UE-PROV 6.7 (UE-1, UE-3, UE-4) and 6.8.3. What a server was told is done is kept before it is told.
 */
import { type Engine, encodeHex, type Instant, type Random, type Timeout } from '@ueprov/protocols';
import { NONCE_ZERO } from '@ueprov/protocols/digest';
import type { ExecOrder } from '@ueprov/protocols/dm';
import type { Tree } from '@ueprov/protocols/dm/tree';
import { type SipRequest, transportOf } from '@ueprov/protocols/sip';
import type { Encoding } from '@ueprov/protocols/syncml';
import { type ServerAccount, serverAccounts } from './account.ts';
import { ActionEnds } from './action-ends.ts';
import { AnsweredNotifications } from './answered-notifications.ts';
import { type ErrandEffect, type ErrandInput, Errands } from './errands.ts';
import { EventReporter } from './event-reporter.ts';
import { DmExchange, type ExchangeEffect } from './exchange.ts';
import { Flow, type FlowInput, type Opening } from './flow.ts';
import type { HttpAccess } from './http-access.ts';
import { receive } from './receiver.ts';
import {
  SipAccess,
  type SipAccessEffect,
  type SipAccessInput,
  type SipAccessOptions,
} from './sip-access.ts';
import { noteRegistration } from './sip-status.ts';
import type { Action } from './vendor-object.ts';

export type DeviceInput =
  | { readonly kind: 'start' }
  /** Leave the network. */
  | { readonly kind: 'stop' }
  | Extract<SipAccessInput, { kind: 'octets' | 'unreachable' | 'resolved' }>
  /** The answer to the `post` of that number, or why there is none. */
  | {
      readonly kind: 'posted';
      readonly post: number;
      readonly body: Uint8Array;
      readonly encoding: Encoding;
      /** The `x-syncml-hmac` that came with it. */
      readonly mac?: string;
    }
  | { readonly kind: 'post-failed'; readonly post: number; readonly reason: string }
  | ErrandInput;

export type DeviceEffect =
  | ErrandEffect
  | Extract<SipAccessEffect, { kind: 'datagram' | 'resolve' | 'keep-cards' }>
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

export interface DeviceOptions extends SipAccessOptions {
  readonly tree: Tree;
  readonly encoding: Encoding;
  /** Whether an `ask` is answered; OMA-DMPRO 10: 406 otherwise. */
  readonly hasUser?: boolean;
  /** What an `exec` may be about, by address. */
  readonly actions?: ReadonlyMap<string, Pick<Action, 'alertType'>>;
}

export class Device implements Engine<DeviceInput, DeviceEffect> {
  readonly #options: DeviceOptions;
  readonly #access: SipAccess;
  readonly #reporter: EventReporter;
  readonly #flow: Flow;
  readonly #answered = new AnsweredNotifications();
  readonly #errands = new Errands();
  readonly #ends = new ActionEnds();
  readonly #actions: ReadonlyMap<string, Pick<Action, 'alertType'>>;
  #exchange: DmExchange | undefined;
  /** Why the session that is open was opened. */
  #opening: Opening | undefined;
  /** How many of the alerts that it carries are events; ends of actions follow them. */
  #events = 0;
  #posts = 0;

  constructor(options: DeviceOptions) {
    this.#options = options;
    const { tree, networks, actions = new Map() } = options;
    this.#actions = actions;
    this.#access = new SipAccess(options);
    this.#reporter = new EventReporter(tree, networks[0]?.identities[0]?.IMPU ?? '');
    const connecting = serverAccounts(tree).filter(({ DMInitConnect }) => DMInitConnect);
    this.#flow = new Flow(connecting.map(({ ServerID }) => ServerID));
  }

  get deadline(): Instant | undefined {
    const deadlines = [
      this.#access.deadline,
      this.#exchange?.deadline,
      this.#reporter.deadline,
      this.#ends.deadline,
    ].filter((deadline) => deadline !== undefined);
    return deadlines.length === 0 ? undefined : Math.min(...deadlines);
  }

  step(input: DeviceInput | Timeout, now: Instant): DeviceEffect[] {
    switch (input.kind) {
      case 'start':
        return this.#flowed({ kind: 'start' }, now);
      case 'stop':
      case 'octets':
      case 'unreachable':
      case 'resolved':
        return this.#sip(input, now);
      case 'posted':
      case 'post-failed':
        return this.#posted(input, now);
      case 'answered':
        if (!this.#errands.take(input.ask)) return [];
        return this.#exchanged(this.#exchange?.replied(input.answer, now), now);
      case 'executed':
        return this.#executed(input, now);
      case 'timeout':
        return this.#timeout(now);
    }
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
      ...(isDue(this.#access) ? this.#sip({ kind: 'timeout' }, now) : []),
      ...(isDue(this.#exchange) ? this.#exchanged(this.#exchange?.timeout(now), now) : []),
      ...this.#alert(this.#reporter.retry(now), now),
      ...this.#ends.retry(now).flatMap((ServerID) => this.#alert(ServerID, now)),
    ];
  }

  /** [REPPRO 6.6-3] OMA-DMREPPRO 6.6.5: in the session that waits for it, or by an Alert 1226 after it. */
  #executed(
    { exec, status, text }: Extract<ErrandInput, { kind: 'executed' }>,
    now: Instant,
  ): DeviceEffect[] {
    const begun = this.#errands.end(exec);
    if (this.#errands.take(exec)) {
      return this.#exchanged(this.#exchange?.executed(status, now), now);
    }
    return begun === undefined ? [] : this.#alert(this.#ends.add(begun, status, text), now);
  }

  /** [REPPRO 6.6-3] 406: a node that may be executed, and nothing that this device does. */
  #exec(order: ExecOrder, now: Instant): DeviceEffect[] {
    const ServerID = this.#opening?.ServerID ?? '';
    const place = placeOf(order.uri);
    const action = this.#actions.get(place);
    if (action === undefined || this.#errands.isFull) {
      const status = action === undefined ? 406 : 500;
      return this.#exchanged(this.#exchange?.executed(status, now), now);
    }
    const { uri, Correlator } = order;
    const { alertType } = action;
    const begun = { ServerID, uri, alertType, ...(Correlator !== undefined && { Correlator }) };
    return [this.#errands.exec(place, order, begun)];
  }

  #sip(input: SipAccessInput | Timeout, now: Instant): DeviceEffect[] {
    return this.#access.step(input, now).flatMap((effect) => this.#sipEffect(effect, now));
  }

  #sipEffect(effect: SipAccessEffect, now: Instant): DeviceEffect[] {
    switch (effect.kind) {
      case 'datagram':
      case 'resolve':
      case 'keep-cards':
        return [effect];
      case 'request':
        return this.#requested(effect.request, effect.key, now);
      case 'registered':
        return this.#registered(effect, now);
      case 'failed':
        return this.#registrationFailed(effect, now);
      case 'lost':
        return this.#flowed({ kind: 'registrationLost' }, now);
      case 'left':
        return [{ kind: 'stopped' }];
    }
  }

  #registered(
    effect: Extract<SipAccessEffect, { kind: 'registered' }>,
    now: Instant,
  ): DeviceEffect[] {
    const { identity, target, isNew } = effect;
    noteRegistration(this.#options.tree, effect, now);
    // [EUE-EV-1] The P-CSCF has the last word on protection, and the operator hears of it.
    const isAsWanted = identity.SigSecurity === (transportOf(target) === 'tls');
    const alertTo =
      isNew && !isAsWanted ? this.#reporter.securityMismatch(identity.IMPU, now) : undefined;
    return [
      ...(isNew ? [{ kind: 'persist' } as const] : []),
      log('info', 'registered'),
      ...this.#flowed({ kind: 'registered' }, now),
      ...this.#alert(alertTo, now),
    ];
  }

  #registrationFailed(
    effect: Extract<SipAccessEffect, { kind: 'failed' }>,
    now: Instant,
  ): DeviceEffect[] {
    const { identity, words, isRefused } = effect;
    const logged = log('warn', `registration failed: ${words}`);
    // A binding that could not be refreshed holds until it expires.
    if (!isRefused) return [logged];
    noteRegistration(this.#options.tree, effect, now);
    const alertTo = this.#reporter.registrationFailed(identity.IMPU, now);
    return [{ kind: 'persist' }, logged, ...this.#alert(alertTo, now)];
  }

  /** [R-6.7-9] The 200 goes out before the session is opened. [SIPPUSH OTA-7] */
  #requested(request: SipRequest, key: string, now: Instant): DeviceEffect[] {
    const toTag = encodeHex(this.#options.random(6));
    const { response, wanted, ignored } = receive(request, this.#accounts(), this.#answered, toTag);
    const answered = this.#sip({ kind: 'respond', key, response }, now);
    if (wanted === undefined) return [...answered, log('warn', ignored ?? 'ignored')];
    return [...answered, ...this.#flowed(wanted, now)];
  }

  #flowed(input: FlowInput, now: Instant): DeviceEffect[] {
    return this.#flow.step(input).flatMap((effect) => {
      if (effect.kind === 'register') return this.#sip({ kind: 'start' }, now);
      return this.#open(effect.opening, now);
    });
  }

  #open(opening: Opening, now: Instant): DeviceEffect[] {
    const { tree, encoding, random } = this.#options;
    const account = this.#accounts().find(({ ServerID }) => ServerID === opening.ServerID);
    const { ServerID } = opening;
    const events = account === undefined ? [] : this.#reporter.due(ServerID);
    const alerts = account === undefined ? [] : [...events, ...this.#ends.due(ServerID)];
    // The account has gone, or an earlier session took the alerts along.
    if (account === undefined || (opening.kind === 'alert' && alerts.length === 0)) {
      return this.#flowed({ kind: 'sessionEnded' }, now);
    }
    this.#opening = opening;
    this.#events = events.length;
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
      hasUser: this.#options.hasUser ?? false,
    });
    return this.#exchanged(this.#exchange.start(now), now);
  }

  #exchanged(effects: readonly ExchangeEffect[] | undefined, now: Instant): DeviceEffect[] {
    return (effects ?? []).flatMap((effect) => this.#exchangeEffect(effect, now));
  }

  #exchangeEffect(effect: ExchangeEffect, now: Instant): DeviceEffect[] {
    switch (effect.kind) {
      case 'persist':
        return [effect];
      case 'post':
        this.#errands.release();
        this.#posts += 1;
        return [{ ...effect, post: this.#posts, encoding: this.#options.encoding }];
      case 'ask':
        return [this.#errands.ask(effect.question)];
      case 'withdraw':
        return this.#errands.withdraw();
      case 'exec':
        return this.#exec(effect.order, now);
      case 'ended':
        return this.#ended(effect, now);
    }
  }

  #ended(ended: Extract<ExchangeEffect, { kind: 'ended' }>, now: Instant): DeviceEffect[] {
    this.#exchange = undefined;
    const unasked = this.#errands.withdraw();
    const { result, reason, alertStatuses } = ended;
    // A session that failed may be asked for again by the same Package #0.
    if (result === 'completed' && this.#opening?.kind === 'package0') {
      this.#answered.add(this.#opening.digest);
    }
    const level = result === 'completed' ? 'info' : 'warn';
    const words = `session ${result}${reason === undefined ? '' : `: ${reason}`}`;
    const alertTo = this.#reporter.sessionEnded(ended, now);
    const last = Math.max(this.#events - 1, ...alertStatuses.keys());
    const statuses = Array.from({ length: last + 1 }, (_, index) => alertStatuses.get(index));
    this.#ends.settle(statuses.slice(this.#events), now);
    return [
      ...unasked,
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

/** An address as actions are known by. */
function placeOf(uri: string): string {
  return `./${uri.replace(/^(?:\.?\/)+/, '')}`;
}

function log(level: 'info' | 'warn', text: string): DeviceEffect {
  return { kind: 'log', level, text };
}
