/** Row GEN-1: the alerts that a client sends by itself. OMA-DMPRO 8.7, PKT-SP-UE-PROV 6.8.3.1.6. */
import type { Alert } from '@ueprov/protocols/syncml';
import { NotApplicable } from '../../conformance/case.ts';
import { commandsOf } from '../../conformance/received.ts';
import { requireEqual, requireMatch, requireThat } from '../../conformance/require.ts';
import type { ClientBench } from '../bench.ts';
import { type ClientCase, makePlot } from '../case.ts';
import type { ServedSession } from '../served-session.ts';

const MARKS = [
  'fatal',
  'critical',
  'minor',
  'warning',
  'informational',
  'harmless',
  'indeterminate',
];

/** A session after which a client that reports events has one to report: the session of that report. */
async function report(bench: ClientBench): Promise<{ session: ServedSession; alert: Alert }> {
  const session = await bench.open();
  await makePlot(session, bench);
  await session.reply();
  const arrival = await bench.next();
  if (arrival === undefined) throw new NotApplicable('the client reports nothing after a session');
  session.resume(arrival);
  const alert = commandsOf(session.last).find(
    (each) => each.kind === 'Alert' && each.Data === '1226',
  );
  if (alert?.kind !== 'Alert') throw new NotApplicable('the client sends no generic alert');
  return { session, alert };
}

function reported(
  id: string,
  title: string,
  check: (reported: { session: ServedSession; alert: Alert }) => void,
): ClientCase {
  return {
    id,
    clause: 'OMA-DMPRO 8.7',
    title,
    setting: 'events',
    run: async (bench) => check(await report(bench)),
  };
}

export const GEN_CASES: readonly ClientCase[] = [
  reported('GEN-1.1', 'a generic alert has Items with Type, Format and Data', ({ alert }) => {
    requireThat(alert.Items.length > 0, 'an Item');
    for (const { Meta, Data } of alert.Items) {
      requireMatch(Meta?.Type, /^(Reversed-Domain-Name|Content-Type):\s*\S/i, 'Type');
      requireThat(Meta?.Format !== undefined, 'a Format');
      requireThat(Data !== undefined, 'Data');
    }
  }),
  reported('GEN-1.2', 'Mark is one of the seven', ({ alert }) => {
    for (const { Meta } of alert.Items) {
      requireThat(Meta?.Mark === undefined || MARKS.includes(Meta.Mark), `Mark ${Meta?.Mark}`);
    }
  }),
  reported('GEN-1.3', 'a session of the client begins with Alert 1201', ({ session }) => {
    const codes = commandsOf(session.last).flatMap((each) =>
      each.kind === 'Alert' ? [each.Data] : [],
    );
    requireEqual(
      codes.filter((code) => code === '1200' || code === '1201'),
      ['1201'],
      'session Alerts',
    );
  }),
];
