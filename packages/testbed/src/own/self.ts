/** Our UE and our Provisioning Server against the kit, and the kit against mutants of both. */
import { ClientBench } from '../client/bench.ts';
import type { ClientCase } from '../client/case.ts';
import { CLIENT_CASES } from '../client/cases/client-cases.ts';
import { Listener } from '../client/listener.ts';
import type { Scheme } from '../conformance/account.ts';
import type { Case, CaseResult, Setting } from '../conformance/case.ts';
import { type RunnableBench, runCases } from '../conformance/run.ts';
import { sampleFacts } from '../conformance/sample-facts.ts';
import { SESSION_MUTANTS } from '../mutants/client-mutants.ts';
import type { Mutant } from '../mutants/mutant.ts';
import { SERVER_MUTANTS } from '../mutants/server-mutants.ts';
import { TRANSPORT_MUTANTS } from '../mutants/transport-mutants.ts';
import { TREE_MUTANTS } from '../mutants/tree-mutants.ts';
import { type Caught, tryMutant } from '../mutants/try.ts';
import { ServerBench } from '../server/bench.ts';
import { SERVER_CASES } from '../server/cases/server-cases.ts';
import { startOurServer } from './our-server.ts';
import { startOurUe } from './our-ue.ts';

export const CLIENT_MUTANTS = [...SESSION_MUTANTS, ...TREE_MUTANTS, ...TRANSPORT_MUTANTS];

/** Ours answer at once; whoever says nothing for so long says nothing, on a busy machine too. */
const PATIENCE_MS = 5000;
/** Most mutants are caught by what they say. Those that are not may have had too little time. */
const MUTANT_PATIENCES_MS = [400, 3000];

export interface SideOptions {
  readonly encoding?: 'xml' | 'wbxml';
  readonly only?: readonly string[];
  readonly onResult?: (result: CaseResult) => void;
}

function schemeOf(setting: Setting | undefined): Scheme {
  return setting === 'basic' || setting === 'hmac' ? setting : 'md5';
}

/** Runs `use` with a bench at which our UE stands. */
export async function withOurUe<Value>(
  setting: Setting | undefined,
  {
    encoding = 'xml',
    patienceMs = PATIENCE_MS,
  }: { encoding?: 'xml' | 'wbxml'; patienceMs?: number },
  use: (bench: ClientBench) => Promise<Value>,
): Promise<Value> {
  const facts = sampleFacts(schemeOf(setting));
  const listener = await Listener.open('127.0.0.1', 0);
  try {
    const url = `http://127.0.0.1:${listener.port}/dm`;
    const client = await startOurUe(facts, url, encoding, setting === 'events');
    try {
      return await use(new ClientBench({ facts, client, listener, url, patienceMs }));
    } finally {
      // What the UE still asks is refused at once, so that it can leave.
      await listener.close();
      await client.close();
    }
  } catch (error) {
    await listener.close();
    throw error;
  }
}

/** Runs `use` with a bench at which our Provisioning Server stands. */
export async function withOurServer<Value>(
  setting: Setting | undefined,
  {
    encoding = 'xml',
    patienceMs = PATIENCE_MS,
  }: { encoding?: 'xml' | 'wbxml'; patienceMs?: number },
  use: (bench: ServerBench) => Promise<Value>,
): Promise<Value> {
  const facts = sampleFacts(schemeOf(setting));
  const server = await startOurServer(facts, patienceMs);
  try {
    return await use(new ServerBench({ facts, server, encoding, patienceMs }));
  } finally {
    await server.close();
  }
}

export function tryOurUe(options: SideOptions = {}): Promise<CaseResult[]> {
  return trySide(CLIENT_CASES, options, withOurUe);
}

export function tryOurServer(options: SideOptions = {}): Promise<CaseResult[]> {
  return trySide(SERVER_CASES, options, withOurServer);
}

type With<Bench> = <Value>(
  setting: Setting | undefined,
  options: { encoding?: 'xml' | 'wbxml'; patienceMs?: number },
  use: (bench: Bench) => Promise<Value>,
) => Promise<Value>;

/** The cases of each setting at a bench of their own. */
async function trySide<Bench extends RunnableBench>(
  cases: readonly Case<Bench>[],
  { only, onResult, ...options }: SideOptions,
  withPeer: With<Bench>,
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const setting of new Set(cases.map((each) => each.setting))) {
    const chosen = cases.filter((each) => each.setting === setting);
    try {
      const more = { ...(only && { only }), ...(onResult && { onResult }) };
      results.push(...(await withPeer(setting, options, (bench) => runCases(chosen, bench, more))));
    } catch (error) {
      const failed = chosen.map((each) => notSetUp(each, error));
      for (const result of failed) onResult?.(result);
      results.push(...failed);
    }
  }
  return results;
}

function notSetUp(
  { id, clause, title }: Pick<ClientCase, 'id' | 'clause' | 'title'>,
  error: unknown,
): CaseResult {
  const reason = `could not be set up: ${error instanceof Error ? error.message : error}`;
  return { id, clause, title, verdict: 'fail', reason, durationMs: 0, evidence: [] };
}

export interface MutantReport {
  readonly caught: readonly Caught[];
  readonly uncaught: readonly Caught[];
  /** Cases that no mutant fails, by side. */
  readonly idleCases: readonly string[];
}

/** All mutants of both sides, one after the other. */
export async function tryMutants(
  only: readonly string[] = [],
  onCaught: (side: string, caught: Caught) => void = () => {},
): Promise<MutantReport> {
  const client = await trySideMutants(
    'client',
    CLIENT_MUTANTS,
    CLIENT_CASES,
    withOurUe,
    only,
    onCaught,
  );
  const server = await trySideMutants(
    'server',
    SERVER_MUTANTS,
    SERVER_CASES,
    withOurServer,
    only,
    onCaught,
  );
  const all = [...client.all, ...server.all];
  return {
    caught: all.filter(({ cases }) => cases.length > 0),
    uncaught: all.filter(({ cases }) => cases.length === 0),
    idleCases: [...client.idle, ...server.idle],
  };
}

async function trySideMutants<Bench extends RunnableBench>(
  side: string,
  mutants: readonly Mutant<Bench>[],
  cases: readonly Case<Bench>[],
  withPeer: With<Bench>,
  only: readonly string[],
  onCaught: (side: string, caught: Caught) => void,
): Promise<{ all: Caught[]; idle: string[] }> {
  const all: Caught[] = [];
  for (const mutant of mutants.filter(({ id }) => only.length === 0 || only.includes(id))) {
    const failed: string[] = [];
    // A fault leaves its peer in any state: each row, or case, has a peer of its own.
    for (const name of mutant.tries) {
      for (const patienceMs of MUTANT_PATIENCES_MS) {
        const caught = await withPeer(mutant.setting, { patienceMs }, (bench) =>
          tryMutant(mutant, cases, bench, [name]),
        );
        failed.push(...caught.cases);
        if (caught.cases.length > 0) break;
      }
    }
    const caught = { mutant: mutant.id, fault: mutant.fault, cases: failed };
    all.push(caught);
    onCaught(side, caught);
  }
  const woken = new Set(all.flatMap((each) => each.cases));
  return {
    all,
    idle: cases
      .map(({ id }) => id)
      .filter((id) => !woken.has(id))
      .map((id) => `${side} ${id}`),
  };
}
