/**
 * A management event: what is defined of it, and what is told when it occurs.
 *
 * PKT-SP-UE-PROV 6.8.3.1.1 and 6.8.3.1.2. Used by the UE, which raises events, and by the
 * collector, which reads them.
 */
import type { Instant } from '../engine.ts';
import { DESCRIPTION_LENGTH_MAX, type MemEvent, type Severity } from '../mo/index.ts';

/** Private enterprise number of the organisation that defines PacketCable events. */
export const PACKETCABLE_ENTERPRISE = 4491;

/**
 * [R-6.8.3.1.1-1] From here to 0xFFFFFFFF (printed with seven F) an identifier is PacketCable's.
 */
export const PACKETCABLE_ID_MIN = 0x80000000;
export const EVENT_ID_MAX = 0xffffffff;

/** One occurrence, ready to be reported. */
export interface Event {
  readonly EventID: number;
  readonly Severity: Severity;
  /** The description, with its place-holders filled in. */
  readonly Text: string;
  readonly time: Instant;
  /** Public identity of the UE, without a scheme: `user@domain.example`. */
  readonly HOSTNAME: string;
  /** `PACKETCABLE`, or the identifier of the vendor. */
  readonly type: string;
}

/** Whether an identifier is in the range of PacketCable. */
export function isPacketCableId(EventID: number): boolean {
  return Number.isInteger(EventID) && EventID >= PACKETCABLE_ID_MIN && EventID <= EVENT_ID_MAX;
}

/** [R-6.8.3.1.1-2] Whether an identifier is in the range of vendors, 0 to 0x7FFFFFFF. */
export function isVendorId(EventID: number): boolean {
  return Number.isInteger(EventID) && EventID >= 0 && EventID < PACKETCABLE_ID_MIN;
}

/** [R-6.8.3.1.5.2-6] Event type identifier of PacketCable events. */
export const PACKETCABLE_TYPE = 'PACKETCABLE';

/** Who reports: the same in every event of a device. */
export interface Reporter {
  /** A SIP or TEL URI, or the same without its scheme. */
  readonly publicIdentity: string;
  /** [R-6.8.3.1.5.2-7] One identifier for all vendor events of the device. */
  readonly vendor: string;
}

/**
 * An occurrence of an event as the MEM object has it now; `detail` takes the place of `<...>` in
 * its text.
 */
export function occur(
  event: Pick<MemEvent, 'EventID' | 'Severity' | 'Text'>,
  reporter: Reporter,
  time: Instant,
  detail?: string,
): Event {
  const Text = detail === undefined ? event.Text : event.Text.replace(/<[^>]*>/, () => detail);
  return {
    EventID: event.EventID,
    Severity: event.Severity,
    Text: limitDescription(Text),
    time,
    HOSTNAME: hostname(reporter.publicIdentity),
    type: isPacketCableId(event.EventID)
      ? PACKETCABLE_TYPE
      : word(reporter.vendor, TYPE_LENGTH_MAX),
  };
}

/**
 * [R-6.8.3.1-5] At most 127 characters; RFC 3164 §4.1.3: printable ASCII, so that these are octets
 * as well.
 */
export function limitDescription(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, '?').slice(0, DESCRIPTION_LENGTH_MAX);
}

const HOSTNAME_LENGTH_MAX = 255;
const TYPE_LENGTH_MAX = 64;

/**
 * [R-6.8.3.1.5.2-3] The public identity; a scheme would end the HOSTNAME for every syslog parser.
 */
function hostname(publicIdentity: string): string {
  const bare = publicIdentity.replace(/^(?:sips?|tel):/i, '').replace(/[;?].*$/s, '');
  return word(bare, HOSTNAME_LENGTH_MAX);
}

/**
 * Printable ASCII without blanks and brackets: a field of the message that ends where it should.
 */
function word(text: string, lengthMax: number): string {
  return text.replace(/[^\x21-\x7e]|[[\]]/gu, '').slice(0, lengthMax) || '-';
}
