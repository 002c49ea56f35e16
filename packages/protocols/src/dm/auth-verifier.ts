/**
 * One side checking the other over a session: which Status and Chal answer the SyncHdr of each message.
 *
 * OMA-DMPRO 9, OMA-DMSEC 5.1. The server engine has one for CLCRED, the client engine one for SRVCRED.
 */
import type { Random } from '../engine.ts';
import type { Chal, SyncHdr } from '../syncml/message.ts';
import {
  type AuthScheme,
  type Credential,
  checkCred,
  decoyCredential,
  makeChal,
  NONCE_LENGTH,
  raised,
  withNonce,
} from './auth.ts';
import { checkHmac, type ReceivedProof } from './auth-hmac.ts';

export type VerifierState = 'Unproven' | 'Proven' | 'Exhausted';
export type VerifierEvent = 'ok' | 'missing' | 'wrong' | 'tooMany';

/**
 * OMA-DMPRO 9.2: absent means that the state stays. Once proven, a message needs no Cred of its own (212).
 * OMA-DMSEC 5.1.4: with hmac every message does, and one without a right one is `tooMany`.
 */
export const VERIFIER_TRANSITIONS: Readonly<
  Record<VerifierState, Partial<Record<VerifierEvent, VerifierState>>>
> = {
  Unproven: { ok: 'Proven', tooMany: 'Exhausted' },
  Proven: { wrong: 'Unproven', tooMany: 'Exhausted' },
  Exhausted: {},
};

/** What answers a SyncHdr as far as authentication goes. */
export interface Verdict {
  readonly kind: 'proven' | 'challenge' | 'exhausted';
  readonly code: 200 | 212 | 401 | 407;
  readonly chal?: Chal;
}

/** [DMPRO 9-4] After a stale nonce one more challenge with a fresh one is due. */
export const CHALLENGES_MAX = 2;

export interface VerifierOptions {
  /** What the peer should hold; undefined for a peer that is not known. */
  readonly credential: Credential | undefined;
  readonly random: Random;
  readonly challengesMax?: number;
  /** What a peer that is not known is asked for: the scheme that the known ones use. */
  readonly decoyScheme?: AuthScheme;
  /** The least scheme by which a peer may prove itself. */
  readonly minimumScheme?: AuthScheme;
  /** The transport already proved who the peer is: a Cred may come, and none is asked for. */
  readonly isTransportAuthenticated?: boolean;
}

export class Verifier {
  readonly #random: Random;
  readonly #challengesMax: number;
  /** False where the transport vouches for a peer that we could not check any further. */
  readonly #isCredChecked: boolean;
  #credential: Credential;
  #previous: Credential | undefined;
  #state: VerifierState;
  #challenges = 0;
  #issued: Uint8Array | undefined;
  #met: Uint8Array | undefined;

  constructor(options: VerifierOptions) {
    this.#random = options.random;
    this.#challengesMax = options.challengesMax ?? CHALLENGES_MAX;
    this.#isCredChecked =
      options.credential !== undefined || options.isTransportAuthenticated !== true;
    const credential = options.credential ?? decoyCredential(options.random, options.decoyScheme);
    this.#credential = raised(credential, options.minimumScheme ?? 'basic');
    this.#state = options.isTransportAuthenticated === true ? 'Proven' : 'Unproven';
  }

  get state(): VerifierState {
    return this.#state;
  }

  get scheme(): AuthScheme {
    return this.#credential.scheme;
  }

