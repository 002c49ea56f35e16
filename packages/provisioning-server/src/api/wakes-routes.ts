/** The fates of all wakes since the start; those of one device stand with the device. */
import type { LatencyHistogram } from '../latency-histogram.ts';
import type { WakeFunnel } from '../wake-funnel.ts';
import { type Api, answers, type RouteContext } from './routes.ts';
import { WakesReport } from './wakes-schema.ts';

export function addWakesRoutes(api: Api, { ports }: RouteContext): void {
  api.get(
    '/wakes',
    { schema: { tags: ['wakes'], response: answers(200, WakesReport) } },
    async () => wakesReport(ports.funnel),
  );
}

export function wakesReport({ counts, latencies }: WakeFunnel): WakesReport {
  const { sent, answered, session } = latencies;
  return {
    ...counts,
    unsent: known(counts.unsent),
    failed: known(counts.failed),
    done: counts.done,
    latency: { sent: latency(sent), answered: latency(answered), session: latency(session) },
  };
}

function known(counts: Readonly<Partial<Record<string, number>>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).map(([key, count]) => [key, count ?? 0]));
}

function latency(histogram: LatencyHistogram) {
  const { count, sumMs } = histogram;
  return {
    count,
    meanMs: count === 0 ? null : sumMs / count,
    p50Ms: finite(histogram.quantileMs(0.5)),
    p95Ms: finite(histogram.quantileMs(0.95)),
    p99Ms: finite(histogram.quantileMs(0.99)),
  };
}

function finite(ms: number | undefined): number | null {
  return ms === undefined || !Number.isFinite(ms) ? null : ms;
}
