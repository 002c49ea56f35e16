/** The order in which the targets of SRV records are tried (RFC 2782 "Usage rules"). */
import type { Random } from '../engine.ts';
import type { Srv } from './record.ts';

/** The lowest priority first; inside one, by chance with the weights. Without targets that are none. */
export function orderSrv(records: readonly Srv[], random: Random): readonly Srv[] {
  const available = records.filter(({ target }) => target !== '');
  const priorities = [...new Set(available.map(({ priority }) => priority))].sort((a, b) => a - b);
  return priorities.flatMap((priority) =>
    byWeight(
      available.filter((record) => record.priority === priority),
      random,
    ),
  );
}

/**
 * RFC 2782: those of weight 0 first, then running sums; the first whose sum reaches the number drawn.
 * [SIPPUSH RFC3263.4.2-2]
 */
function byWeight(records: readonly Srv[], random: Random): readonly Srv[] {
  const waiting = records.toSorted((a, b) => Math.sign(a.weight) - Math.sign(b.weight));
  const ordered: Srv[] = [];
  while (waiting.length > 0) {
    const total = waiting.reduce((sum, { weight }) => sum + weight, 0);
    let drawn = numberUpTo(total, random);
    const chosen = waiting.findIndex(({ weight }) => {
      drawn -= weight;
      return drawn <= 0;
    });
    ordered.push(...waiting.splice(Math.max(chosen, 0), 1));
  }
  return ordered;
}

/** 0 to `most`, both included. */
function numberUpTo(most: number, random: Random): number {
  const [a = 0, b = 0, c = 0, d = 0] = random(4);
  const drawn = (((a * 256 + b) * 256 + c) * 256 + d) / 2 ** 32;
  return Math.floor(drawn * (most + 1));
}
