/**
 * Questions to the DNS and what it answers, as values (RFC 1035, RFC 2782, RFC 2915, RFC 3596).
 * Octets belong to whoever asks: the shell's resolver, the lab's server.
 */

/** RFC 2782. */
export interface Srv {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  /** A name, without a dot at its end; empty: this service is not available here. */
  readonly target: string;
}

/** RFC 2915. */
export interface Naptr {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly service: string;
  readonly regexp: string;
  /** A name, without a dot at its end; empty where `regexp` stands instead. */
  readonly replacement: string;
}

/** What each type of question gives; of addresses, their text. */
export interface RecordsOf {
  readonly A: string;
  readonly AAAA: string;
  readonly SRV: Srv;
  readonly NAPTR: Naptr;
}
export type RecordType = keyof RecordsOf;

export interface Question<Type extends RecordType = RecordType> {
  readonly type: Type;
  readonly name: string;
}

/** Records with their lifetime in seconds; none, which is an answer too; or no answer. */
export type Answer<Type extends RecordType = RecordType> =
  | { readonly kind: 'records'; readonly records: readonly RecordsOf[Type][]; readonly ttl: number }
  /** The name is not there, or has no such record. */
  | { readonly kind: 'none'; readonly ttl: number }
  /** No server said anything that could be used. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Of one answer more are not looked at: who needs more is playing with us (AC-30). */
export const RECORD_COUNT_MAX = 64;
/** RFC 1035 2.3.4, written with dots. */
export const NAME_LENGTH_MAX = 253;

/** Letters, digits, hyphens, and the underscore of a service; 63 octets a label. */
const LABEL = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/;

/** Whether a host or service name may be asked for; a dot at the end is left out by the caller. */
export function isName(text: string): boolean {
  return text.length <= NAME_LENGTH_MAX && text.split('.').every((label) => LABEL.test(label));
}

/** `_sip._udp.home.example`: RFC 2782 has no difference of case. */
export function questionKey({ type, name }: Question): string {
  return `${type} ${name.toLowerCase()}`;
}
