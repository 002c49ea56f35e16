/** The funnel of wakes as `GET /api/v1/wakes` shows it; docs/wake.md says what each number means. */
import { z } from 'zod';

const ByReason = z.record(z.string(), z.int());

/** Milliseconds, as the upper ends of buckets; null where nothing was measured, or longer than an hour. */
const Latency = z.object({
  count: z.int(),
  meanMs: z.number().nullable(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
});

/**
 * requested = coalesced + sent + unsent + queued; sent = answered + failed + inFlight;
 * answered = session + silent + awaiting; session = done + open.
 */
export const WakesReport = z.object({
  requested: z.int(),
  coalesced: z.int(),
  sent: z.int(),
  unsent: ByReason,
  queued: z.int(),
  answered: z.int(),
  failed: ByReason,
  inFlight: z.int(),
  session: z.int(),
  silent: z.int(),
  awaiting: z.int(),
  done: ByReason,
  open: z.int(),
  messages: z.int(),
  accepted: z.int(),
  latency: z.object({ sent: Latency, answered: Latency, session: Latency }),
});
export type WakesReport = z.infer<typeof WakesReport>;
