/**
 * PktcMEM, `./PktcMEM`: which events are reported how and how severely, and the local log.
 *
 * PKT-SP-UE-PROV 6.8.3.1; the object itself is PKT-UE-DATA's, which is not public: every name here
 * is reconstructed from PKTC-EVENT-MIB and stands in this file only. Used by the UE before it
 * reports anything; the log is `mem-log.ts`.
 */
import { LOCAL, type Shape, type Tree, wordsOf } from '../dm/tree/index.ts';
import type { Instant } from '../engine.ts';
import { CHANGE, interior, leaf, PORT_RANGE, READ, UNSIGNED_RANGE } from './describe.ts';

export const PKTC_MEM_URI = './PktcMEM';

/**
 * Table 10, the OMA column: the place in the list is the level. `alert` is legacy, and no Mark of
 * OMA.
 */
export const SEVERITIES = [
  'fatal',
  'alert',
  'critical',
  'minor',
  'warning',
  'informational',
  'harmless',
  'indeterminate',
] as const;

/** PKT-SP-UE-PROV 6.8.3.1.4.1. */
export const MECHANISMS = ['local', 'alert', 'syslog', 'none'] as const;

export type Severity = (typeof SEVERITIES)[number];
export type Mechanism = (typeof MECHANISMS)[number];

/** [R-6.8.3.1-5] In characters and in octets. */
export const DESCRIPTION_LENGTH_MAX = 127;

/** Entries of the local log, unless MaxEntries says otherwise. */
export const LOG_ENTRIES_DEFAULT = 100;
const LOG_ENTRIES_LIMIT = 10_000;

/** How the device was made to treat an event: an entry of its catalogue. */
export interface MemEvent {
  readonly EventID: number;
  /** Private enterprise number; 4491 for PacketCable events. */
  readonly Enterprise: number;
  readonly Name: string;
  readonly Severity: Severity;
  readonly Reporting: readonly Mechanism[];
  readonly Text: string;
  readonly NonVolatile: boolean;
}

function text(name: string, description: string): Shape {
  return leaf(name, 'chr', description, { lengthMax: DESCRIPTION_LENGTH_MAX });
}

function severity(name: string, description: string): Shape {
  return leaf(name, 'chr', description, { values: SEVERITIES });
}

const EVENT = interior(
  '',
  'One event that the device knows; its name is Enterprise-EventID.',
  [
    // Past the range of a DM int, which is signed.
    leaf('EventID', 'chr', 'Identifier, decimal.'),
    leaf('Enterprise', 'int', 'Private enterprise number.'),
    leaf('Name', 'chr', 'Name of the event.'),
    // [R-6.8.3.1.3.2-1]
    { ...severity('Severity', 'Severity in force.'), AccessType: CHANGE },
    // [R-6.8.3.1.4.1-1]
    leaf('Reporting', 'chr', 'Mechanisms, set apart by blanks.', {
      AccessType: CHANGE,
      words: MECHANISMS,
    }),
    { ...text('Text', 'Description sent.'), AccessType: CHANGE },
    leaf('NonVolatile', 'bool', 'Whether its log entries survive a restart.', {
      AccessType: CHANGE,
    }),
    severity('DefaultSeverity', 'Severity after ResetEvents.'),
    leaf('DefaultReporting', 'chr', 'Mechanisms after ResetEvents.', { words: MECHANISMS }),
    text('DefaultText', 'Description after ResetEvents.'),
  ],
  { occurrence: 'ZeroOrMore' },
);

/** [R-6.8.3.1.4.2-2] */
const LOG_ENTRY = interior(
  '',
  'One logged event; its name is Counter.',
  [
    leaf('Counter', 'chr', 'Sequence of events.'),
    leaf('Time', 'chr', 'Time of the latest occurrence, UTC.'),
    leaf('Severity', 'chr', 'Severity.', { values: SEVERITIES }),
    leaf('Enterprise', 'int', 'Private enterprise number.'),
    leaf('EventID', 'chr', 'Identifier, decimal.'),
    text('Text', 'Description of the latest occurrence.'),
    leaf('Endpoint', 'chr', 'Device and endpoint.'),
    leaf('Mechanisms', 'chr', 'How it was reported.', { words: MECHANISMS }),
    leaf('CorrelationID', 'int', 'Always 0.', { DefaultValue: '0' }),
    leaf('Count', 'int', 'Consecutive occurrences.', { DefaultValue: '1' }),
    leaf('NonVolatile', 'bool', 'Whether it survives a restart.', { DefaultValue: 'false' }),
  ],
  { occurrence: 'ZeroOrMore' },
);

const CONTROL = interior('Control', 'Commands and settings of the log.', [
  leaf('ClearLog', 'bool', 'Replaced by true, the log is cleared; reads false.', {
    AccessType: CHANGE,
    DefaultValue: 'false',
    persistent: false,
  }),
  leaf('ResetEvents', 'bool', 'Replaced by true, events get their defaults; reads false.', {
    AccessType: CHANGE,
    DefaultValue: 'false',
    persistent: false,
  }),
  leaf('MaxEntries', 'int', 'Most entries of the log; the oldest go.', {
    AccessType: CHANGE,
    DefaultValue: String(LOG_ENTRIES_DEFAULT),
    range: { min: 20, max: LOG_ENTRIES_LIMIT },
  }),
  leaf('CollapseRepeats', 'bool', 'Whether consecutive identical events are one entry.', {
    AccessType: CHANGE,
    DefaultValue: 'true',
  }),
]);

