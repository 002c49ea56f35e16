/**
 * HTTP Basic and Digest before the DM endpoint: whether a message of this device is read at all.
 *
 * OMA-SYNCHTTP 5.4 [SYNCHTTP 5.4-1]. A device is asked by its own account, so nothing is asked of one that proves itself
 * inside the session; a stranger is asked like the known ones. Nothing is kept of who did not prove himself. (AC-14)
 */
import type { Instant, Random } from '@ueprov/protocols';
import {
  type HttpAlgorithm,
  type HttpAuthScheme,
  HttpGate,
  type HttpGateVerdict,
} from '@ueprov/protocols/dm';
import type { Origin } from './conversation.ts';
import type { DeviceRecord } from './store/record.ts';

export interface HttpAuthOptions {
  readonly realm: string;
  readonly algorithms: readonly HttpAlgorithm[];
  /** What a device that is not known is asked for; absent: nothing. */
  readonly decoy?: HttpAuthScheme;
}

type Challenge = Extract<HttpGateVerdict, { kind: 'challenge' }>;

/** To be answered 401. */
export class HttpAuthRequired extends Error {
  override readonly name = 'HttpAuthRequired';
  /** Values of WWW-Authenticate. */
  readonly challenges: readonly string[];
  /** Somebody tried, and it was not just a nonce that was spent. */
  readonly isRefusal: boolean;

  constructor({ challenges, why }: Challenge) {
    super('HTTP authentication is required');
    this.challenges = challenges;
    this.isRefusal = why === 'wrong';
  }
}

const KINDS = { basic: 'http-basic', digest: 'http-digest' } as const;

export class HttpAdmission {
  readonly #gate: HttpGate;
  readonly #decoy: HttpAuthScheme | undefined;

  constructor({ decoy, ...options }: HttpAuthOptions, random: Random) {
    this.#gate = new HttpGate({ ...options, random });
    this.#decoy = decoy;
  }

  /**
   * How this device has proved itself to HTTP; undefined where that is not asked. Throws HttpAuthRequired. Without a
   * device: for one that is not known, and for a request that names none.
   */
  admit(
    device: DeviceRecord | undefined,
    { http }: Origin,
    now: Instant,
  ): (typeof KINDS)[HttpAuthScheme] | undefined {
    const account = device === undefined ? this.#decoy : device.HTTP;
    if (account === undefined) return undefined;
    const request = http ?? { method: 'POST', target: '*', authorization: undefined };
    const verdict = this.#gate.check(account, request, now);
    if (verdict.kind === 'challenge') throw new HttpAuthRequired(verdict);
    return KINDS[typeof account === 'string' ? account : account.scheme];
  }
}
