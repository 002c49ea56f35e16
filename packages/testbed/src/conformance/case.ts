/**
 * One case of the conformance kit: a rule of OMA DM 1.2, what is sent, what is required, and what came of it.
 *
 * Ids are our own, by row of the checklist: HDR-1.1 is the first case of the row HDR-1. Used by both sides of the kit.
 */

export interface Case<Bench> {
  /** Row of the checklist, a dot, a number. */
  readonly id: string;
  /** Where the rule stands. */
  readonly clause: string;
  /** The rule. */
  readonly title: string;
  /** What has to be set up for it: another scheme than md5, or a client that reports events. */
  readonly setting?: Setting;
  /** Throws a Violation, an Inconclusive or a NotApplicable; returns if the rule was kept. */
  readonly run: (bench: Bench) => Promise<void>;
}

export type Setting = 'basic' | 'hmac' | 'events' | 'operations';

export type Verdict = 'pass' | 'fail' | 'inconclusive' | 'not-applicable';

/** One message on the wire, as it is shown: secrets masked. */
export interface Evidence {
  /** Milliseconds since the case began. */
  readonly at: number;
  readonly from: 'kit' | 'peer';
  /** `POST /dm`, `200`, `Package #0`. */
  readonly head: string;
  readonly text: string;
}

export interface CaseResult {
  readonly id: string;
  readonly clause: string;
  readonly title: string;
  readonly verdict: Verdict;
  /** Why it is no pass. */
  readonly reason?: string;
  readonly durationMs: number;
  readonly evidence: readonly Evidence[];
}

/** The peer did what the rule forbids, or left out what it requires. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** The peer never came to the point at which the rule would count. */
export class Inconclusive extends Error {
  override readonly name = 'Inconclusive';
}

/** The rule is about something that this peer does not have. */
export class NotApplicable extends Error {
  override readonly name = 'NotApplicable';
}

/** The row of a case: `GET-1` of `GET-1.3`. */
export function rowOf(id: string): string {
  return id.replace(/\.\d+$/, '');
}