const SYSLOG = interior('Syslog', 'Where syslog messages go.', [
  leaf('Supported', 'bool', 'Whether the device sends syslog.', { DefaultValue: 'true' }),
  leaf('Enabled', 'bool', 'Whether it is switched on.', {
    AccessType: CHANGE,
    DefaultValue: 'false',
  }),
  leaf('AddrType', 'chr', 'Kind of Addr.', {
    AccessType: CHANGE,
    DefaultValue: 'ipv4',
    values: ['ipv4', 'ipv6', 'dns'],
  }),
  leaf('Addr', 'chr', 'Server.', { AccessType: CHANGE, DefaultValue: '', lengthMax: 255 }),
  leaf('Port', 'int', 'UDP port.', { AccessType: CHANGE, DefaultValue: '514', range: PORT_RANGE }),
]);

const THROTTLE = interior('Throttle', 'Limits of what is sent; never of what is logged.', [
  leaf('AdminStatus', 'int', '1 unconstrained, 2 below threshold, 3 stop at it, 4 inhibited.', {
    AccessType: CHANGE,
    DefaultValue: '1',
    range: { min: 1, max: 4 },
  }),
  leaf('Threshold', 'int', 'Events per interval.', {
    AccessType: CHANGE,
    DefaultValue: '2',
    range: { min: 0, max: 1024 },
  }),
  leaf('Interval', 'int', 'Length of the interval in s.', {
    AccessType: CHANGE,
    DefaultValue: '1',
    range: { min: 0, max: 604800 },
  }),
]);

export const PKTC_MEM: Shape = interior(
  'PktcMEM',
  'Management events.',
  [
    leaf('Version', 'chr', 'Version of this object.', { DefaultValue: '1.0' }),
    CONTROL,
    SYSLOG,
    THROTTLE,
    interior('Status', 'What happens to transmissions.', [
      leaf('Transmission', 'int', 'Bit field: throttled, no server, errors.', {
        DefaultValue: '0',
        range: UNSIGNED_RANGE,
        persistent: false,
      }),
    ]),
    interior('Alert', 'Where Generic Alerts go.', [
      leaf('ServerID', 'chr', 'DM account; empty is the one of UE provisioning.', {
        AccessType: CHANGE,
        DefaultValue: '',
      }),
    ]),
    interior('Event', 'Events that the device knows.', [EVENT], { AccessType: READ }),
    interior('Log', 'Local log, oldest first.', [LOG_ENTRY], { AccessType: READ }),
  ],
  { Type: 'urn:oma:mo:ext-cablelabs-pktcmem:1.0' },
);

/** [R-6.8.3.1.1-3] The node of an event: an identifier is unique under its enterprise only. */
export function eventUri({
  Enterprise,
  EventID,
}: Pick<MemEvent, 'Enterprise' | 'EventID'>): string {
  return `${PKTC_MEM_URI}/Event/${Enterprise}-${EventID}`;
}

/** Lists the events that a device knows; what a server has set for those already there stays. */
export function writeMemEvents(tree: Tree, events: readonly MemEvent[], now: Instant): void {
  for (const event of events) {
    const uri = eventUri(event);
    const isKnown = tree.find(uri) !== undefined;
    if (!isKnown) tree.add(uri, { Format: 'node' }, LOCAL, now);
    const fixed = {
      EventID: String(event.EventID),
      Enterprise: String(event.Enterprise),
      Name: event.Name,
      DefaultSeverity: event.Severity,
      DefaultReporting: event.Reporting.join(' '),
      DefaultText: event.Text,
    };
    const settings = {
      Severity: event.Severity,
      Reporting: event.Reporting.join(' '),
      Text: event.Text,
      NonVolatile: String(event.NonVolatile),
    };
    for (const [name, Data] of Object.entries(isKnown ? fixed : { ...fixed, ...settings })) {
      tree.replace(`${uri}/${name}`, { Data }, LOCAL, now);
    }
  }
}

/**
 * An event as it is to be treated now, with what servers have set; undefined for one that is not
 * known.
 */
export function readMemEvent(
  tree: Tree,
  event: Pick<MemEvent, 'Enterprise' | 'EventID'>,
): MemEvent | undefined {
  const uri = eventUri(event);
  const read = (name: string): string => tree.text(`${uri}/${name}`) ?? '';
  const severity = SEVERITIES.find((name) => name === read('Severity'));
  if (severity === undefined) return undefined;
  return {
    EventID: Number(read('EventID')),
    Enterprise: Number(read('Enterprise')),
    Name: read('Name'),
    Severity: severity,
    Reporting: wordsOf(read('Reporting')).filter(isMechanism),
    // [R-6.8.3.1.5.2-11] The description is the one stored here.
    Text: read('Text'),
    NonVolatile: read('NonVolatile') === 'true',
  };
}

function isMechanism(word: string): word is Mechanism {
  return (MECHANISMS as readonly string[]).includes(word);
}

/**
 * How an event is reported. [R-6.8.3.1.4.1-2] One mechanism or more.
 * [R-6.8.3.1.4.1-4] `none` overrides everything else. [R-6.8.3.1.4.1-3] `syslog` is ignored where
 * it is not supported.
 */
export function mechanismsOf(
  Reporting: readonly Mechanism[],
  isSyslogSupported: boolean,
): readonly Mechanism[] {
  if (Reporting.includes('none')) return [];
  return [...new Set(Reporting)].filter((name) => name !== 'syslog' || isSyslogSupported);
}

/** Gives every event its default severity, mechanisms and text. */
export function resetMemEvents(tree: Tree, now: Instant): void {
  const table = `${PKTC_MEM_URI}/Event`;
  for (const name of tree.children(table)) {
    for (const setting of ['Severity', 'Reporting', 'Text']) {
      const Data = tree.text(`${table}/${name}/Default${setting}`) ?? '';
      tree.replace(`${table}/${name}/${setting}`, { Data }, LOCAL, now);
    }
  }
}
