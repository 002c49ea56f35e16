/**
 * Generic Alerts (1226): events on their way to a DM server, and registered OMA traps.
 *
 * PKT-SP-UE-PROV 6.8.3.1.4.3 and 6.8.3.1.6 with Table 6, OMA-DMPRO Generic Alert. The UE encodes,
 * the collector decodes.
 */
import type { Instant } from '../engine.ts';
import { ProtocolError } from '../error.ts';
import type { Alert, Item, Meta } from '../syncml/message.ts';
import type { Event } from './event.ts';
import { decodeEventPayload, type EventPayload, encodeEventPayload } from './payload.ts';
import { markOf, type Severity, severityOfMark } from './severity.ts';

/** [R-6.8.3.1.6-i1] */
export const GENERIC_ALERT = '1226';

/** [R-6.8.3.1.6-i3] [R-6.8.3.1.4.3-i2] The spelling of Table 6; others are read as well. */
export const UE_EVENT_TYPE = 'Reversed-Domain-Name: com.cablelabs.pkt.oma.dm.ue-events';

/** [R-6.8.3.1.4.3-i1] */
export const TRAP_TYPE = 'Reversed-Domain-Name:org.openmobilealliance.dm.diagmon.trap';

/**
 * The Alert that tells of events, one Item each; whoever sends it gives the CmdID.
 * [R-6.8.3.1.4.3-1] [R-6.8.3.1.4.3-3] [R-6.8.3.1.6-1] [R-6.8.3.1.6-2]
 */
export function encodeGenericAlert(events: readonly Event[], Correlator?: string): Alert {
  return {
    kind: 'Alert',
    CmdID: '',
    Data: GENERIC_ALERT,
    // [R-6.8.3.1.6-i2] Only what answers an Exec has one: the one of that Exec.
    ...(Correlator !== undefined && { Correlator }),
    Items: events.map(encodeItem),
  };
}

/**
 * [R-6.8.3.1.6-3] No Source. [R-6.8.3.1.6-4] Always a Mark. [R-6.8.3.1.6-i4] The payload is the
 * Data.
 */
function encodeItem(event: Event): Item {
  return {
    Meta: { Format: 'chr', Type: UE_EVENT_TYPE, Mark: markOf(event.Severity) },
    Data: encodeEventPayload(event),
  };
}

/** [R-6.8.3.1.4.3-2] An OMA registered notification: its Data is the identifier of the trap. */
export function encodeTrap(TrapID: string, severity?: Severity): Alert {
  const mark = severity === undefined ? {} : { Mark: markOf(severity) };
  const Meta: Meta = { Format: 'chr', Type: TRAP_TYPE, ...mark };
  return { kind: 'Alert', CmdID: '', Data: GENERIC_ALERT, Items: [{ Meta, Data: TrapID }] };
}

export type GenericAlert =
  | {
      readonly kind: 'event';
      /** Of the Mark; the payload states one as well. */
      readonly Severity: Severity;
      readonly payload: EventPayload;
      /** The Data as it came. */
      readonly text: string;
    }
  | { readonly kind: 'trap'; readonly Severity: Severity; readonly TrapID: string }
  /** To be answered with this Status. */
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string };

/** Names that the specification prints, in lower case. */
const UE_EVENT_NAMES = ['com.cablelabs.pkt.oma.dm.ue-events', 'com.cablelabs.pkt.oma.dm.ue-event'];
const TRAP_NAME = 'org.openmobilealliance.dm.diagmon.trap';
const TRAP_ID_LENGTH_MAX = 255;

/**
 * Reads one Item of an Alert 1226. OMA-DMPRO: 412 if it is incomplete, 415 if its Type or Format is
 * not known.
 */
export function decodeGenericAlert(item: Item, now: Instant): GenericAlert {
  const meta = unswapped(item.Meta ?? {});
  if (meta.Type === undefined || item.Data === undefined) {
    return refuse(412, 'Generic Alert without Meta/Type or Data');
  }
  const name = typeName(meta.Type);
  if (name !== TRAP_NAME && !UE_EVENT_NAMES.includes(name)) {
    return refuse(415, 'Type of Generic Alert not known');
  }
  // OMA-DMPRO: Format is REQUIRED; MetInf has chr for what does not say.
  if ((meta.Format ?? 'chr').toLowerCase() !== 'chr' || typeof item.Data !== 'string') {
    return refuse(415, 'Format of Generic Alert is not chr');
  }
  const Severity = severityOfMark(meta.Mark);
  if (name === TRAP_NAME) return readTrap(Severity, item.Data);
  return readEvent(Severity, item.Data, now);
}

function readEvent(Severity: Severity, text: string, now: Instant): GenericAlert {
  try {
    return { kind: 'event', Severity, payload: decodeEventPayload(text, now), text };
  } catch (error) {
    if (error instanceof ProtocolError) return refuse(415, error.message);
    throw error;
  }
}

function readTrap(Severity: Severity, Data: string): GenericAlert {
  const TrapID = Data.trim();
  if (TrapID === '' || TrapID.length > TRAP_ID_LENGTH_MAX) return refuse(415, 'no TrapID');
  return { kind: 'trap', Severity, TrapID };
}

/** The Appendix I of the specification puts Format into Type and Type into Format. */
function unswapped(meta: Meta): Meta {
  const { Type, Format } = meta;
  if (Type?.trim().toLowerCase() !== 'chr' || Format === undefined) return meta;
  return { ...meta, Type: Format, Format: Type.trim() };
}

/** What is behind `Reversed-Domain-Name:`, without regard to case and blanks. */
function typeName(type: string): string {
  const [, rest] = /^\s*Reversed-Domain-Name\s*:(.*)$/is.exec(type) ?? [];
  return (rest ?? type).trim().toLowerCase();
}

function refuse(status: number, reason: string): GenericAlert {
  return { kind: 'refused', status, reason };
}
