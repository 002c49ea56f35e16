/**
 * What a client's message holds beside Status and Results: its Alerts and its DevInfo, answered one by one.
 *
 * OMA-DMPRO 8.3 and 8.5; OMA-DMREPPRO 4.2 (the Alerts of DM). Used by server.ts, for proven clients only.
 */
import type { Alert, Item, Replace } from '../syncml/message.ts';
import { commandStatus, itemStatuses, refuseAll, type StatusDraft } from './packages-status.ts';
import type { DmServerEffect } from './server-interface.ts';
import type { ReadObjects } from './server-objects.ts';

export interface ClientCommands {
  readonly statuses: readonly StatusDraft[];
  readonly effects: readonly DmServerEffect[];
}

export function takeClientCommands(
  MsgID: string,
  { commands, inChunks }: Pick<ReadObjects, 'commands' | 'inChunks'>,
  acceptAlert: (item: Item, alert: Alert) => boolean,
): ClientCommands {
  const statuses: StatusDraft[] = [];
  const effects: DmServerEffect[] = [];
  // [DMPRO 8.4-1] A Status for each.
  for (const command of commands) {
    switch (command.kind) {
      case 'Status':
      case 'Results':
        break;
      case 'Alert': {
        const chunks = inChunks.get(command);
        const { codes, effect } = takeAlert(command, acceptAlert, chunks?.codes);
        // One Status per Item at most, whether it came whole or in chunks.
        statuses.push(...itemStatuses(MsgID, chunks?.whole ?? command, codes));
        if (effect !== undefined) effects.push(effect);
        break;
      }
      case 'Replace': {
        const { codes, items } = takeDevInfo(command);
        statuses.push(...itemStatuses(MsgID, command, codes));
        if (items.length > 0) effects.push({ kind: 'DevInfo', items });
        break;
      }
      case 'Unknown':
        statuses.push(commandStatus(MsgID, command, 501));
        break;
      default:
        // OMA-DMPRO 8: a client sends no other command.
        statuses.push(...refuseAll(MsgID, [command], 405));
    }
  }
  return { statuses, effects };
}

/** What is known of the DevInfo node's name: Appendix I writes `DevID`, the object has `DevId`. */
const DEV_INFO = /^(?:\.\/|\/)?DevInfo\/(.+)$/;

function takeDevInfo(replace: Replace): { codes: readonly number[]; items: readonly Item[] } {
  if (replace.Items.length === 0) return { codes: [412], items: [] };
  const items: Item[] = [];
  const codes = replace.Items.map(({ Source, Target, ...item }) => {
    // OMA-DMREPPRO 4.1.5: a client sends Results and Alerts in chunks, nothing else.
    if (item.MoreData) return 413;
    const name = DEV_INFO.exec((Source ?? Target)?.LocURI ?? '')?.[1];
    if (name === undefined) return 405;
    const LocURI = `./DevInfo/${name === 'DevID' ? 'DevId' : name}`;
    items.push({ ...item, Source: { LocURI } });
    return 200;
  });
  return { codes, items };
}

interface TakenAlert {
  readonly codes: readonly number[];
  readonly effect?: DmServerEffect;
}

/** [REPPRO 6.6-4] [REPPRO 7-1] [R-6.8.1-4] The Alerts that a client may send; 406 answers those that only a server sends, and any other. */
function takeAlert(
  alert: Alert,
  acceptAlert: (item: Item, alert: Alert) => boolean,
  chunkCodes?: readonly number[],
): TakenAlert {
  switch (alert.Data) {
    case '1200':
    case '1201':
    case '1223':
      return { codes: [200], effect: { kind: 'alert', alert } };
    case '1222':
    case '1225':
      return { codes: [200] };
    case '1224':
      return takeItems(alert, () => true, chunkCodes);
    case '1226':
      return takeItems(alert, (item) => acceptAlert(item, alert), chunkCodes);
    default:
      return { codes: [alert.Data === undefined ? 412 : 406] };
  }
}

/** [DMPRO 8.7-1] At least one Item, each with its own type; 415 for a type that is not understood. */
function takeItems(
  alert: Alert,
  accept: (item: Item) => boolean,
  chunkCodes: readonly number[] = alert.Items.map(() => 200),
): TakenAlert {
  if (chunkCodes.length === 0) return { codes: [412] };
  // What is whole stands in `alert`, in the order of the 200s.
  const read = alert.Items.values();
  const Items: Item[] = [];
  const codes = chunkCodes.map((code) => {
    if (code !== 200) return code;
    const { value: item } = read.next();
    if (item === undefined || !accept(item)) return 415;
    Items.push(item);
    return 200;
  });
  if (Items.length === 0) return { codes };
  return { codes, effect: { kind: 'alert', alert: { ...alert, Items } } };
}
