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
  /** First registration since the reset, and a DMAcc says DMInitConnect. */
  | 'registeredConnect'
  | 'registered'
  | 'registrationLost'
  /** A Package #0 whose digest is right, or an alert that wants to be reported. */
  | 'package0'
  | 'alert'
  | 'sessionEnded';

/** Figure 9. An event absent from a row is ignored in that state. */
export const TRANSITIONS: Readonly<Record<FlowState, Partial<Record<FlowEvent, FlowState>>>> = {
  Bootstrapped: { start: 'Registering' },
  Registering: {
    registered: 'Registered',
    registeredConnect: 'InSession',
    package0: 'InSessionUnregistered',
  },
  Registered: {
    package0: 'InSession',
    alert: 'InSession',
    registrationLost: 'Registering',
  },
  // 6.7 UE-4: Package #0 is ignored while a session with that server is open. [R-6.7-9]
  InSession: { sessionEnded: 'Registered', registrationLost: 'InSessionUnregistered' },
  InSessionUnregistered: { sessionEnded: 'Registering', registered: 'InSession' },
};

/** Why a session is opened: it decides between Alert 1200 and 1201, and the SessionID. */
export type Opening =
  | { readonly kind: 'package0'; readonly ServerID: string; readonly SessionID: string }
  | { readonly kind: 'connect'; readonly ServerID: string }
  | { readonly kind: 'alert'; readonly ServerID: string };

export type FlowInput =
  | { readonly kind: 'start' }
  | { readonly kind: 'registered' }
  | { readonly kind: 'registrationLost' }
  | { readonly kind: 'package0'; readonly ServerID: string; readonly SessionID: string }
  | { readonly kind: 'alert'; readonly ServerID: string }
  | { readonly kind: 'sessionEnded' };

export type FlowEffect =
  | { readonly kind: 'register' }
  | { readonly kind: 'open'; readonly opening: Opening };

export class Flow {
  #state: FlowState = 'Bootstrapped';
  /** The server to contact after the first registration, while that is still owed. */
  #connectTo: string | undefined;
  /** The server of the session that is open. */
  #server: string | undefined;
  /** What is to be opened when the session ends: of other servers, and alerts; one per server. */
  readonly #waiting = new Map<string, Opening>();

  /** `connectTo`: ServerID of the account whose DMInitConnect is true, if one is. */
  constructor(connectTo: string | undefined) {
    this.#connectTo = connectTo;
  }

  get state(): FlowState {
    return this.#state;
  }

  step(input: FlowInput): FlowEffect[] {
    switch (input.kind) {
      case 'registered':
        return this.#registered();
      case 'package0':
      case 'alert':
        return this.#asked(input);
      case 'start':
        return this.#fire('start') ? [{ kind: 'register' }] : [];
      case 'sessionEnded':
        return this.#ended();
      case 'registrationLost':
        this.#fire('registrationLost');
        return [];
    }
  }

  #asked(opening: Exclude<Opening, { kind: 'connect' }>): FlowEffect[] {
    if (this.#fire(opening.kind)) return this.#open(opening);
    const isSame = opening.ServerID === this.#server && opening.kind === 'package0';
    const isOpen = this.#state === 'InSession' || this.#state === 'InSessionUnregistered';
    if (isOpen && !isSame) this.#waiting.set(opening.ServerID, opening);
    return [];
  }

  #ended(): FlowEffect[] {
    this.#fire('sessionEnded');
    this.#server = undefined;
    const [next] = this.#waiting.values();
    if (next === undefined || next.kind === 'connect' || !this.#fire(next.kind)) return [];
    this.#waiting.delete(next.ServerID);
    return this.#open(next);
  }

  #open(opening: Opening): FlowEffect[] {
    this.#server = opening.ServerID;
    return [{ kind: 'open', opening }];
  }

  #registered(): FlowEffect[] {
    const ServerID = this.#connectTo;
    // 6.7 UE-4: at once after the registration if the bootstrap says so, once per reset. [R-6.7-8]
    if (ServerID !== undefined && this.#state === 'Registering') {
      this.#connectTo = undefined;
      this.#fire('registeredConnect');
      return this.#open({ kind: 'connect', ServerID });
    }
    this.#fire('registered');
    const [next] = this.#state === 'Registered' ? this.#waiting.values() : [];
    return next === undefined ? [] : this.#ended();
  }

  #fire(event: FlowEvent): boolean {
    const next = TRANSITIONS[this.#state][event];
    if (next === undefined) return false;
    this.#state = next;
    return true;
  }
}
