/**
 * What an operation on the management tree came to: a value, or the Status code that the DM client
 * reports.
 *
 * OMA-DMREPPRO 4.1.6 and 10. No text orders the codes; docs/tree.md does, and a test plays its table.
 */
export type StatusCode = number;

export interface Done<Value> {
  readonly ok: true;
  readonly value: Value;
}

export interface Refused {
  readonly ok: false;
  readonly status: StatusCode;
  /** Why, in words, for logs; never on the wire. */
  readonly reason: string;
  /**
   * The node that failed, if it is not the addressed one (an implicit Add): for Status/Item/Target.
   */
  readonly at?: string;
}

export type Outcome<Value = undefined> = Done<Value> | Refused;

export function done(): Done<undefined>;
export function done<Value>(value: Value): Done<Value>;
export function done(value?: unknown): Done<unknown> {
  return { ok: true, value };
}

export function refused(status: StatusCode, reason: string, at?: string): Refused {
  return at === undefined ? { ok: false, status, reason } : { ok: false, status, reason, at };
}
