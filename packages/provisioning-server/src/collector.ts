/**
 * Alerts of devices, read into events (UE-4). PKT-SP-UE-PROV 6.8.3.1.6; OMA-DMPRO Generic Alert.
 * What a device told over its authenticated session counts as told by it.
 */
import type { Instant } from '@ueprov/protocols';
import { CATALOGUE, decodeGenericAlert, type GenericAlert } from '@ueprov/protocols/events';
import type { Alert, Item } from '@ueprov/protocols/syncml';
import type { EventRecord } from './store/record.ts';

export interface CollectContext {
  readonly device: string | undefined;
  readonly session: string;
  readonly now: Instant;
  /** Events of this session so far: an event's id is its session's and its number. */
  readonly first: number;
}

/** Of a trap: it has a name instead of a number. */
const NO_EVENT_ID = 0;

export function collectAlert(alert: Alert, context: CollectContext): EventRecord[] {
  if (alert.Data !== '1226') return [];
  return alert.Items.map((item) => decodeGenericAlert(item, context.now))
    .filter((read): read is Exclude<GenericAlert, { kind: 'refused' }> => read.kind !== 'refused')
    .map((read, index) => eventRecord(read, context, context.first + index + 1));
}

/** Whether an Item of a Generic Alert is of a type that is understood; 415 answers the others. */
export function isKnownAlertType(item: Item): boolean {
  return decodeGenericAlert(item, 0).kind !== 'refused';
}

function eventRecord(
  alert: Exclude<GenericAlert, { kind: 'refused' }>,
  { device, session, now }: CollectContext,
  number: number,
): EventRecord {
  const told = alert.kind === 'event' ? ofEvent(alert) : ofTrap(alert);
  return {
    id: `${session}-${number}`,
    at: now,
    ...(device !== undefined && { device }),
    session,
    source: 'alert',
    severity: alert.Severity,
    ...told,
  };
}

type Told = Pick<EventRecord, 'eventId' | 'name' | 'text' | 'payload'>;

function ofEvent({ payload, text }: Extract<GenericAlert, { kind: 'event' }>): Told {
  const { EventID, Text } = payload;
  const known = CATALOGUE.find((event) => event.EventID === EventID);
  return { eventId: EventID, name: known?.Name ?? String(EventID), text: Text, payload: text };
}

function ofTrap({ TrapID }: Extract<GenericAlert, { kind: 'trap' }>): Told {
  return {
    eventId: NO_EVENT_ID,
    name: TrapID,
    text: 'OMA registered notification',
    payload: TrapID,
  };
}
