/**
 * Large objects that a client sends, put together before anybody looks at them: Results and Alerts in chunks.
 *
 * OMA-DMPRO 7. Used by server.ts for each message of a proven client.
 */
import type { Alert, Command, Item, Results } from '../syncml/message.ts';
import type { Draft } from './packages-draft.ts';
import type { ObjectReader } from './packages-object.ts';
import { itemStatuses, metaOf, type StatusDraft } from './packages-status.ts';

export interface ReadObjects {
  /** The message without its chunks; with an object where its last chunk stood. */
  readonly commands: readonly Command[];
  readonly statuses: readonly StatusDraft[];
  /** OMA-DMPRO 7: 1225 for each object whose end did not come. */
  readonly alerts: readonly Draft[];
  readonly spoilt: readonly { readonly results: Results; readonly code: number }[];
  /** Of Alerts that came with chunks: the whole of them, and for each Item 213, a refusal, or 200 if it counts. */
  readonly inChunks: ReadonlyMap<Alert, AlertInChunks>;
}

export interface AlertInChunks {
  readonly whole: Alert;
  readonly codes: readonly number[];
}

/** OMA-DMREPPRO 4.1.5: the Alerts whose Items may be large. */
const OBJECT_ALERTS: ReadonlySet<string | undefined> = new Set(['1224', '1226']);

export function readObjects(
  reader: ObjectReader,
  MsgID: string,
  commands: readonly Command[],
  Final: boolean,
): ReadObjects {
  const whole: Command[] = [];
  const statuses: StatusDraft[] = [];
  const spoilt: { results: Results; code: number }[] = [];
  const inChunks = new Map<Alert, AlertInChunks>();
  for (const command of commands) {
    reader.arrive(command);
    if (command.kind === 'Alert' && OBJECT_ALERTS.has(command.Data)) {
      const { codes, items } = readItems(reader, command, Final);
      const read = { ...command, Items: items };
      whole.push(read);
      if (codes.some((code) => code !== 200)) inChunks.set(read, { whole: command, codes });
    } else if (command.kind === 'Results') {
      const { codes, items } = readItems(reader, command, Final);
      const failure = codes.find((code) => code >= 300);
      const isBuffered = items.length === 0 && codes.includes(213);
      if (failure !== undefined) spoilt.push({ results: command, code: failure });
      else if (!isBuffered) whole.push({ ...command, Items: items });
      // RepPro 1.2.2: Results are answered only where they do not come to 200.
      if (codes.some((code) => code !== 200)) statuses.push(...itemStatuses(MsgID, command, codes));
    } else whole.push(command);
  }
  reader.finish(Final);
  const alerts = reader.takeBroken().map((item): Draft => {
    return { kind: 'Alert', Data: '1225', Items: [item] };
  });
  return { commands: whole, statuses, alerts, spoilt, inChunks };
}

function readItems(
  reader: ObjectReader,
  command: Results | Alert,
  Final: boolean,
): { readonly codes: readonly number[]; readonly items: readonly Item[] } {
  const items: Item[] = [];
  const codes = command.Items.map((item) => {
    const offered = reader.offer(command, item, metaOf(command.Meta, item.Meta), Final);
    if (offered.kind === 'refused') return offered.code;
    if (offered.kind === 'buffered') return 213;
    items.push(offered.kind === 'complete' ? { ...offered.item, Meta: offered.meta } : item);
    return 200;
  });
  return { codes, items };
}
