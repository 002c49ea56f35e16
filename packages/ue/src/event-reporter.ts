/**
 * Events of the UE: raised from what happened in a session, kept in the local log, and carried to their server as Generic
 * Alerts. PKT-SP-UE-PROV 6.8.3.1 and Annex A.1 [R-6.8.3-1] [R-A.1-1].
 */
import type { Instant } from '@ueprov/protocols';
import type { Tree } from '@ueprov/protocols/dm/tree';
import {
  CATALOGUE,
  type Event,
  encodeGenericAlert,
  occur,
  PACKETCABLE_ENTERPRISE,
  type ProvisioningEventName,
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
/** The mechanism `syslog` comes with the syslog client. */
const IS_SYSLOG_SUPPORTED = false;

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

  /** The alert that a session with this server carries, if any. [R-6.8.3.1.4.3-1] */
  due(ServerID: string): readonly Alert[] {
    if (ServerID !== this.#server() || this.#waiting.length === 0) return [];
    this.#carried = this.#waiting;
    this.#retryAt = undefined;
    return [encodeGenericAlert(this.#carried)];
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
    return this.#waiting.length > 0 && this.#retryAt === undefined ? this.#server() : undefined;
  }

  /** The server to try again, when `deadline` has come. */
  retry(now: Instant): string | undefined {
    if (this.#retryAt === undefined || this.#retryAt > now) return undefined;
    this.#retryAt = undefined;
    return this.#waiting.length > 0 ? this.#server() : undefined;
  }

  /** What the server took, or refused for good (4xx), is done; without an answer it waits. */
  #settle({ alertStatuses }: Ended, now: Instant): void {
    const carried = new Set(this.#carried);
    this.#carried = [];
    if (carried.size === 0) return;
    if (alertStatuses.has(0)) {
      this.#waiting = this.#waiting.filter((event) => !carried.has(event));
      this.#failures = 0;
      return;
    }
    this.#retryAt = now + Math.min(RETRY_MS * 2 ** this.#failures, RETRY_MAX_MS);
    this.#failures += 1;
  }

  #raise(name: ProvisioningEventName, now: Instant): void {
    const definition = CATALOGUE.find((event) => event.Name === name);
    if (definition === undefined) return;
    const { EventID } = definition;
    const mem =
      readMemEvent(this.#tree, { Enterprise: PACKETCABLE_ENTERPRISE, EventID }) ?? definition;
    const mechanisms = mechanismsOf(mem.Reporting, IS_SYSLOG_SUPPORTED);
    const reporter = { publicIdentity: this.#publicIdentity, vendor: 'UEPROV' };
    const event = occur(mem, reporter, now);
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
    const named = this.#tree.text(`${PKTC_MEM_URI}/Alert/ServerID`) ?? '';
    return named === '' ? serverAccounts(this.#tree)[0]?.ServerID : named;
  }
}
