/** One engine on the sockets of one SIP endpoint: octets in, octets out, and one alarm. Nothing here knows SIP. */
import { type Engine, type Instant, ProtocolError } from '@ueprov/protocols';
import type { Transport, TransportAddress } from '@ueprov/protocols/sip';
import { Alarm, SipTransport, type SipTransportOptions } from '@ueprov/shell';
import type { CscfEffect, CscfInput } from '../cscf.ts';

/** A message as it left its sender. */
export interface WireEvent {
  /** Milliseconds since 1970, with their fraction. */
  readonly at: number;
  readonly from: TransportAddress;
  readonly to: TransportAddress;
  readonly bytes: Uint8Array;
}

export interface SipTaps {
  readonly onSent: (event: WireEvent) => void;
  readonly onReceived: (event: WireEvent) => void;
}

type ShellInput = CscfInput | { readonly kind: 'timeout' };

export class SipShell {
  readonly #taps: SipTaps;
  readonly #alarm = new Alarm();
  #transport: SipTransport | undefined;
  #engine: Engine<CscfInput, CscfEffect> | undefined;
  #refused = 0;

  static async open(options: SipTransportOptions, taps: SipTaps): Promise<SipShell> {
    const shell = new SipShell(taps);
    shell.#transport = await SipTransport.open(options, {
      onOctets: (bytes, source) => shell.#received(bytes, source),
      onUnreachable: (target) => shell.#step({ kind: 'unreachable', target }),
      onSend: (bytes, from, to) => taps.onSent({ at: now(), from, to, bytes }),
    });
    return shell;
  }

  private constructor(taps: SipTaps) {
    this.#taps = taps;
  }

  get transport(): SipTransport {
    if (this.#transport === undefined) throw new Error('the sockets are not open');
    return this.#transport;
  }

  /** Where it is reached by UDP, or by the first of its transports. */
  get address(): TransportAddress {
    return this.transport.address;
  }

  get ports(): Readonly<Partial<Record<Transport, number>>> {
    return this.transport.ports;
  }

  /** Messages whose content an engine could not make sense of. */
  get refused(): number {
    return this.#refused;
  }

  drive(engine: Engine<CscfInput, CscfEffect>): void {
    this.#engine = engine;
  }

  async close(): Promise<void> {
    this.#engine = undefined;
    this.#alarm.clear();
    await this.transport.close();
  }

  /** What an engine wants without having been asked, and what has become of its deadline. */
  act(effects: readonly CscfEffect[]): void {
    const engine = this.#engine;
    if (engine === undefined) return;
    for (const { bytes, target } of effects) this.transport.send(bytes, target);
    this.#alarm.set(engine.deadline, () => this.#step({ kind: 'timeout' }));
  }

  #received(bytes: Uint8Array, source: TransportAddress): void {
    const { transport = 'udp' } = source;
    const to = this.transport.addressOf(transport);
    this.#taps.onReceived({ at: now(), from: source, to, bytes });
    this.#step({ kind: 'octets', bytes, source });
  }

  #step(input: ShellInput): void {
    const engine = this.#engine;
    if (engine !== undefined) this.act(this.#stepSafely(engine, input));
  }

  /** The one place where what makes no sense ends: the message is dropped, and counted. */
  #stepSafely(engine: Engine<CscfInput, CscfEffect>, input: ShellInput): readonly CscfEffect[] {
    try {
      return engine.step(input, Date.now());
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#refused += 1;
      return [];
    }
  }
}

function now(): Instant {
  return performance.timeOrigin + performance.now();
}
