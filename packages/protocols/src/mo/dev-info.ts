/**
 * DevInfo, `./DevInfo`: what the device says of itself in every Package #1, with the PacketCable
 * extension.
 *
 * OMA-DMSTDOBJ 5.3.2; PKT-SP-UE-PROV 6.9.1 and Annex C. The names below Ext/Pktc2 are reconstructed
 * (PKT-UE-DATA is not public) and stand here only. Used by the device tree; the DM client sends
 * every leaf of it.
 */

import { LOCAL, type Shape, type Tree } from '../dm/tree/index.ts';
import type { Instant } from '../engine.ts';
import { interior, leaf } from './describe.ts';

export const DEV_INFO_URI = './DevInfo';

/** PacketCable 2.0, as E-UEs report it in capability 5.1. */
export const PKTC_VERSION = '02';

export const DEV_INFO: Shape = interior(
  'DevInfo',
  'Device information, sent with every session.',
  [
    leaf('DevId', 'chr', 'Globally unique identifier of the device, a URN or another URI.'),
    leaf('Man', 'chr', 'Manufacturer.'),
    leaf('Mod', 'chr', 'Model.'),
    leaf('DmV', 'chr', 'Version of the DM client.', { DefaultValue: '1.2' }),
    leaf('Lang', 'chr', 'Language of the user interface, RFC 1766.', { DefaultValue: 'en' }),
    interior('Ext', 'Extensions.', [
      // [R-C-i1] Capabilities are reported here. [R-C-i2] 5.2 to 5.25 and 5.27 to 5.35 are
      // reserved: no leaves.
      interior('Pktc2', 'PacketCable capabilities.', [
        // [R-C.1.1-1]
        leaf('PktcVersion', 'chr', 'Capability 5.1: PacketCable version, one octet in hex.', {
          DefaultValue: PKTC_VERSION,
        }),
        // [R-C.1.2-1] Always reported: the capability has no default on the other side.
        leaf('BatteryBackup', 'int', 'Capability 5.26: 1 if battery backup is supported.', {
          DefaultValue: '0',
          values: ['0', '1'],
        }),
        leaf('SwTriggerVersions', 'chr', 'Versions of the trigger message, Annex B.1.1.2.', {
          DefaultValue: '1.0',
        }),
      ]),
    ]),
  ],
  { Type: 'urn:oma:mo:oma-dm-devinfo:1.0' },
);

/** What a vendor says of a device. */
export interface DevInfo {
  readonly DevId: string;
  readonly Man: string;
  readonly Mod: string;
  readonly Lang?: string;
  readonly BatteryBackup?: boolean;
}

export function writeDevInfo(tree: Tree, info: DevInfo, now: Instant): void {
  const { DevId, Man, Mod, Lang, BatteryBackup } = info;
  const texts = {
    DevId,
    Man,
    Mod,
    ...(Lang !== undefined && { Lang }),
    ...(BatteryBackup !== undefined && { 'Ext/Pktc2/BatteryBackup': BatteryBackup ? '1' : '0' }),
  };
  for (const [name, Data] of Object.entries(texts)) {
    tree.replace(`${DEV_INFO_URI}/${name}`, { Data }, LOCAL, now);
  }
}
