/**
 * The text of an event as syslog carries it, and Item/Data of a Generic Alert as well.
 *
 * PKT-SP-UE-PROV 6.8.3.1.5, RFC 3164 §4.1. Written in one form; read in every form that the
 * specification's own examples have, because devices are made after the examples.
 */
import type { Instant } from '../engine.ts';
import { ProtocolError } from '../error.ts';
import { EVENT_ID_MAX, type Event } from './event.ts';
import { priorityOf, type Severity, severityOfLevel } from './severity.ts';

/** RFC 3164 §4.1: octets of a packet. */
export const PAYLOAD_LENGTH_MAX = 1024;

/** [R-6.8.3.1.5.2-4] */
const TAG = 'UE';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * [R-6.8.3.1.5-1] [R-6.8.3.1.5.2-1] `<PRI>TIMESTAMP HOSTNAME UE: [type]:<eventID><0> Description`.
 */
export function encodeEventPayload(event: Event): string {
  // [R-6.8.3.1.5.2-5] What RFC 3164 uses for a PID holds the event type identifier.
  const header = `<${priorityOf(event.Severity)}>${timestamp(event.time)} ${event.HOSTNAME}`;
  return `${header} ${TAG}: [${event.type}]:${encodeContext(event)}`;
}

/**
 * [R-6.8.3.1.5.2-8] [R-6.8.3.1.5.2-9] The identifier; [R-6.8.3.1.5.2-10] a correlation that is
 * always 0.
 */
function encodeContext({ EventID, Text }: Event): string {
  return `<${EventID}><0> ${Text}`;
}

/** [R-6.8.3.1.5.2-2] RFC 3164 §4.1.2, in UTC: a day below 10 has a blank before it. */
function timestamp(time: Instant): string {
  const date = new Date(time);
  const month = MONTHS[date.getUTCMonth()];
  const day = String(date.getUTCDate()).padStart(2, ' ');
  return `${month} ${day} ${date.toISOString().slice(11, 19)}`;
}

/**
 * An event as it came: a sender may give the CONTEXT alone, which is all that 6.8.3.1.5.2 calls
 * mandatory in it.
 */
export interface EventPayload {
  readonly EventID: number;
  readonly correlationID: number;
  readonly Text: string;
  readonly Severity?: Severity;
  readonly time?: Instant;
  readonly HOSTNAME?: string;
  readonly TAG?: string;
  readonly type?: string;
}

// `<130>Jan  1 09:00:00 user@domain UE: [PACKETCABLE]:`, with or without the blanks that the
// examples add or lack.
const PRI = /^<(\d{1,3})> */;
const TIMESTAMP = /^([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d{2}):(\d{2}):(\d{2}) +/;
const HOSTNAME = /^([!-~]{1,512}) +/;
const ORIGIN = /^([A-Za-z0-9]{1,32}):? ?\[([^\]]{1,128})\] ?:? ?/;
const CONTEXT = /^<(\d{1,10})>\s?<(\d{1,10})>\s?(.*)$/s;

/**
 * Reads the text of an event. It has no year: the one that brings it nearest to `now` is taken.
 * Throws `EVENT_TOO_LONG` and `EVENT_SYNTAX`.
 */
export function decodeEventPayload(text: string, now: Instant): EventPayload {
  if (text.length > PAYLOAD_LENGTH_MAX) {
    throw new ProtocolError('EVENT_TOO_LONG', `event text of ${text.length} characters`);
  }
  const line = text.trim();
  if (CONTEXT.test(line)) return readContext(line, 0);
  const reading = new Reading(line);
  const [pri] = reading.take(PRI, 'PRI');
  const time = readTime(reading.take(TIMESTAMP, 'TIMESTAMP'), now, reading);
  const [host] = reading.take(HOSTNAME, 'HOSTNAME');
  const [tag, type] = reading.take(ORIGIN, 'TAG');
  // RFC 3164 §4.1.1: facilities 0 to 23.
  if (Number(pri) > 191) throw reading.error('PRI');
  return {
    ...readContext(reading.rest, reading.at),
    // The facility is not asked: some devices have their own.
    Severity: severityOfLevel(Number(pri) % 8),
    time,
    HOSTNAME: host ?? '',
    TAG: tag ?? '',
    type: type ?? '',
  };
}

function readContext(text: string, at: number): EventPayload {
  const [, id, correlation, rest] = CONTEXT.exec(text) ?? [];
  if (id === undefined || Number(id) > EVENT_ID_MAX) {
    throw new ProtocolError('EVENT_SYNTAX', 'no CONTEXT in event text', { byte: at });
  }
  return {
    EventID: Number(id),
    correlationID: Number(correlation),
    Text: withoutLoneQuote((rest ?? '').trim()),
  };
}

/**
 * The first example of 6.8.3.1.5.2 closes a quotation that it never opened, before its full stop.
 */
function withoutLoneQuote(text: string): string {
  return text.replace(/^([^"]*)"\.?$/s, '$1');
}

/** Month, day, hour, minute, second in the year that is nearest to `now`. */
function readTime(groups: readonly string[], now: Instant, reading: Reading): Instant {
  const [name, ...numbers] = groups;
  const month = MONTHS.indexOf(name ?? '');
  const [day = 0, hour = 0, minute = 0, second = 0] = numbers.map(Number);
  const year = new Date(now).getUTCFullYear();
  const isPossible = month >= 0 && day >= 1 && day <= 31 && hour < 24 && minute < 60 && second < 61;
  if (!isPossible) throw reading.error('TIMESTAMP');
  const candidates = [year - 1, year, year + 1]
    .map((each) => Date.UTC(each, month, day, hour, minute, second))
    // The 29th of February is in some years only.
    .filter((time) => new Date(time).getUTCMonth() === month);
  const [first] = candidates.sort((a, b) => Math.abs(a - now) - Math.abs(b - now));
  if (first === undefined) throw reading.error('TIMESTAMP');
  return first;
}

class Reading {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get at(): number {
    return this.#at;
  }

  get rest(): string {
    return this.#text.slice(this.#at);
  }

  /** The groups of a pattern that stands next. */
  take(pattern: RegExp, field: string): readonly string[] {
    const found = pattern.exec(this.rest);
    if (found === null) throw this.error(field);
    this.#at += found[0].length;
    return found.slice(1);
  }

  error(field: string): ProtocolError {
    return new ProtocolError('EVENT_SYNTAX', `no ${field} in event text`, { byte: this.#at });
  }
}
