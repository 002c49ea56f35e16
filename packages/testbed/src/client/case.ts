/** A case that a client is tried with, and the ground that several of them stand on. */
import { type Case, Inconclusive } from '../conformance/case.ts';
import { add, addNode, type Draft } from '../conformance/draft.ts';
import type { ClientBench } from './bench.ts';
import type { ServedSession } from './served-session.ts';

export type ClientCase = Case<ClientBench>;

/** A case that begins with a session whose client has proved itself, its package #1 unanswered. */
export function inSession(
  id: string,
  clause: string,
  title: string,
  script: (session: ServedSession, bench: ClientBench) => Promise<void>,
): ClientCase {
  return { id, clause, title, run: async (bench) => script(await bench.open(), bench) };
}

/** A made node with one leaf of value `first`; the other leaf is not there. */
export interface Plot {
  readonly node: string;
  readonly leaf: string;
  readonly other: string;
}

export function plotOf(bench: ClientBench): Plot {
  const node = bench.fresh();
  const [leaf, other] = bench.ground.leaves.map((name) => `${node}/${name}`);
  return { node, leaf: leaf ?? '', other: other ?? '' };
}

/** Makes it, with what else the case wants in the same message. */
export async function makePlot(
  session: ServedSession,
  bench: ClientBench,
  ...more: readonly Draft[]
): Promise<Plot> {
  const plot = plotOf(bench);
  const made = [addNode(plot.node), add(plot.leaf, 'first'), ...more];
  const answer = await session.exchange(...made);
  for (const draft of made) {
    const [code = 'no Status'] = answer.codes(draft);
    if (!code.startsWith('2')) {
      throw new Inconclusive(`${draft.kind} below ${bench.ground.parent} answered ${code}`);
    }
  }
  return plot;
}

/** An ACL in which our server has exactly these rights. */
export function aclOf(bench: ClientBench, ...commands: readonly string[]): string {
  const { ServerID } = bench.options.facts;
  return commands.map((command) => `${command}=${ServerID}`).join('&');
}
