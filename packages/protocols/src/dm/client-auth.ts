/**
 * Both directions of authentication in a session of the client: CLCRED is proved, SRVCRED is checked.
 *
 * OMA-DMPRO 9, OMA-DMSEC 5. Used by the client engine, once for each message of the server.
 */
import type { Random } from '../engine.ts';
import type { Cred, SyncML } from '../syncml/message.ts';
import type { AuthScheme, Credential } from './auth.ts';
import type { MacOf, ReceivedProof } from './auth-hmac.ts';
import { Prover, type ProverEvent } from './auth-prover.ts';
import { type Verdict, Verifier } from './auth-verifier.ts';
import type { DmClientEffect } from './client-interface.ts';
import { codeOf, findHeaderStatus, headerStatus, type StatusDraft } from './packages-status.ts';

type NonceEffect = Extract<DmClientEffect, { kind: 'nonce' }>;

/** What a message of the server settled. */
export interface Checked {
  /** What it said to our proof, and in which code. */
  readonly proof: ProverEvent;
  readonly code: number;
  /** What is to be said to its own. */
  readonly verdict: Verdict;
  /** Status of its SyncHdr. */
  readonly head: StatusDraft;
  readonly nonces: readonly NonceEffect[];
}

export interface ClientAuthOptions {
  readonly CLCRED?: Credential;
  readonly SRVCRED?: Credential;
  readonly minimumScheme?: AuthScheme;
  readonly isTransportAuthenticated?: boolean;
  readonly random: Random;
}

export class ClientAuth {
  readonly #prover: Prover;
  readonly #verifier: Verifier;

  constructor({ CLCRED, SRVCRED, minimumScheme, ...options }: ClientAuthOptions) {
    this.#prover = new Prover(CLCRED, minimumScheme);
    this.#verifier = new Verifier({
      ...(minimumScheme && { minimumScheme }),
      credential: SRVCRED,
      random: options.random,
      isTransportAuthenticated: options.isTransportAuthenticated ?? false,
    });
  }

  /** RepPro 1.2.2 Source: the LocName of our messages. */
  get name(): string | undefined {
    return this.#prover.name;
  }

  cred(): Cred | undefined {
    return this.#prover.cred();
  }

  mac(): MacOf | undefined {
    return this.#prover.mac();
  }

  /** `MsgID`: of our last message. */
  check(message: SyncML, MsgID: string, received: ReceivedProof | undefined): Checked {
    const status = findHeaderStatus(message, MsgID);
    const code = status === undefined ? 200 : codeOf(status);
    const proof = this.#prover.take(code, status?.Chal);
    const verdict = this.#verifier.check(message.SyncHdr, received);
    const head = headerStatus(message.SyncHdr, verdict.code, verdict.chal);
    const nonces = verdict.kind === 'proven' ? this.#exchanged() : [];
    return { proof, code, verdict, head, nonces };
  }

  /** The nonce that our message has just handed to a server that has proved itself. */
  handedOut(): readonly NonceEffect[] {
    return kept('SRVCRED', this.#verifier.takeNonce());
  }

  /**
   * OMA-DMSEC 5.3: a nonce is kept for later sessions once its giver is known; one of ours, once the server has used it,
   * for the session may end without another message.
   */
  #exchanged(): readonly NonceEffect[] {
    return [
      ...kept('CLCRED', this.#prover.takeNonce()),
      ...kept('SRVCRED', this.#verifier.takeMetNonce()),
    ];
  }
}

function kept(level: NonceEffect['level'], nonce: Uint8Array | undefined): readonly NonceEffect[] {
  return nonce === undefined ? [] : [{ kind: 'nonce', level, nonce }];
}
