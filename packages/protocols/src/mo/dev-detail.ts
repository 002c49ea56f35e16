/**
 * DevDetail, `./DevDetail`: versions of the device and the limits of its tree; read by a server
 * that wants them.
 *
 * OMA-DMSTDOBJ 5.3.3. Used by the device tree; the tree takes its addressing limits from `URI`.
 */

import { LOCAL, type Shape, type Tree } from '../dm/tree/index.ts';
import type { Instant } from '../engine.ts';
import { interior, leaf, PORT_RANGE } from './describe.ts';

export const DEV_DETAIL_URI = './DevDetail';

function limit(name: string, description: string, DefaultValue: string): Shape {
  // OMA-DMSTDOBJ 5.3.3: a 16-bit unsigned number as decimal text, 0 for no limit.
  return leaf(name, 'chr', description, { DefaultValue, range: PORT_RANGE });
}

export const DEV_DETAIL: Shape = interior(
  'DevDetail',
  'Details of the device.',
  [
    interior('URI', 'Limits of the management tree.', [
      limit('MaxDepth', 'Most segments of an address.', '16'),
      limit('MaxTotLen', 'Most characters of an address.', '255'),
      limit('MaxSegLen', 'Most characters of a segment.', '64'),
    ]),
    leaf('DevTyp', 'chr', 'Type of device.'),
    leaf('OEM', 'chr', 'Original equipment manufacturer.'),
    leaf('FwV', 'chr', 'Firmware version.'),
    leaf('SwV', 'chr', 'Software version.'),
    leaf('HwV', 'chr', 'Hardware version.'),
    leaf('LrgObj', 'bool', 'Whether large objects are supported.', { DefaultValue: 'false' }),
  ],
  { Type: 'urn:oma:mo:oma-dm-devdetail:1.0' },
);

export interface DevDetail {
  readonly DevTyp: string;
  readonly OEM?: string;
  readonly FwV: string;
  readonly SwV: string;
  readonly HwV: string;
  readonly LrgObj?: boolean;
}

export function writeDevDetail(tree: Tree, detail: DevDetail, now: Instant): void {
  for (const [name, value] of Object.entries(detail)) {
    if (value === undefined) continue;
    tree.replace(`${DEV_DETAIL_URI}/${name}`, { Data: String(value) }, LOCAL, now);
  }
}
