/** What the suite asks of a play, and what it gets back; both cross a process border as JSON. */
export interface Play {
  readonly ues: number;
  readonly transport: 'udp' | 'tcp';
  /** Kamailio is killed after this many devices are verified, and comes back with nothing remembered. */
  readonly restartAfter?: number;
  readonly patienceMs: number;
}

export interface Played {
  readonly devices: readonly PlayedDevice[];
}

export interface PlayedDevice {
  readonly id: string;
  readonly config: string;
  readonly wake: string;
  readonly wakeReason: string | null;
}

/** A wake has ended in a session that did its work, or in a reason that the operator can read. */
export function hasEnded({ config, wake, wakeReason }: PlayedDevice): boolean {
  if (wake === 'idle') return config === 'verified';
  return wake === 'gave-up' && wakeReason !== null;
}