  /** Checks one header, and the proof beside it. Call it once for each message of the peer. */
  check(hdr: SyncHdr, proof?: ReceivedProof): Verdict {
    const checked = this.#isCredChecked ? this.#checkProof(hdr, proof) : 'missing';
    if (checked === 'ok') return this.#prove();
    const isPerMessage = this.#isMacSeen;
    if (checked === 'missing' && this.#state === 'Proven' && !isPerMessage) {
      return { kind: 'proven', code: 200 };
    }
    const isTooMany = this.#challenges >= this.#challengesMax || isPerMessage;
    const event = isTooMany ? 'tooMany' : checked;
    this.#state = VERIFIER_TRANSITIONS[this.#state][event] ?? this.#state;
    this.#challenges += 1;
    // [DMPRO 9-1] 407 where none came, 401 where they were wrong, and always a Chal with it.
    const code = checked === 'missing' ? 407 : 401;
    const kind = this.#state === 'Exhausted' ? 'exhausted' : 'challenge';
    return { kind, code, chal: this.#challenge() };
  }

  /** Whether a peer that proves every message did not prove this one. Changes nothing. */
  isForeign(hdr: SyncHdr, proof: ReceivedProof | undefined): boolean {
    return this.#isMacSeen && this.#checkProof(hdr, proof) !== 'ok';
  }

  /** [DMSEC 5.3-3] The nonce for later sessions, once: the one that the proven peer was handed last. */
  takeNonce(): Uint8Array | undefined {
    const issued = this.#state === 'Proven' ? this.#issued : undefined;
    if (issued !== undefined) this.#issued = undefined;
    return issued;
  }

  /** The nonce of a challenge that the peer has met, once: it counts even if its successor never leaves. */
  takeMetNonce(): Uint8Array | undefined {
    const met = this.#met;
    this.#met = undefined;
    return met;
  }

  /** [DMSEC 5.1.4-3] Hmac, once used, is in every message to the end. */
  get #isMacSeen(): boolean {
    const { scheme } = this.#credential;
    return scheme === 'hmac' && this.#state === 'Proven' && this.#previous !== undefined;
  }

  #checkProof(hdr: SyncHdr, proof: ReceivedProof | undefined): 'ok' | 'missing' | 'wrong' {
    if (this.#credential.scheme === 'hmac') {
      const checkedMac = checkHmac(this.#credential, hdr, proof);
      // OMA-DMPRO 9.2.2: a Cred in its place is a weaker proof, not a missing one.
      return checkedMac === 'missing' && hdr.Cred !== undefined ? 'wrong' : checkedMac;
    }
    const checked = checkCred(this.#credential, hdr);
    // A peer that repeats its Cred although 212 spared it may not have taken up the nonce of that 212.
    if (checked !== 'wrong' || this.#previous === undefined) return checked;
    return checkCred(this.#previous, hdr);
  }

  #prove(): Verdict {
    if (this.#credential.scheme === 'hmac') return this.#proveMessage();
    // RepPro 1.2.2: 212 answers a message that carried Cred.
    if (this.#state === 'Proven' && this.#previous !== undefined) {
      return { kind: 'proven', code: 212 };
    }
    this.#state = VERIFIER_TRANSITIONS[this.#state].ok ?? this.#state;
    if (this.#credential.scheme === 'basic') return { kind: 'proven', code: 212 };
    return { kind: 'proven', code: 212, chal: this.#successor() };
  }

  /** [DMSEC 5.1.4-2] Never 212, and the nonce of the next message with each Status. */
  #proveMessage(): Verdict {
    this.#state = VERIFIER_TRANSITIONS[this.#state].ok ?? this.#state;
    return { kind: 'proven', code: 200, chal: this.#successor() };
  }

  /** The nonce after the one that was just met. */
  #successor(): Chal {
    const spent = this.#credential;
    this.#met = this.#issued;
    const chal = this.#challenge();
    this.#previous = spent;
    return chal;
  }

  /** [DMSEC 5.3-1] [DMSEC 5.3-2] A fresh nonce with every challenge, and at least one per session. */
  #challenge(): Chal {
    const nonce = this.#random(NONCE_LENGTH);
    this.#previous = undefined;
    this.#credential = withNonce(this.#credential, nonce);
    if (this.#credential.scheme !== 'basic') this.#issued = nonce;
    return makeChal(this.#credential.scheme, nonce);
  }
}
