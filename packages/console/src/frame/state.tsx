/** A state as a dot and a word: the colour never says anything the word does not. */
import type { ConfigState, Device, SessionSummary } from '@ueprov/provisioning-server/api';

export type Tone = 'ok' | 'warn' | 'bad' | 'busy' | 'quiet';

interface StateProps {
  readonly tone: Tone;
  readonly label: string;
  readonly title?: string;
}

export function State({ tone, label, title }: StateProps) {
  return (
    <span className="state" data-tone={tone} title={title}>
      <span className="state-dot" aria-hidden="true" />
      {label}
    </span>
  );
}

type Words = readonly [Tone, string];

export const CONFIG_WORDS: Record<ConfigState, Words> = {
  unmanaged: ['quiet', 'unmanaged'],
  'not-sent': ['quiet', 'not sent'],
  pending: ['warn', 'pending'],
  verified: ['ok', 'verified'],
  rejected: ['bad', 'rejected'],
  different: ['bad', 'different'],
  unverifiable: ['warn', 'not verifiable'],
};

export const RESULT_WORDS: Record<SessionSummary['result'], Words> = {
  open: ['busy', 'open'],
  completed: ['ok', 'completed'],
  'completed-with-errors': ['bad', 'completed with errors'],
  aborted: ['bad', 'aborted'],
  unauthenticated: ['bad', 'not authenticated'],
  timeout: ['bad', 'timed out'],
};

export const WAKE_WORDS: Record<Device['wake'], Words> = {
  idle: ['quiet', 'idle'],
  queued: ['busy', 'queued'],
  sent: ['busy', 'sent'],
  answered: ['ok', 'answered'],
  held: ['warn', 'waits for a registration'],
  'gave-up': ['bad', 'gave up'],
};

/** Severities of Table 8, worst first. */
const SEVERITY_TONES: Record<string, Tone> = {
  fatal: 'bad',
  critical: 'bad',
  minor: 'warn',
  warning: 'warn',
};

export function ConfigStateOf({ state }: { readonly state: ConfigState }) {
  const [tone, label] = CONFIG_WORDS[state];
  return <State tone={tone} label={label} />;
}

export function ResultOf({ result }: { readonly result: string }) {
  const [tone, label] = (RESULT_WORDS as Partial<Record<string, Words>>)[result] ?? [
    'quiet' as const,
    result,
  ];
  return <State tone={tone} label={label} />;
}

export function SeverityOf({ severity }: { readonly severity: string }) {
  return <State tone={SEVERITY_TONES[severity.toLowerCase()] ?? 'quiet'} label={severity} />;
}
