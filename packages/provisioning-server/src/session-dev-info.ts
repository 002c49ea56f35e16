/** What of a device's DevInfo is kept with the device. OMA-DMSTDOBJ 5.3.2; PKT-SP-UE-PROV capability 5.1. */
import type { Item } from '@ueprov/protocols/syncml';
import type { Change } from './store/record.ts';
import { textOf } from './value.ts';

const DEV_INFO: ReadonlyMap<string, 'Man' | 'Mod' | 'PktcVersion'> = new Map([
  ['./DevInfo/Man', 'Man'],
  ['./DevInfo/Mod', 'Mod'],
  ['./DevInfo/Ext/Pktc2/PktcVersion', 'PktcVersion'],
]);

/** No maker and no model has a longer name. */
export const DEV_INFO_LENGTH_MAX = 255;

export function devInfoChange(device: string, items: readonly Item[]): Change[] {
  const told: { Man?: string; Mod?: string; PktcVersion?: string } = {};
  for (const { Source, Data } of items) {
    const key = DEV_INFO.get(Source?.LocURI ?? '');
    if (key !== undefined && Data !== undefined) {
      told[key] = textOf(Data).slice(0, DEV_INFO_LENGTH_MAX);
    }
  }
  return Object.keys(told).length === 0 ? [] : [{ kind: 'device-state', device, ...told }];
}
