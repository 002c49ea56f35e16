/**
 * Ends of actions that a server did not wait for: each is told by an Alert 1226 with the Correlator of its Exec, until
 * the server has said something to it.
 *
 * OMA-DMPRO 8.7, OMA-DMREPPRO 6.6.5; PKT-SP-UE-PROV 6.8.3.1.6. Used by device.ts.
 */
import type { Instant } from '@ueprov/protocols';
import { GENERIC_ALERT } from '@ueprov/protocols/events';
import type { Alert } from '@ueprov/protocols/syncml';

/** What was begun for a server, and in what words its end is told. */
export interface Begun {
  readonly ServerID: string;
  readonly uri: string;
  readonly alertType: string;
  readonly Correlator?: string;
}

interface End {
  readonly ServerID: string;
  readonly alert: Alert;
}

/** Beyond, the oldest are not told. */
export const ENDS_MAX = 64;
/** A server that could not be told is tried again after so long, twice as long each time. */
const RETRY_MS = 30_000;
const RETRY_MAX_MS = 1_800_000;

export class ActionEnds {
  #ends: readonly End[] = [];
  /** Those that went with the session that is open. */
  #carried: readonly End[] = [];
  #failures = 0;
  #retryAt: Instant | undefined;

  /** When a server that could not be told is tried again. */
  get deadline(): Instant | undefined {
    return this.#retryAt;
  }

  /** Gives back the server that has to hear of it. */
  add({ ServerID, uri, alertType, Correlator }: Begun, status: number, text?: string): string {
    const Mark = status < 300 ? 'informational' : 'warning';
    const Meta = { Type: alertType, Format: 'chr', Mark };
    const alert: Alert = {
      kind: 'Alert',
      CmdID: '',
      Data: GENERIC_ALERT,
      // [R-6.8.3.1.6-i2] [REPPRO 6.3.4-1] To the letter as it came with the Exec.
      ...(Correlator !== undefined && { Correlator }),
      Items: [{ Source: { LocURI: uri }, Meta, Data: text ?? String(status) }],
    };
    this.#ends = [...this.#ends, { ServerID, alert }].slice(-ENDS_MAX);
    return ServerID;
  }

  /** The alerts that a session with this server carries. */
  due(ServerID: string): readonly Alert[] {
    this.#carried = this.#ends.filter((end) => end.ServerID === ServerID);
    this.#retryAt = undefined;
    return this.#carried.map(({ alert }) => alert);
  }

  /** A session is over. What its server said to each of `due`, in order; undefined where it said nothing. */
  settle(statuses: readonly (number | undefined)[], now: Instant): void {
    const told = new Set(this.#carried.filter((_end, index) => statuses[index] !== undefined));
    this.#failures = told.size === this.#carried.length ? 0 : this.#failures + 1;
    this.#carried = [];
    this.#ends = this.#ends.filter((end) => !told.has(end));
    if (this.#ends.length === 0) return;
    this.#retryAt = now + Math.min(RETRY_MS * 2 ** Math.max(this.#failures - 1, 0), RETRY_MAX_MS);
  }

  /** The servers to try again, when `deadline` has come. */
  retry(now: Instant): readonly string[] {
    if (this.#retryAt === undefined || this.#retryAt > now) return [];
    this.#retryAt = undefined;
    return [...new Set(this.#ends.map(({ ServerID }) => ServerID))];
  }
}
