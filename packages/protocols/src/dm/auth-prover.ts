/**
 * One side proving itself to the other over a session: which Cred its next message carries.
 *
 * OMA-DMPRO 9, OMA-DMSEC 5.1: 212 proves for the session, 200 for one message, 401 and 407 challenge.
 * The client engine has one for CLCRED, the server engine one for SRVCRED.
 */
import type { Chal, Cred } from '../syncml/message.ts';
import {
  type AuthScheme,
  answerChal,
  type Credential,
  makeCred,
  raised,
  withNonce,
} from './auth.ts';
import { encodeHmacHeader, type MacOf } from './auth-hmac.ts';

export type ProverState = 'Unproven' | 'ProvenForMessage' | 'ProvenForSession' | 'Refused';
export type ProverEvent = '212' | '200' | 'challenge' | 'refusal';

/** OMA-DMPRO 9.2: what the peer's Status for our SyncHdr does. An event absent from a row is ignored. */
export const PROVER_TRANSITIONS: Readonly<
  Record<ProverState, Partial<Record<ProverEvent, ProverState>>>
> = {
  Unproven: {
    '212': 'ProvenForSession',
    '200': 'ProvenForMessage',
    challenge: 'Unproven',
    refusal: 'Refused',
  },
  ProvenForMessage: {
    '212': 'ProvenForSession',
    '200': 'ProvenForMessage',
    challenge: 'Unproven',
    refusal: 'Refused',
  },
  ProvenForSession: { challenge: 'Unproven', refusal: 'Refused' },
  Refused: {},
};

/** OMA-DMPRO 9.2: one answer with the nonce that we had, one with the fresh one, and one for good measure. */
export const CHALLENGES_ANSWERED_MAX = 2;

export class Prover {
  #credential: Credential | undefined;
  #state: ProverState = 'Unproven';
  #challenges = 0;
  #given: Uint8Array | undefined;

  /** `least`: nothing is proved by a weaker scheme, whatever the peer asks for. */
  constructor(credential: Credential | undefined, least: AuthScheme = 'basic') {
    this.#credential = credential && raised(credential, least);
  }

  get state(): ProverState {
    return this.#state;
  }

  /** RepPro 1.2.2 Source: LocName is the user name of the schemes that do not carry it in Cred. */
  get name(): string | undefined {
    return this.#credential?.scheme === 'basic' ? undefined : this.#credential?.name;
  }

  /** For the next message; nothing once the session is proven. */
  cred(): Cred | undefined {
    if (this.#credential === undefined || this.#state === 'ProvenForSession') return undefined;
    return makeCred(this.#credential);
  }

  /** OMA-DMSEC 5.1.4: what the transport header of the next message holds; hmac goes with every message. */
  mac(): MacOf | undefined {
    const credential = this.#credential;
    if (credential?.scheme !== 'hmac') return undefined;
    return (body) => encodeHmacHeader(credential, body);
  }

  /** Takes the peer's Status for our last SyncHdr, and gives back the event that it was. */
  take(code: number, chal: Chal | undefined): ProverEvent {
    const event = this.#eventOf(code, chal);
    if (event === '212' || event === '200') this.#renew(chal?.Meta.NextNonce);
    this.#state = PROVER_TRANSITIONS[this.#state][event] ?? this.#state;
    return event;
  }

  /** The nonce for later sessions, once; it is kept only when the caller knows who gave it. */
  takeNonce(): Uint8Array | undefined {
    const given = this.#given;
    this.#given = undefined;
    return given;
  }

  #eventOf(code: number, chal: Chal | undefined): ProverEvent {
    if (code === 212) return '212';
    if (code >= 200 && code < 300) return '200';
    if (code !== 401 && code !== 407) return 'refusal';
    const answer = chal && this.#credential && answerChal(this.#credential, chal);
    // [DMPRO 9-2] The challenge is answered with the type asked for, a bounded number of times.
    if (answer === undefined) return 'refusal';
    if (this.#challenges >= CHALLENGES_ANSWERED_MAX) return 'refusal';
    this.#challenges += 1;
    this.#credential = answer;
    if (answer.scheme !== 'basic') this.#given = answer.nonce;
    return 'challenge';
  }

  #renew(nonce: Uint8Array | undefined): void {
    if (nonce === undefined || this.#credential === undefined) return;
    this.#credential = withNonce(this.#credential, nonce);
    this.#given = nonce;
  }
}
