/**
 * Both engines over a network that loses, repeats, delays and cuts, as octets and on virtual time, from a seed.
 *
 * One seed is two sessions: one in bad weather, then one in good weather with the nonces that the first left behind,
 * which has to succeed whatever happened. Used by loss.test.ts and by the long run `dm-loss`.
 */
import { ProtocolError } from '../../error.ts';
import { decodeSyncML } from '../../syncml/decode.ts';
import { encodeSyncML } from '../../syncml/encode.ts';
import { type AuthScheme, type Credential, credentialOf, withNonce } from '../auth.ts';
import { DmClient } from '../client.ts';
import type { DmClientEffect, DmClientResult } from '../client-interface.ts';
import { DmServer } from '../server.ts';
import type { DmServerEffect, OperationResult, SessionOperation } from '../server-interface.ts';
import type { Tree } from '../tree/tree.ts';
import { Belief } from './belief.ts';
import { DEV_ID, SERVER_ID, sampleTree, seededRandom, URL_OF_SERVER } from './pair.ts';
import { LEAVES, type Rolls, randomRounds, rollsOf } from './random-rounds.ts';

export interface Played {
  /** What may not be; empty is good. */
  readonly faults: readonly string[];
  readonly end: DmClientResult | undefined;
  readonly troubles: number;
  readonly chunks: number;
}

interface Keys {
  CLCRED: Credential;
  SRVCRED: Credential;
}

interface Packet {
  readonly body: Uint8Array;
  readonly header: string | undefined;
}

/** Messages that one session may take, so that a fault ends by itself. */
const STEPS_MAX = 2000;

export function playSeed(seed: number): Played {
  const rolls = rollsOf(seededRandom(seed));
  const scheme = rolls.pick<AuthScheme>(['basic', 'md5', 'hmac']);
  const fresh = (): Keys => ({
    CLCRED: credentialOf(scheme, 'device', 'client-secret', new Uint8Array(16)),
    SRVCRED: credentialOf(scheme, 'server', 'server-secret', new Uint8Array(16)),
  });
  const sides = { client: fresh(), server: fresh() };
  const tree = sampleTree();
  const belief = new Belief(LEAVES);
  const bad = new Weather(seed, rolls, tree, sides, 20);
  const faults = [...bad.play(belief)];
  const good = new Weather(seed, rolls, tree, sides, 0);
  faults.push(...good.play(belief));
  if (good.end !== 'completed') faults.push(`the session in good weather is ${good.end}`);
  const { end } = bad;
  return { faults, end, troubles: bad.troubles, chunks: bad.chunks + good.chunks };
}

/** One session. */
class Weather {
  end: DmClientResult | undefined;
  troubles = 0;
  chunks = 0;
  readonly #rolls: Rolls;
  readonly #tree: Tree;
  readonly #sides: { readonly client: Keys; readonly server: Keys };
  readonly #percent: number;
  readonly #client: DmClient;
  readonly #server: DmServer;
  readonly #rounds: readonly (readonly SessionOperation[])[];
  readonly #given: SessionOperation[] = [];
  readonly #results = new Map<string, OperationResult>();
  readonly #faults: string[] = [];
  /** Packets that the network holds back. */
  readonly #late: { readonly to: 'client' | 'server'; readonly packet: Packet }[] = [];
  #executed = 0;
  #now = 1_000_000;

