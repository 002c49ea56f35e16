/** The limits of addresses that a device states in its own tree. OMA-DMSTDOBJ 5.3.3. */
import type { InteriorNode } from './node.ts';
import { NO_LIMITS, type UriLimits } from './uri.ts';

/** [TND 6.1-4] 16-bit decimal texts below `./DevDetail/URI`; absent or 0 is no limit. */
export function readLimits(root: InteriorNode): UriLimits {
  const detail = root.children.get('DevDetail');
  const uri = detail?.kind === 'interior' ? detail.children.get('URI') : undefined;
  if (uri?.kind !== 'interior') return NO_LIMITS;
  const limit = (name: string): number => {
    const leaf = uri.children.get(name);
    const text = leaf?.kind === 'leaf' ? leaf.value.Data : '';
    return typeof text === 'string' && /^\d{1,5}$/.test(text) ? Number(text) : 0;
  };
  return {
    MaxDepth: limit('MaxDepth'),
    MaxTotLen: limit('MaxTotLen'),
    MaxSegLen: limit('MaxSegLen'),
  };
}
