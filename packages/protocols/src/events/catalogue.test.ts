import { describe, expect, it } from 'vitest';
import { Tree } from '../dm/tree/index.ts';
import { deviceShape, readMemEvent, writeMemEvents } from '../mo/index.ts';
import {
  CATALOGUE,
  EVENT_ID_MAX,
  eventNamed,
  isPacketCableId,
  isReservedForRst,
  isVendorId,
  limitDescription,
  occur,
  PACKETCABLE_ID_MIN,
} from './index.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const REPORTER = { publicIdentity: 'sip:user@domainname.com', vendor: 'XYZ' };

/** Table 8, transcribed by hand. */
const TABLE_8 = [
  ['PROV-UE-1', 'informational', 'Successful acceptance of all UE and User profiles', 4000970000],
  ['PROV-UE-2', 'warning', 'UE and User profiles configured, warnings reported', 4000970001],
  [
    'PROV-UE-3',
    'minor',
    'UE and User profiles configured; contains error(s) and warning(s)',
    4000970002,
  ],
  [
    'PROV-UE-4',
    'critical',
    'Not all UE and User profiles were configured; may also contain warning(s) and error(s)',
    4000970003,
  ],
  ['UE-SM-1', 'warning', 'Software Download Failed: <reason description>', 4000970100],
  [
    'UE-SM-2',
    'warning',
    'Software Downloaded Failed Verification: <reason description>',
    4000970101,
  ],
  ['UE-SM-3', 'warning', 'SwAuthenticationFailure: <reason description>', 4000970102],
  ['UE-SM-4', 'harmless', 'SW activation delayed due user activity: <activity>', 4000970103],
  ['UE-SM-5', 'harmless', 'SW activation Completed', 4000970104],
] as const;

describe('the catalogue', () => {
  it.each(TABLE_8)('%s is that of Table 8 [R-A.1-1]', (Name, Severity, Text, EventID) => {
    expect(eventNamed(Name)).toMatchObject({ Name, Severity, Text, EventID, Enterprise: 4491 });
  });

  it('has the two registration events and nothing more [R-A.1-1]', () => {
    expect(eventNamed('EUE-EV-1')?.Severity).toBe('minor');
    expect(eventNamed('EUE-EV-2')?.Severity).toBe('critical');
    expect(CATALOGUE).toHaveLength(TABLE_8.length + 2);
  });

  it('has identifiers of the PacketCable range, each once, none reserved for RST [R-6.8.3.1.1-1] [R-A.1-i1]', () => {
    const ids = CATALOGUE.map(({ EventID }) => EventID);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every(isPacketCableId)).toBe(true);
    expect(ids.some(isReservedForRst)).toBe(false);
  });

  it('has descriptions of at most 127 characters [R-6.8.3.1-5]', () => {
    for (const { Text } of CATALOGUE) expect(limitDescription(Text)).toBe(Text);
  });

  it('fits the MEM object', () => {
    const tree = new Tree(deviceShape());
    writeMemEvents(tree, CATALOGUE, NOW);
    for (const event of CATALOGUE) expect(readMemEvent(tree, event)).toEqual(event);
  });
});

it('identifiers are divided between PacketCable and vendors [R-6.8.3.1.1-1] [R-6.8.3.1.1-2]', () => {
  const ranges = (id: number) => [isVendorId(id), isPacketCableId(id)];
  expect(ranges(-1)).toEqual([false, false]);
  expect(ranges(0)).toEqual([true, false]);
  expect(ranges(0x7fffffff)).toEqual([true, false]);
  expect(ranges(PACKETCABLE_ID_MIN)).toEqual([false, true]);
  expect(ranges(EVENT_ID_MAX)).toEqual([false, true]);
  expect(ranges(EVENT_ID_MAX + 1)).toEqual([false, false]);
  expect(ranges(1.5)).toEqual([false, false]);
});

it('400098xxxx is reserved for RST UEs [R-A.1-i1]', () => {
  expect([4000979999, 4000980000, 4000989999, 4000990000].map(isReservedForRst)).toEqual([
    false,
    true,
    true,
    false,
  ]);
});

describe('an occurrence', () => {
  const event = { EventID: 4000970100, Severity: 'warning', Text: 'Failed: <reason>' } as const;

  it('has its detail in the place that the text leaves for it', () => {
    expect(occur(event, REPORTER, NOW, 'HTTP 404 $& $1').Text).toBe('Failed: HTTP 404 $& $1');
    expect(occur(event, REPORTER, NOW).Text).toBe('Failed: <reason>');
  });

  it('has a description of at most 127 characters, whatever the detail [R-6.8.3.1-5]', () => {
    expect(occur(event, REPORTER, NOW, 'x'.repeat(10_000)).Text).toHaveLength(127);
    expect(occur({ ...event, Text: 'x'.repeat(127) }, REPORTER, NOW).Text).toHaveLength(127);
  });

  it('has printable ASCII only, so that no line breaks out of the log', () => {
    expect(occur(event, REPORTER, NOW, 'a\r\n\u001b[31mÄ\u{1F600}').Text).toBe(
      'Failed: a???[31m??',
    );
  });

  it('names the public identity without scheme and parameters', () => {
    const host = (publicIdentity: string) =>
      occur(event, { ...REPORTER, publicIdentity }, NOW).HOSTNAME;
    expect(host('sip:user@domainname.com')).toBe('user@domainname.com');
    expect(host('SIPS:user@domainname.com;user=phone?a=b')).toBe('user@domainname.com');
    expect(host('tel:+15550100')).toBe('+15550100');
    expect(host('a b\nc')).toBe('abc');
    expect(host('')).toBe('-');
  });

  it('is typed PACKETCABLE or, always alike, by the vendor [R-6.8.3.1.5.2-6] [R-6.8.3.1.5.2-7]', () => {
    expect(occur(event, REPORTER, NOW).type).toBe('PACKETCABLE');
    const vendor = [1, 10, 0x7fffffff].map((EventID) =>
      occur({ ...event, EventID }, REPORTER, NOW),
    );
    expect(vendor.map(({ type }) => type)).toEqual(['XYZ', 'XYZ', 'XYZ']);
  });
});