  constructor(
    seed: number,
    rolls: Rolls,
    tree: Tree,
    sides: { readonly client: Keys; readonly server: Keys },
    percent: number,
  ) {
    this.#rolls = rolls;
    this.#tree = tree;
    this.#sides = sides;
    this.#percent = percent;
    this.#rounds = randomRounds(rolls);
    const limits = () => ({ MaxMsgSize: rolls.between(1800, 5000), MaxObjSize: 3500 });
    const random = seededRandom(seed + percent + 1);
    const common = { ServerID: SERVER_ID, url: URL_OF_SERVER, random };
    this.#client = new DmClient({
      ...common,
      ...limits(),
      DevId: DEV_ID,
      SessionID: String(percent),
      alert: '1201',
      ...sides.client,
      tree,
    });
    this.#server = new DmServer({ ...common, ...limits(), account: sides.server });
  }

  /** Plays to the end; gives back what may not be. */
  play(belief: Belief): readonly string[] {
    this.#take(this.#client.step({ kind: 'start' }, this.#now));
    for (let steps = 0; this.#client.deadline !== undefined; steps++) {
      if (steps > STEPS_MAX) return ['the session does not end'];
      this.#now = this.#client.deadline;
      this.#take(this.#client.step({ kind: 'timeout' }, this.#now));
    }
    const faults = [...this.#faults, ...belief.take(this.#given, this.#results)];
    for (const [uri, value] of belief.entries) {
      if (this.#tree.text(uri) !== value) faults.push(`${uri} is not what the server believes`);
    }
    const items = this.#given.flatMap((each) => ('operations' in each ? each.operations : [each]));
    if (this.#executed > items.length) faults.push('a command was carried out twice');
    return faults;
  }

  #take(effects: readonly DmClientEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'ended') this.end = effect.result;
      if (effect.kind === 'executed') this.#executed += 1;
      if (effect.kind === 'nonce') keep(this.#sides.client, effect);
    }
    const send = effects.find((effect) => effect.kind === 'send');
    if (send === undefined) return;
    this.#now += 10;
    const body = encodeSyncML(send.message, 'wbxml');
    if (JSON.stringify(send.message.SyncBody).includes('MoreData')) this.chunks += 1;
    this.#exchange({ body, header: send.mac?.(body) });
  }

  /** One POST, with all that can happen to it. */
  #exchange(request: Packet): void {
    this.#deliverLate();
    const reply = this.#isTrouble() ? undefined : this.#serve(request);
    if (reply !== undefined && this.#isTrouble()) this.#serve(request);
    if (this.#isTrouble()) this.#late.push({ to: 'server', packet: request });
    if (reply === undefined || reply instanceof ProtocolError || this.#isTrouble()) {
      this.#lose();
      return;
    }
    if (this.#isTrouble()) this.#late.push({ to: 'client', packet: reply });
    this.#take(this.#read(reply));
  }

  /** The connection is cut, or nothing comes for so long that the client gives up. */
  #lose(): void {
    if (this.#rolls.chance(50)) return;
    this.#take(this.#client.step({ kind: 'failed', reason: 'cut' }, this.#now));
  }

  #deliverLate(): void {
    for (const { to, packet } of this.#late.splice(0)) {
      // An old answer is not acted on; an old request has an old answer, or none.
      if (to === 'server') this.#serve(packet);
      else if (this.#read(packet).length > 0) this.#faults.push('an old answer was acted on');
    }
  }

  #read({ body, header }: Packet): readonly DmClientEffect[] {
    const message = decodeSyncML(body, 'wbxml');
    const proof = { body, header };
    return this.#client.step({ kind: 'message', message, proof }, this.#now);
  }

  #serve({ body, header }: Packet): Packet | ProtocolError {
    const { deadline } = this.#server;
    if (deadline !== undefined && deadline <= this.#now) {
      this.#note(this.#server.step({ kind: 'timeout' }, this.#now));
    }
    const message = decodeSyncML(body, 'wbxml');
    try {
      const input = { kind: 'message', message, proof: { body, header } } as const;
      const effects = this.#server.step(input, this.#now);
      if (effects.at(-1)?.kind === 'ready') effects.push(...this.#begin());
      return this.#note(effects) ?? new ProtocolError('DM_SILENT', 'no reply');
    } catch (error) {
      if (error instanceof ProtocolError) return error;
      throw error;
    }
  }

  #begin(): DmServerEffect[] {
    const round = this.#rounds.find((each) => !this.#given.includes(each[0] as SessionOperation));
    const operations = round ?? [];
    this.#given.push(...operations);
    return this.#server.step({ kind: 'operations', operations }, this.#now);
  }

  #note(effects: readonly DmServerEffect[]): Packet | undefined {
    for (const effect of effects) {
      if (effect.kind === 'result') {
        if (this.#results.has(effect.id)) this.#faults.push(`${effect.id} was answered twice`);
        this.#results.set(effect.id, effect);
      }
      if (effect.kind === 'nonce') keep(this.#sides.server, effect);
    }
    const reply = effects.find((effect) => effect.kind === 'reply');
    if (reply === undefined) return undefined;
    if (JSON.stringify(reply.message.SyncBody).includes('MoreData')) this.chunks += 1;
    const body = encodeSyncML(reply.message, 'wbxml');
    return { body, header: reply.mac?.(body) };
  }

  #isTrouble(): boolean {
    const isTrouble = this.#rolls.chance(this.#percent / 2);
    if (isTrouble) this.troubles += 1;
    return isTrouble;
  }
}

function keep(
  keys: Keys,
  { level, nonce }: { readonly level: 'CLCRED' | 'SRVCRED'; readonly nonce: Uint8Array },
): void {
  keys[level] = withNonce(keys[level], nonce);
}
