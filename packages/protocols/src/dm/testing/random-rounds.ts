/** What a server asks for in a random session: rounds of operations, small and large, alone and in groups. */
import type { Random } from '../../engine.ts';
import type { Operation, SessionOperation } from '../server-interface.ts';

export interface Rolls {
  chance(percent: number): boolean;
  /** Both ends included. */
  between(low: number, high: number): number;
  pick<T>(from: readonly T[]): T;
}

/** The leaves that operations are about; none exists at first. */
export const LEAVES: readonly string[] = Array.from({ length: 5 }, (_, index) => `./XX/N${index}`);

const ROUNDS_MAX = 4;
const OPERATIONS_MAX = 5;
/** Of the four characters in a value, repeated. */
const LENGTH_MAX = 400;

export function rollsOf(random: Random): Rolls {
  const below = (limit: number): number => {
    const [a = 0, b = 0, c = 0] = random(3);
    return (a * 0x10000 + b * 0x100 + c) % limit;
  };
  return {
    chance: (percent) => below(1000) < percent * 10,
    between: (low, high) => low + below(high - low + 1),
    pick: (from) => from[below(from.length)] as (typeof from)[number],
  };
}

export function randomRounds(rolls: Rolls): readonly (readonly SessionOperation[])[] {
  let count = 0;
  const id = (kind: string) => `${kind} ${count++}`;
  const rounds = rolls.between(1, ROUNDS_MAX);
  return Array.from({ length: rounds }, () =>
    Array.from({ length: rolls.between(1, OPERATIONS_MAX) }, () => randomOperation(rolls, id)),
  );
}

function randomOperation(rolls: Rolls, id: (kind: string) => string): SessionOperation {
  if (!rolls.chance(25)) return randomItem(rolls, id, LENGTH_MAX);
  const kind = rolls.pick(['Atomic', 'Sequence'] as const);
  const operations = Array.from({ length: rolls.between(1, 3) }, () =>
    randomItem(rolls, id, 20, kind === 'Atomic'),
  );
  return { id: id(kind), kind, operations };
}

function randomItem(
  rolls: Rolls,
  id: (kind: string) => string,
  lengthMax: number,
  isWriting = false,
): Operation {
  const kinds = ['Add', 'Replace', 'Delete', 'Copy', ...(isWriting ? [] : ['Get'])] as const;
  const kind = rolls.pick(kinds) as Operation['kind'];
  const uri = rolls.pick(LEAVES);
  const named = { id: id(kind), kind, uri };
  if (kind === 'Copy') {
    return { ...named, source: rolls.pick(LEAVES.filter((leaf) => leaf !== uri)) };
  }
  if (kind !== 'Add' && kind !== 'Replace') return named;
  // Marks and characters of several octets, so that chunks are cut between them.
  const length = rolls.chance(30) ? rolls.between(0, lengthMax) : rolls.between(0, 5);
  return { ...named, Data: `${named.id}: ${'x&ä𐍈'.repeat(length)}` };
}
