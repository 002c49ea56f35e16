/** Row GEN-1 against a server: what a device reports. OMA-DMPRO 8.7, PKT-SP-UE-PROV 6.8.3.1.6. */
import type { Item } from '@ueprov/protocols/syncml';
import { alert, type Draft } from '../../conformance/draft.ts';
import { statusesOf } from '../../conformance/received.ts';
import { requireEqual, requireOneOf, requireThat } from '../../conformance/require.ts';
import type { ServerCase } from '../bench.ts';
import type { DeviceSession } from '../device-session.ts';
import { inSession } from './session.ts';

export const UE_EVENTS = 'Reversed-Domain-Name: com.cablelabs.pkt.oma.dm.ue-events';
export const UE_EVENT =
  '<134>Jan  1 09:00:00 sip:kit@home.example UE: [PACKETCABLE]:<4000970000><0> kit';

function genericAlert(...items: readonly Partial<NonNullable<Item['Meta']>>[]): Draft {
  const Items = items.map((Meta) => ({
    Meta: { Type: UE_EVENTS, Format: 'chr', Mark: 'informational', ...Meta },
    Data: UE_EVENT,
  }));
  return { kind: 'Alert', Data: '1226', Items };
}

async function alerted(opened: DeviceSession, draft: Draft): Promise<readonly string[]> {
  const received = await opened.say({ commands: [draft] });
  return statusesOf(received)
    .filter(({ Cmd }) => Cmd === 'Alert')
    .map(({ Data }) => Data);
}

export const ALERT_CASES: readonly ServerCase[] = [
  inSession(
    'GEN-1.1',
    'OMA-DMPRO 8.7',
    'a generic alert of a known Type answers 200 or 202',
    async (opened) => {
      const [code] = await alerted(opened, genericAlert({}));
      requireOneOf(code, ['200', '202'], 'Status');
    },
  ),
  inSession(
    'GEN-1.2',
    'OMA-DMPRO 8.7',
    'a generic alert of an unknown Type answers 415',
    async (opened) => {
      const draft = genericAlert({ Type: 'Reversed-Domain-Name: example.kit.none' });
      requireEqual(await alerted(opened, draft), ['415'], 'Status');
    },
  ),
  inSession(
    'GEN-1.3',
    'OMA-DMPRO 8.7',
    'several Items of a generic alert are taken',
    async (opened) => {
      const codes = await alerted(opened, genericAlert({}, { Mark: 'critical' }));
      requireThat(
        codes.length > 0 && codes.every((code) => code === '200' || code === '202'),
        `good Statuses, not ${codes}`,
      );
    },
  ),
  inSession(
    'GEN-1.4',
    'OMA-DMPRO 8.7',
    'a generic alert without Items answers 412',
    async (opened) => {
      requireEqual(await alerted(opened, genericAlert()), ['412'], 'Status');
    },
  ),
  inSession(
    'GEN-1.5',
    'OMA-DMREPPRO 4.2',
    'an Alert of a reserved code answers 406',
    async (opened) => {
      requireEqual(await alerted(opened, alert('1250')), ['406'], 'Status');
    },
  ),
];
