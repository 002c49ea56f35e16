/**
 * What the answer to a MESSAGE means for its wake. 6.7 UE-3 leaves it open; the reading is in spec/notes.md: what says
 * that the UE or the way to it is down is tried again, all else is remembered and not asked twice.
 */
import type { WakeFailure } from './wake-funnel.ts';

export interface StatusMeaning {
  readonly failure: WakeFailure;
  /** The same MESSAGE may yet succeed. */
  readonly isRetried: boolean;
  /** Of the user or the UE itself, so that it holds until another registration. */
  readonly isRemembered: boolean;
}

const RETRIED = { isRetried: true, isRemembered: false } as const;
const FINAL = { isRetried: false, isRemembered: false } as const;
const REMEMBERED = { isRetried: false, isRemembered: true } as const;

/** [SIPPUSH OTA-9] */
const MEANINGS: Readonly<Record<number, StatusMeaning>> = {
  403: { failure: 'forbidden', ...FINAL },
  404: { failure: 'not-found', ...REMEMBERED },
  405: { failure: 'unsupported', ...REMEMBERED },
  408: { failure: 'timeout', ...RETRIED },
  410: { failure: 'not-found', ...REMEMBERED },
  // I-14: a UE without push answers 415, and will do so again.
  415: { failure: 'unsupported', ...REMEMBERED },
  430: { failure: 'unavailable', ...RETRIED },
  480: { failure: 'unavailable', ...RETRIED },
  486: { failure: 'unavailable', ...RETRIED },
  488: { failure: 'unsupported', ...REMEMBERED },
  500: { failure: 'server-error', ...RETRIED },
  502: { failure: 'server-error', ...RETRIED },
  503: { failure: 'overload', ...RETRIED },
  504: { failure: 'timeout', ...RETRIED },
  600: { failure: 'unavailable', ...RETRIED },
  604: { failure: 'not-found', ...REMEMBERED },
  606: { failure: 'unsupported', ...REMEMBERED },
};

export function meaningOf(status: number): StatusMeaning {
  return MEANINGS[status] ?? { failure: 'refused', ...FINAL };
}
