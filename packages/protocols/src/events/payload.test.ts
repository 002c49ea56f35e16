import { describe, expect, it } from 'vitest';
import { LOCAL, Tree } from '../dm/tree/index.ts';
import { ProtocolError } from '../error.ts';
import { deviceShape, eventUri, readMemEvent, writeMemEvents } from '../mo/index.ts';
import {
  CATALOGUE,
  decodeEventPayload,
  type Event,
  encodeEventPayload,
  eventNamed,
  occur,
  PAYLOAD_LENGTH_MAX,
  SEVERITIES,
} from './index.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const TEXT =
  'Not all UE and User profiles were configured; may also contain warning(s) and error(s)';

const EVENT: Event = {
  EventID: 4000970003,
  Severity: 'critical',
  Text: TEXT,
  time: Date.UTC(2026, 0, 1, 9),
  HOSTNAME: 'user@domainname.com',
  type: 'PACKETCABLE',
};

describe('encodeEventPayload', () => {
  it('writes the first example of 6.8.3.1.5.2, without its slips [R-6.8.3.1.5-1] [R-6.8.3.1.5.2-1] [R-6.8.3.1.5.2-3] [R-6.8.3.1.5.2-4] [R-6.8.3.1.5.2-5] [R-6.8.3.1.5.2-6] [R-6.8.3.1.5.2-8] [R-6.8.3.1.5.2-9] [R-6.8.3.1.5.2-10]', () => {
    expect(encodeEventPayload(EVENT)).toBe(
      `<130>Jan  1 09:00:00 user@domainname.com UE: [PACKETCABLE]:<4000970003><0> ${TEXT}`,
    );
  });

  it('writes the second example with the identifier of the vendor', () => {
    const event: Event = {
      EventID: 10,
      Severity: 'warning',
      Text: 'AC Power Failure; running on battery',
      time: Date.UTC(2026, 0, 11, 21, 4, 3),
      HOSTNAME: 'user@domainname.com',
      type: 'XYZ',
    };
    expect(encodeEventPayload(event)).toBe(
      '<132>Jan 11 21:04:03 user@domainname.com UE: [XYZ]:<10><0> AC Power Failure; running on battery',
    );
  });

  it('writes the time in UTC, whatever the zone of the device [R-6.8.3.1.5.2-2]', () => {
    const time = Date.parse('2026-07-31T23:59:59.900-05:00');
    expect(encodeEventPayload({ ...EVENT, time })).toContain('>Aug  1 04:59:59 user');
  });

  it('writes the description that is stored in the MEM object [R-6.8.3.1.5.2-11]', () => {
    const tree = new Tree(deviceShape());
    writeMemEvents(tree, CATALOGUE, NOW);
    const event = eventNamed('PROV-UE-1')!;
    tree.replace(`${eventUri(event)}/Text`, { Data: 'Changed by the operator' }, LOCAL, NOW);
    const reporter = { publicIdentity: 'sip:u@example.com', vendor: 'XYZ' };
    const payload = encodeEventPayload(occur(readMemEvent(tree, event)!, reporter, NOW));
    expect(payload).toMatch(/<4000970000><0> Changed by the operator$/);
  });

  it('stays within a syslog packet at its longest', () => {
    const reporter = { publicIdentity: `sip:${'h'.repeat(2000)}`, vendor: 'v'.repeat(2000) };
    const longest = { EventID: 1, Severity: 'fatal', Text: 't'.repeat(2000) } as const;
    const payload = encodeEventPayload(occur(longest, reporter, NOW));
    expect(payload.length).toBeLessThanOrEqual(PAYLOAD_LENGTH_MAX);
    expect(decodeEventPayload(payload, NOW).Text).toHaveLength(127);
  });
});

