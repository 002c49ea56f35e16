/** What each UE of a lab has come to, put together from what was seen on the wire and stored by the server. */
import type { LabAccount } from './accounts.ts';

export type Step = 'UE-1' | 'UE-2' | 'UE-3' | 'UE-4';

/** One line of `--json`; the last six fields as seen on the wire. */
export interface UeReport {
  readonly ue: string;
  readonly steps: Partial<Record<Step, string>>;
  readonly configured: boolean;
  readonly verified: number;
  readonly events: readonly number[];
  readonly encoding?: string;
  readonly auth?: string;
  readonly sipAuth?: string;
  readonly transport?: string;
  readonly security?: string;
  readonly ip?: string;
}

export interface UeProgress {
  readonly account: LabAccount;
  readonly steps: Partial<Record<Step, number>>;
  /** Nodes by their state. */
  readonly nodes: Map<string, string>;
  readonly events: number[];
  /** Sessions that have not ended. */
  readonly open: Set<string>;
  readonly wire: {
    encoding?: string;
    auth?: string;
    sipAuth?: string;
    transport?: string;
    security?: string;
    ip?: string;
  };
  /** Why it is not further, if somebody said so. */
  trouble?: string;
}

/** PROV-UE-1..4: a UE is through when its profile is verified, it has said so, and no session is open. */
const PROVISIONING_EVENTS = new Set([4000970000, 4000970001, 4000970002, 4000970003]);

export class Progress {
  readonly ues: readonly UeProgress[];

  constructor(accounts: readonly LabAccount[]) {
    this.ues = accounts.map((account) => ({
      account,
      steps: {},
      nodes: new Map(),
      events: [],
      open: new Set(),
      wire: {},
    }));
  }

  byIMPU(IMPU: string): UeProgress | undefined {
    return this.ues.find(({ account }) => account.IMPU === IMPU);
  }

  byDevId(DevId: string): UeProgress | undefined {
    return this.ues.find(({ account }) => account.DevId === DevId);
  }

  get isDone(): boolean {
    return this.ues.every(isDone);
  }

  /** One line for each UE that is not through: what it lacks. */
  missing(): string[] {
    return this.ues
      .filter((ue) => !isDone(ue))
      .map((ue) => `${ue.account.name}: ${whatIsMissing(ue)}`);
  }
}

/** The first time counts. */
export function mark(ue: UeProgress, step: Step, at: number): void {
  ue.steps[step] ??= at;
}

export function isConfigured(ue: UeProgress): boolean {
  const states = [...ue.nodes.values()];
  return states.length > 0 && states.every((state) => state === 'verified');
}

export function verifiedCount(ue: UeProgress): number {
  return [...ue.nodes.values()].filter((state) => state === 'verified').length;
}

export function report(ue: UeProgress): UeReport {
  const { encoding, auth, sipAuth, transport, security, ip } = ue.wire;
  const steps = Object.fromEntries(
    Object.entries(ue.steps).map(([step, at]) => [step, new Date(at).toISOString()]),
  );
  return {
    ue: ue.account.name,
    steps,
    configured: isConfigured(ue),
    verified: verifiedCount(ue),
    events: ue.events,
    ...(encoding !== undefined && { encoding }),
    ...(auth !== undefined && { auth }),
    ...(sipAuth !== undefined && { sipAuth }),
    ...(transport !== undefined && { transport }),
    ...(security !== undefined && { security }),
    ...(ip !== undefined && { ip }),
  };
}

function isDone(ue: UeProgress): boolean {
  const hasReported = ue.events.some((event) => PROVISIONING_EVENTS.has(event));
  return isConfigured(ue) && hasReported && ue.open.size === 0;
}

function whatIsMissing(ue: UeProgress): string {
  const because = ue.trouble === undefined ? '' : ` (${ue.trouble})`;
  if (ue.steps['UE-1'] === undefined) return `not registered${because}`;
  if (ue.steps['UE-2'] === undefined)
    return `the server was not told of its registration${because}`;
  if (ue.steps['UE-3'] === undefined) return `did not answer Package #0${because}`;
  if (ue.steps['UE-4'] === undefined) return `opened no session${because}`;
  if (!isConfigured(ue)) {
    const bad = [...ue.nodes].filter(([, state]) => state !== 'verified');
    return `${bad.length} nodes not verified, the first ${bad[0]?.join(' is ') ?? '(none known)'}${because}`;
  }
  if (ue.events.length === 0) return `its PROV-UE event has not arrived${because}`;
  return `a session has not ended${because}`;
}
