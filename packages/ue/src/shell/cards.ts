/**
 * What the cards of a UE remember, in a file beside its tree: a card that forgot would take an old challenge of the network
 * for a fresh one (TS 33.102 C.2). Used by main.ts and by the shell.
 */
import { z } from 'zod';
import type { CardMemory } from '../sip-access.ts';
import { readDocument } from './disk.ts';

const Cards = z.record(z.string(), z.array(z.int().nonnegative()).max(32));

export function cardsFile(tree: string): string {
  return `${tree}.cards`;
}

/** None where there is no file yet. Throws where there is one that says something else. */
export async function readCards(tree: string): Promise<CardMemory> {
  const document = await readDocument(cardsFile(tree));
  if (document === undefined) return {};
  const parsed = Cards.safeParse(document);
  if (parsed.success) return parsed.data;
  throw new Error(`${cardsFile(tree)} does not hold what the cards remember`);
}
