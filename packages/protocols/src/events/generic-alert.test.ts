import { describe, expect, it } from 'vitest';
import type { Item } from '../syncml/message.ts';
import {
  decodeGenericAlert,
  type Event,
  encodeEventPayload,
  encodeGenericAlert,
  encodeTrap,
  SEVERITIES,
  TRAP_TYPE,
  UE_EVENT_TYPE,
} from './index.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

const EVENT: Event = {
  EventID: 4000970000,
  Severity: 'informational',
  Text: 'text',
  time: NOW,
  HOSTNAME: 'user@domainname.com',
  type: 'PACKETCABLE',
};

describe('encodeGenericAlert', () => {
  it('is an Alert 1226 as Table 6 has it [R-6.8.3.1.6-1] [R-6.8.3.1.6-2] [R-6.8.3.1.6-i1] [R-6.8.3.1.6-i3] [R-6.8.3.1.6-i4] [R-6.8.3.1.4.3-1] [R-6.8.3.1.4.3-3] [R-6.8.3.1.4.3-i2]', () => {
    expect(encodeGenericAlert([EVENT])).toEqual({
      kind: 'Alert',
      CmdID: '',
      Data: '1226',
      Items: [
        {
          Meta: {
            Type: 'Reversed-Domain-Name: com.cablelabs.pkt.oma.dm.ue-events',
            Format: 'chr',
            Mark: 'informational',
          },
          Data: encodeEventPayload(EVENT),
        },
      ],
    });
  });

  it('has no Source, and a Mark always [R-6.8.3.1.6-3] [R-6.8.3.1.6-4]', () => {
    const { Items } = encodeGenericAlert(SEVERITIES.map((Severity) => ({ ...EVENT, Severity })));
    expect(Items).toHaveLength(8);
    for (const item of Items) {
      expect(item).not.toHaveProperty('Source');
      expect(item.Meta?.Mark).toMatch(/^[a-z]+$/);
    }
  });

  it('has a Correlator in an answer to an Exec and nowhere else [R-6.8.3.1.6-i2]', () => {
    expect(encodeGenericAlert([EVENT])).not.toHaveProperty('Correlator');
    expect(encodeGenericAlert([EVENT], 'abc').Correlator).toBe('abc');
  });
});

it('an OMA trap has its registered identifier as Data [R-6.8.3.1.4.3-2] [R-6.8.3.1.4.3-i1]', () => {
  const alert = encodeTrap('urn:example:trap');
  expect(alert).toEqual({
    kind: 'Alert',
    CmdID: '',
    Data: '1226',
    Items: [
      {
        Meta: {
          Type: 'Reversed-Domain-Name:org.openmobilealliance.dm.diagmon.trap',
          Format: 'chr',
        },
        Data: 'urn:example:trap',
      },
    ],
  });
  expect(decodeGenericAlert(alert.Items[0]!, NOW)).toEqual({
    kind: 'trap',
    Severity: 'informational',
    TrapID: 'urn:example:trap',
  });
});

describe('decodeGenericAlert', () => {
  const item = (Meta: Item['Meta'], Data: Item['Data'] = encodeEventPayload(EVENT)): Item => ({
    ...(Meta !== undefined && { Meta }),
    Data,
  });

  it.each([
    UE_EVENT_TYPE,
    'Reversed-Domain-Name:com.cablelabs.pkt.oma.dm.ue-events',
    'Reversed-Domain-Name: com.cablelabs.pkt.oma.dm.ue-event',
    ' reversed-domain-name : COM.CableLabs.pkt.oma.dm.ue-events ',
    'com.cablelabs.pkt.oma.dm.ue-events',
  ])('reads an event of Type %j', (Type) => {
    expect(decodeGenericAlert(item({ Type, Format: 'Chr', Mark: 'Critical' }), NOW)).toMatchObject({
      kind: 'event',
      Severity: 'critical',
      payload: { EventID: 4000970000, Severity: 'informational', Text: 'text' },
    });
  });

  it('reads Type and Format that have changed places', () => {
    expect(decodeGenericAlert(item({ Type: 'chr', Format: UE_EVENT_TYPE }), NOW).kind).toBe(
      'event',
    );
  });

  it.each([
    ['an unknown Type', item({ Type: 'Reversed-Domain-Name: com.example.x' }), 415],
    ['another prefix', item({ Type: 'Content-Type: text/plain' }), 415],
    ['another Format', item({ Type: UE_EVENT_TYPE, Format: 'bin' }), 415],
    ['octets', item({ Type: UE_EVENT_TYPE }, new Uint8Array(4)), 415],
    ['a text that is no event', item({ Type: UE_EVENT_TYPE }, 'hello'), 415],
    ['ten megabytes', item({ Type: UE_EVENT_TYPE }, 'x'.repeat(10_000_000)), 415],
    ['a trap without identifier', item({ Type: TRAP_TYPE }, ' '), 415],
    ['a trap past 255 characters', item({ Type: TRAP_TYPE }, 'x'.repeat(256)), 415],
    ['no Meta', item(undefined), 412],
    ['no Type', item({ Format: 'chr' }), 412],
    ['no Data', { Meta: { Type: UE_EVENT_TYPE } }, 412],
  ])('refuses %s', (_, given, status) => {
    expect(decodeGenericAlert(given, NOW)).toMatchObject({ kind: 'refused', status });
  });
});
