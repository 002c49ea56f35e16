import { type Event, encodeGenericAlert, encodeTrap } from '@ueprov/protocols/events';
import { expect, test } from 'vitest';
import { collectAlert, isKnownAlertType } from './collector.ts';

const AT = Date.UTC(2026, 0, 2, 3, 4, 5);
const CONTEXT = { device: 'd1', session: 's1', now: AT, first: 0 };
const EVENT: Event = {
  EventID: 4000970000,
  Severity: 'informational',
  Text: 'provisioned',
  time: AT - 60_000,
  HOSTNAME: 'ue1@ims.test',
  type: 'PACKETCABLE',
};

test('each Item of a Generic Alert is an event, with the name of the catalogue', () => {
  const events = collectAlert(encodeGenericAlert([EVENT, EVENT]), { ...CONTEXT, first: 2 });
  expect(events.map(({ id }) => id)).toEqual(['s1-3', 's1-4']);
  expect(events[0]).toMatchObject({
    at: AT,
    device: 'd1',
    session: 's1',
    source: 'alert',
    eventId: 4000970000,
    name: 'PROV-UE-1',
    severity: 'informational',
    text: 'provisioned',
  });
});

test('AC-42: an event is of the device that proved itself, whatever host its payload names', () => {
  const [event] = collectAlert(encodeGenericAlert([{ ...EVENT, HOSTNAME: 'other@x' }]), CONTEXT);
  expect(event?.device).toBe('d1');
  expect(event?.payload).toContain('other@x');
});

test('an event that no catalogue has goes by its number', () => {
  const [event] = collectAlert(encodeGenericAlert([{ ...EVENT, EventID: 4000979999 }]), CONTEXT);
  expect(event).toMatchObject({ eventId: 4000979999, name: '4000979999' });
});

test('a trap has a name and no number', () => {
  const [event] = collectAlert(encodeTrap('urn:oma:trap:x', 'warning'), CONTEXT);
  expect(event).toMatchObject({ eventId: 0, name: 'urn:oma:trap:x', severity: 'warning' });
});

test('Alerts that only say how the session stands are no events', () => {
  expect(collectAlert({ ...encodeGenericAlert([EVENT]), Data: '1201' }, CONTEXT)).toEqual([]);
});

test('an Item of a type that nobody knows is refused, and is no event', () => {
  const item = { Meta: { Type: 'Reversed-Domain-Name: example.unknown' }, Data: 'x' };
  expect(isKnownAlertType(item)).toBe(false);
  const alert = encodeGenericAlert([EVENT]);
  expect(isKnownAlertType(alert.Items[0]!)).toBe(true);
  expect(collectAlert({ ...alert, Items: [item, ...alert.Items] }, CONTEXT)).toHaveLength(1);
});
