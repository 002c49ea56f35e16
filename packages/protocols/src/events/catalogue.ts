/**
 * The events of a UE. PKT-SP-UE-PROV Annex A.1, Table 8.
 *
 * Read into the table: PROV-UE-4 has lost its id to a shifted column and gets the one of the
 * example in 6.8.3.1.5. Reconstructed, here only: ids and texts of EUE-EV-1 and EUE-EV-2
 * (PKT-EUE-DATA is not public), and which mechanisms report an event at first (PKTC-EVENT-MIB:
 * important ones at once, all of them in the log and by syslog).
 */
import { type Mechanism, type MemEvent, SEVERITIES, type Severity } from '../mo/index.ts';
import { PACKETCABLE_ENTERPRISE } from './event.ts';

function define(Name: string, Severity: Severity, Text: string, EventID: number): MemEvent {
  return {
    EventID,
    Enterprise: PACKETCABLE_ENTERPRISE,
    Name,
    Severity,
    Reporting: defaultReporting(Severity),
    Text,
    NonVolatile: false,
  };
}

/**
 * PKTC-EVENT-MIB: levels 0 to 3 are told to the manager, the others are logged and sent by syslog.
 */
export function defaultReporting(severity: Severity): readonly Mechanism[] {
  const isImportant = SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf('minor');
  return isImportant ? ['local', 'alert', 'syslog'] : ['local', 'syslog'];
}

const UE_CONFIGURATION: readonly MemEvent[] = [
  define(
    'PROV-UE-1',
    'informational',
    'Successful acceptance of all UE and User profiles',
    4000970000,
  ),
  define('PROV-UE-2', 'warning', 'UE and User profiles configured, warnings reported', 4000970001),
  define(
    'PROV-UE-3',
    'minor',
    'UE and User profiles configured; contains error(s) and warning(s)',
    4000970002,
  ),
  define(
    'PROV-UE-4',
    'critical',
    'Not all UE and User profiles were configured; may also contain warning(s) and error(s)',
    4000970003,
  ),
];

const UE_REGISTRATION: readonly MemEvent[] = [
  define('EUE-EV-1', 'minor', 'Registration security mismatch: <IMPU>', 4000970200),
  define('EUE-EV-2', 'critical', 'Registration failed for user: <IMPU>', 4000970201),
];

const UE_SOFTWARE_MANAGEMENT: readonly MemEvent[] = [
  define('UE-SM-1', 'warning', 'Software Download Failed: <reason description>', 4000970100),
  define(
    'UE-SM-2',
    'warning',
    'Software Downloaded Failed Verification: <reason description>',
    4000970101,
  ),
  define('UE-SM-3', 'warning', 'SwAuthenticationFailure: <reason description>', 4000970102),
  define('UE-SM-4', 'harmless', 'SW activation delayed due user activity: <activity>', 4000970103),
  define('UE-SM-5', 'harmless', 'SW activation Completed', 4000970104),
];

/** [R-A.1-1] */
export const CATALOGUE: readonly MemEvent[] = [
  ...UE_CONFIGURATION,
  ...UE_REGISTRATION,
  ...UE_SOFTWARE_MANAGEMENT,
];

/** The event with this name in Table 8, or undefined. */
export function eventNamed(name: string): MemEvent | undefined {
  return CATALOGUE.find(({ Name }) => Name === name);
}

/** [R-A.1-i1] 400098xxxx is kept for RST UEs. */
export function isReservedForRst(EventID: number): boolean {
  return Math.floor(EventID / 10_000) === 400_098;
}
