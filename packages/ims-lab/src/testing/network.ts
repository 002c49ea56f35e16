/** Datagrams between engines in one process, on virtual time: what the tests of the lab run on. */
import assert from 'node:assert';
import type { Engine, Instant } from '@ueprov/protocols';
import type { TransportAddress } from '@ueprov/protocols/sip';
import type { CscfEffect, CscfInput } from '../cscf.ts';
import { hostPortOf } from '../forwarding.ts';

export interface Datagram {
  readonly at: Instant;
  readonly from: TransportAddress;
  readonly to: TransportAddress;
  readonly bytes: Uint8Array;
}

const STEPS_MAX = 100_000;

export class Network {
  now: Instant = Date.UTC(2026, 0, 1);
  /** Everything that was sent, lost or not. */
  readonly sent: Datagram[] = [];
  isLost: (datagram: Datagram) => boolean = () => false;
  readonly #engines = new Map<string, Engine<CscfInput, CscfEffect>>();
  readonly #queue: Datagram[] = [];

  attach(address: TransportAddress, engine: Engine<CscfInput, CscfEffect>): void {
    this.#engines.set(hostPortOf(address), engine);
  }

  send(from: TransportAddress, datagrams: readonly Pick<CscfEffect, 'bytes' | 'target'>[]): void {
    for (const { bytes, target } of datagrams) {
      const datagram = { at: this.now, from, to: target, bytes };
      this.sent.push(datagram);
      if (!this.isLost(datagram)) this.#queue.push(datagram);
    }
  }

  /** Delivers all that is under way, then lets `ms` pass with every alarm that rings in it. */
  run(ms = 0): void {
    const end = this.now + ms;
    for (let steps = 0; steps < STEPS_MAX; steps++) {
      const datagram = this.#queue.shift();
      if (datagram !== undefined) {
        this.#deliver(datagram);
        continue;
      }
      const next = this.#nextAlarm();
      if (next === undefined || next.at > end) {
        this.now = end;
        return;
      }
      this.now = Math.max(this.now, next.at);
      this.send(next.address, next.engine.step({ kind: 'timeout' }, this.now));
    }
    assert.fail('the network does not come to rest');
  }

  #deliver({ from, to, bytes }: Datagram): void {
    const engine = this.#engines.get(hostPortOf(to));
    if (engine === undefined) return;
    this.send(to, engine.step({ kind: 'octets', bytes, source: from }, this.now));
  }

  #nextAlarm() {
    return [...this.#engines]
      .flatMap(([name, engine]) => {
        const at = engine.deadline;
        const colon = name.lastIndexOf(':');
        const address = { address: name.slice(0, colon), port: Number(name.slice(colon + 1)) };
        return at === undefined ? [] : [{ at, engine, address }];
      })
      .toSorted((a, b) => a.at - b.at)[0];
  }
}
