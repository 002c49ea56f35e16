/**
 * The provisioning flow of a UE, UE-1 to UE-4: when it registers, and when it opens a DM session with whom.
 *
 * PKT-SP-UE-PROV 6.7, Table 3 and Figure 9. One flow per UE; SIP and OMA DM themselves are other engines.
 */

export type FlowState =
  | 'Bootstrapped'
  | 'Registering'
  | 'Registered'
  /** In a DM session, registered. */
  | 'InSession'
  /** The registration was lost while a session went on: HTTP does not need it. */
  | 'InSessionUnregistered';

export type FlowEvent =
  | 'start'
  | 'registered'
  | 'registrationLost'
  /** The first registration since the reset is there, and a DMAcc says DMInitConnect. */
  | 'connect'
  /** A Package #0 whose digest is right. */
  | 'package0'
  /** Something has to be told, unasked. */
  | 'alert'
  | 'sessionEnded';

/** Figure 9. An event absent from a row is ignored in that state, or waits for another one. */
export const TRANSITIONS: Readonly<Record<FlowState, Partial<Record<FlowEvent, FlowState>>>> = {
  Bootstrapped: { start: 'Registering' },
  // 6.7: UE-4 may occur at any time, as the UE needs it; HTTP does not ask for a registration. [R-6.7-i2]
  Registering: {
    registered: 'Registered',
    package0: 'InSessionUnregistered',
    alert: 'InSessionUnregistered',
  },
  Registered: {
    connect: 'InSession',
    package0: 'InSession',
    alert: 'InSession',
    registrationLost: 'Registering',
  },
  // 6.7 UE-4: Package #0 is ignored while a session with that server is open. [R-6.7-9]
  InSession: { sessionEnded: 'Registered', registrationLost: 'InSessionUnregistered' },
  InSessionUnregistered: { sessionEnded: 'Registering', registered: 'InSession' },
};

/** Why a session is opened: it decides between Alert 1200 and 1201, and the SessionID. */
export type Opening = Notified | { readonly kind: 'connect' | 'alert'; readonly ServerID: string };

export interface Notified {
  readonly kind: 'package0';
  readonly ServerID: string;
  readonly SessionID: string;
  /** The server has lost our nonce: this session goes by the default one (OMA-DMNOT 6.2.1). */
  readonly isDefaultNonce: boolean;
  /** Of the Package #0, in hex: another one has another. */
  readonly digest: string;
}

export type FlowInput =
  | { readonly kind: 'start' }
  | { readonly kind: 'registered' }
  | { readonly kind: 'registrationLost' }
  | Notified
  | { readonly kind: 'alert'; readonly ServerID: string }
  | { readonly kind: 'sessionEnded' };

export type FlowEffect =
  | { readonly kind: 'register' }
  | { readonly kind: 'open'; readonly opening: Opening };

export class Flow {
  #state: FlowState = 'Bootstrapped';
  /** The servers to contact after the first registration, while that is still owed. */
  #connectTo: readonly string[];
  /** The server of the session that is open. */
  #server: string | undefined;
  /** What is to be opened when nothing is open any more; one per server. */
  readonly #waiting = new Map<string, Opening>();

  /** `connectTo`: ServerIDs of the accounts whose DMInitConnect is true. */
  constructor(connectTo: readonly string[]) {
    this.#connectTo = connectTo;
  }

  get state(): FlowState {
    return this.#state;
  }

  step(input: FlowInput): FlowEffect[] {
    switch (input.kind) {
      case 'start':
        return this.#fire('start') ? [{ kind: 'register' }] : [];
      case 'registered':
        return this.#registered();
      case 'registrationLost':
        this.#fire('registrationLost');
        return [];
      case 'package0':
      case 'alert':
        return this.#asked(input);
      case 'sessionEnded':
        this.#fire('sessionEnded');
        this.#server = undefined;
        return this.#next();
    }
  }

  #registered(): FlowEffect[] {
    this.#fire('registered');
    // 6.7 UE-4: at once after the registration if the bootstrap says so, once per reset. [R-6.7-8]
    const owed = this.#connectTo;
    this.#connectTo = [];
    const opened = owed.flatMap((ServerID) => this.#asked({ kind: 'connect', ServerID }));
    return [...opened, ...this.#next()];
  }

  #asked(opening: Opening): FlowEffect[] {
    if (this.#fire(opening.kind)) return this.#open(opening);
    const { kind, ServerID } = opening;
    // 6.7 UE-4: a session with that server is open, and is what was asked for; an alert is not in it. [R-6.7-9]
    if (ServerID === this.#server && kind !== 'alert') return [];
    // One session does for all; the one that the server expects carries its SessionID.
    if (kind === 'package0' || !this.#waiting.has(ServerID)) this.#waiting.set(ServerID, opening);
    return [];
  }

  #next(): FlowEffect[] {
    for (const opening of this.#waiting.values()) {
      if (!this.#fire(opening.kind)) continue;
      this.#waiting.delete(opening.ServerID);
      return this.#open(opening);
    }
    return [];
  }

  #open(opening: Opening): FlowEffect[] {
    this.#server = opening.ServerID;
    return [{ kind: 'open', opening }];
  }

  #fire(event: FlowEvent): boolean {
    const next = TRANSITIONS[this.#state][event];
    if (next === undefined) return false;
    this.#state = next;
    return true;
  }
}
