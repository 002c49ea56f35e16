/** The load of B1: devices that check in over and over, each with the real client engine, its own tree and nonces. */
import { randomBytes } from 'node:crypto';
import {
  type Credential,
  credentialOf,
  DmClient,
  requestHeaders,
  withNonce,
} from '@ueprov/protocols/dm';
import type { Tree } from '@ueprov/protocols/dm/tree';
import { makeDeviceTree } from '@ueprov/protocols/mo';
import { decodeSyncML, type Encoding, encodeSyncML } from '@ueprov/protocols/syncml';
import { HttpClient } from '../../packages/ue/src/shell/http.ts';
import { checkInDevice, SERVER_ID } from './account.ts';

export interface Load {
  /** Carries out so many units of work; gives back how long each took, in ms. */
  run(units: number): Promise<readonly number[]>;
}

/** The octets of one session: each request with its answer. */
export type Sample = readonly { readonly request: Uint8Array; readonly answer: Uint8Array }[];

const LIMITS = { timeoutMs: 30_000, bodyMax: 1_000_000 };

export class CheckInFleet implements Load {
  readonly #devices: readonly Device[];

  constructor(url: string, count: number, encoding: Encoding) {
    this.#devices = Array.from({ length: count }, (_, index) => new Device(url, index, encoding));
  }

  async run(units: number): Promise<readonly number[]> {
    const latencies: number[] = [];
    let left = units;
    await Promise.all(
      this.#devices.map(async (device) => {
        while (left-- > 0) {
          const startedAt = performance.now();
          await device.checkIn();
          latencies.push(performance.now() - startedAt);
        }
      }),
    );
    return latencies;
  }

  /** One session after the nonces have settled. */
  async sample(): Promise<Sample> {
    const [device] = this.#devices;
    if (device === undefined) throw new Error('a fleet needs a device');
    await device.checkIn();
    return device.checkIn();
  }
}

class Device {
  readonly #url: string;
  readonly #encoding: Encoding;
  readonly #DevId: string;
  readonly #tree: Tree;
  readonly #http = new HttpClient();
  #credentials: { CLCRED: Credential; SRVCRED: Credential };
  #sessions = 0;

  constructor(url: string, index: number, encoding: Encoding) {
    const { DevId, name, secret } = checkInDevice(index);
    this.#url = url;
    this.#encoding = encoding;
    this.#DevId = DevId;
    this.#credentials = {
      CLCRED: credentialOf('md5', name, secret),
      SRVCRED: credentialOf('md5', SERVER_ID, secret),
    };
    this.#tree = makeDeviceTree(factsOf(DevId, url), 0);
  }

  async checkIn(): Promise<Sample> {
    const exchanges: { request: Uint8Array; answer: Uint8Array }[] = [];
    const client = this.#client();
    let effects = client.step({ kind: 'start' }, Date.now());
    for (;;) {
      for (const effect of effects) {
        if (effect.kind === 'nonce') {
          const credential = withNonce(this.#credentials[effect.level], effect.nonce);
          this.#credentials = { ...this.#credentials, [effect.level]: credential };
        }
        if (effect.kind === 'ended') {
          if (effect.result !== 'completed')
            throw new Error(`session ${effect.result}: ${effect.reason}`);
          return exchanges;
        }
      }
      const send = effects.find((effect) => effect.kind === 'send');
      if (send === undefined) throw new Error('the session neither goes on nor ends');
      const request = encodeSyncML(send.message, this.#encoding);
      const headers = requestHeaders(this.#encoding, 'bench');
      const { status, body: answer } = await this.#http.post(this.#url, headers, request, LIMITS);
      if (status !== 200) throw new Error(`HTTP ${status}: ${Buffer.from(answer)}`);
      exchanges.push({ request, answer });
      const message = decodeSyncML(answer, this.#encoding);
      effects = client.step({ kind: 'message', message }, Date.now());
    }
  }

  #client(): DmClient {
    this.#sessions = (this.#sessions + 1) % 0xffff;
    return new DmClient({
      ServerID: SERVER_ID,
      url: this.#url,
      DevId: this.#DevId,
      SessionID: (this.#sessions + 1).toString(16).toUpperCase(),
      alert: '1201',
      ...this.#credentials,
      tree: this.#tree,
      MaxMsgSize: 65_536,
      MaxObjSize: 1_048_576,
      random: randomBytes,
    });
  }
}

function factsOf(DevId: string, Addr: string): Parameters<typeof makeDeviceTree>[0] {
  return {
    info: { DevId, Man: 'Example Devices', Mod: 'Bench' },
    detail: { DevTyp: 'UE', FwV: '1.0', SwV: '2.0', HwV: '3.0' },
    account: {
      ServerID: SERVER_ID,
      ConRef: [],
      AppAddr: [{ Addr, AddrType: 'URI' }],
      AppAuth: [],
      DMInitConnect: false,
      AuthExt: '',
    },
  };
}
