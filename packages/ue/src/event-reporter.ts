/**
 * Events of the UE: raised from what happened in a session, kept in the local log, and carried to their server as Generic
 * Alerts. PKT-SP-UE-PROV 6.8.3.1 and Annex A.1 [R-6.8.3-1] [R-A.1-1].
 */
import assert from 'node:assert';
import type { Instant } from '@ueprov/protocols';
import type { Tree } from '@ueprov/protocols/dm/tree';
import {
  type Event,
  encodeGenericAlert,
  eventNamed,
  occur,
  PACKETCABLE_ENTERPRISE,
  provisioningOutcome,
} from '@ueprov/protocols/events';
import {
  appendToLog,
  mechanismsOf,
  missingObjects,
  obeyMemControl,
  PKTC_MEM_URI,
  readMemEvent,
} from '@ueprov/protocols/mo';
import type { Alert } from '@ueprov/protocols/syncml';
import { serverAccounts } from './account.ts';
import type { ExchangeEffect } from './exchange.ts';

type Ended = Extract<ExchangeEffect, { kind: 'ended' }>;

/** Events that wait for a session; beyond, the oldest are in the local log only. */
export const WAITING_EVENTS_MAX = 64;
/** A server that cannot be reached is tried again after so long, twice as long each time. */
const RETRY_MS = 30_000;
const RETRY_MAX_MS = 1_800_000;
/** The mechanism `syslog` comes with the syslog client. [R-6.8.3.1.4.1-3] */
export const IS_SYSLOG_SUPPORTED = false;

export class EventReporter {
  readonly #tree: Tree;
  readonly #publicIdentity: string;
  #waiting: Event[] = [];
  /** Those that went with the session that is open. */
  #carried: readonly Event[] = [];
  #failures = 0;
  #retryAt: Instant | undefined;

  constructor(tree: Tree, publicIdentity: string) {
    this.#tree = tree;
    this.#publicIdentity = publicIdentity;
  }

  /** When a report that failed is tried again. */
  get deadline(): Instant | undefined {
    return this.#retryAt;
  }

  /** The alerts that a session with this server carries, one per event: each is answered by itself. [R-6.8.3.1.4.3-1] */
  due(ServerID: string): readonly Alert[] {
    if (ServerID !== this.#server() || this.#waiting.length === 0) return [];
    this.#carried = this.#waiting;
    this.#retryAt = undefined;
    return this.#carried.map((event) => encodeGenericAlert([event]));
  }

  /** Takes note of a session; gives back the server that has to hear of something, now. */
  sessionEnded(ended: Ended, now: Instant): string | undefined {
    this.#settle(ended, now);
    obeyMemControl(this.#tree, now);
    const outcome = provisioningOutcome({
      isCompleted: ended.result === 'completed',
      commands: ended.executed,
      missing: missingObjects(this.#tree),
    });
    if (outcome !== undefined) this.#raise(outcome, now);
    return this.#serverToTell();
  }

  /** Takes note that the network does not want this UE; gives back the server that has to hear of it, now. */
  registrationFailed(IMPU: string, now: Instant): string | undefined {
    this.#raise('EUE-EV-2', now, IMPU);
    return this.#serverToTell();
  }

  /** The same for a registration whose protection is not what its SigSecurity says. */
  securityMismatch(IMPU: string, now: Instant): string | undefined {
    this.#raise('EUE-EV-1', now, IMPU);
    return this.#serverToTell();
  }

  /** The server to try again, when `deadline` has come. */
  retry(now: Instant): string | undefined {
    if (this.#retryAt === undefined || this.#retryAt > now) return undefined;
    this.#retryAt = undefined;
    return this.#serverToTell();
  }

  #serverToTell(): string | undefined {
    return this.#waiting.length > 0 && this.#retryAt === undefined ? this.#server() : undefined;
  }

  /** What the server took, or refused for good, is done; without such an answer it waits. */
  #settle({ alertStatuses }: Ended, now: Instant): void {
    const carried = this.#carried;
    this.#carried = [];
    if (carried.length === 0) return;
    const settled = new Set(
      carried.filter((_event, index) => isSettled(alertStatuses.get(index) ?? NO_STATUS)),
    );
    this.#waiting = this.#waiting.filter((event) => !settled.has(event));
    if (carried.every((event) => settled.has(event))) {
      this.#failures = 0;
      return;
    }
    this.#retryAt = now + Math.min(RETRY_MS * 2 ** this.#failures, RETRY_MAX_MS);
    this.#failures += 1;
  }

  /** `detail` takes the place of `<...>` in the text of the event. */
  #raise(name: string, now: Instant, detail?: string): void {
    const definition = eventNamed(name);
    assert(definition !== undefined, `${name} is in the catalogue`);
    const { EventID } = definition;
    const mem =
      readMemEvent(this.#tree, { Enterprise: PACKETCABLE_ENTERPRISE, EventID }) ?? definition;
    const mechanisms = mechanismsOf(mem.Reporting, IS_SYSLOG_SUPPORTED);
    const reporter = { publicIdentity: this.#publicIdentity, vendor: 'UEPROV' };
    const event = occur(mem, reporter, now, detail);
    // [R-6.8.3.1.4.1-i1]
    if (mechanisms.includes('local')) {
      const { Severity, Enterprise, NonVolatile } = mem;
      const { Text, HOSTNAME: Endpoint } = event;
      const logged = { Enterprise, EventID, Severity, Text, Endpoint, NonVolatile };
      appendToLog(this.#tree, { ...logged, Mechanisms: mechanisms }, now);
    }
    // [R-6.8.3.1.4.1-i2]
    if (mechanisms.includes('alert')) {
      this.#waiting = [...this.#waiting, event].slice(-WAITING_EVENTS_MAX);
    }
  }

  /** Where alerts go: the account that MEM names, else the one of UE provisioning. [R-6.8.1-i1] */
  #server(): string | undefined {
    const accounts = serverAccounts(this.#tree);
    const named = this.#tree.text(`${PKTC_MEM_URI}/Alert/ServerID`);
    return (accounts.find(({ ServerID }) => ServerID === named) ?? accounts[0])?.ServerID;
  }
}

const NO_STATUS = 0;

/** OMA-DMREPPRO 10: 5xx is the server's trouble and may pass; 501 says that it never will. */
function isSettled(status: number): boolean {
  return status === 501 || (status !== NO_STATUS && status < 500);
}
