/**
 * What an operation on the management tree came to: the Status code that the DM client will report.
 * OMA-DMREPPRO 10 and 4.1.6; order of precedence in facts: 505/513, 400/412, 414, 406, 405, 404/418, 425, 415/416/413, 420.
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
}

export type Outcome<Value = undefined> = Done<Value> | Refused;