describe('decodeEventPayload', () => {
  it('reads what is written, for every severity', () => {
    for (const Severity of SEVERITIES) {
      const { type, ...rest } = { ...EVENT, Severity };
      expect(decodeEventPayload(encodeEventPayload({ ...EVENT, Severity }), NOW)).toEqual({
        ...rest,
        type,
        TAG: 'UE',
        correlationID: 0,
      });
    }
  });

  it('reads the first example as it is printed', () => {
    const printed = `<130>Jan 1 09:00:00 user@domainname.com UE: [PACKETCABLE]:<4000970003><0> ${TEXT}".`;
    expect(decodeEventPayload(printed, NOW)).toEqual({
      ...EVENT,
      TAG: 'UE',
      correlationID: 0,
    });
  });

  it('reads the second example as it is printed', () => {
    const printed =
      '<132> Jan 11 21:04:03 user@domainname.com UE: [XYZ]:<10><0>AC Power Failure; running on battery.';
    expect(decodeEventPayload(printed, NOW)).toMatchObject({
      EventID: 10,
      Severity: 'warning',
      type: 'XYZ',
      Text: 'AC Power Failure; running on battery.',
      time: Date.UTC(2026, 0, 11, 21, 4, 3),
    });
  });

  it('reads the CONTEXT alone', () => {
    expect(decodeEventPayload('<4000970003><0> text', NOW)).toEqual({
      EventID: 4000970003,
      correlationID: 0,
      Text: 'text',
    });
  });

  it.each([
    ['tag and type without blank and colon', '<130>Jan  1 09:00:00 h UE[PACKETCABLE]: <1><0> t'],
    ['a day with a zero', '<130>Jan 01 09:00:00 h UE: [PACKETCABLE]:<1><0> t'],
    ['a foreign facility', '<14>Jan  1 09:00:00 h UE: [PACKETCABLE]:<1><0> t'],
    ['a line break at the end', '<130>Jan  1 09:00:00 h UE: [PACKETCABLE]:<1><0> t\r\n'],
  ])('reads %s', (_, text) => {
    expect(decodeEventPayload(text, NOW)).toMatchObject({ EventID: 1, Text: 't' });
  });

  it('keeps quotes that belong together', () => {
    expect(decodeEventPayload('<1><0> a "b"', NOW).Text).toBe('a "b"');
    expect(decodeEventPayload('<1><0> a "b', NOW).Text).toBe('a "b');
  });

  it('takes the year that is nearest', () => {
    const year = (text: string, now: number) =>
      new Date(
        decodeEventPayload(`<130>${text} 12:00:00 h UE: [X]:<1><0> t`, now).time!,
      ).getUTCFullYear();
    expect(year('Dec 31', Date.UTC(2026, 0, 1))).toBe(2025);
    expect(year('Jan  1', Date.UTC(2025, 11, 31))).toBe(2026);
    expect(year('Feb 29', Date.UTC(2027, 11, 1))).toBe(2028);
  });

  it.each([
    '',
    'hello',
    '<130>',
    '<192>Jan  1 09:00:00 h UE: [X]:<1><0> t',
    '<130>Foo  1 09:00:00 h UE: [X]:<1><0> t',
    '<130>Jan 32 09:00:00 h UE: [X]:<1><0> t',
    '<130>Jan  1 25:00:00 h UE: [X]:<1><0> t',
    '<130>Feb 29 09:00:00 h UE: [X]:<1><0> t',
    '<130>Jan  1 09:00:00 h',
    '<130>Jan  1 09:00:00 h UE: <1><0> t',
    '<130>Jan  1 09:00:00 h UE: [X]:<1> t',
    '<130>Jan  1 09:00:00 h UE: [X]:<4294967296><0> t',
    '<99999999999><0> t',
  ])('%j is a ProtocolError', (text) => {
    const decode = () => decodeEventPayload(text, Date.UTC(2030, 5, 1));
    expect(decode).toThrow(ProtocolError);
    expect(decode).toThrow(expect.objectContaining({ code: 'EVENT_SYNTAX' }));
  });

  it('reads 1024 characters and not 1025', () => {
    const text = `<1><0> ${'t'.repeat(PAYLOAD_LENGTH_MAX - 7)}`;
    expect(decodeEventPayload(text, NOW).Text).toHaveLength(PAYLOAD_LENGTH_MAX - 7);
    expect(() => decodeEventPayload(`${text}t`, NOW)).toThrow(
      expect.objectContaining({ code: 'EVENT_TOO_LONG' }),
    );
  });
});
