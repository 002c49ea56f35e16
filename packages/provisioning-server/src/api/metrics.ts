/**
 * The funnel of wakes in the text format of Prometheus. All labels are of small, known sets. The library is loaded when
 * metrics are first asked for.
 */
import { WAKE_SPANS, type WakeFunnel } from '../wake-funnel.ts';

type Counts = Readonly<Partial<Record<string, number>>>;

export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
}

export async function openMetrics(funnel: WakeFunnel): Promise<Metrics> {
  const { Counter, Gauge, Registry } = await import('@prometheus-io/client');
  const registry = new Registry();
  const registers = [registry];

  /** Counters are kept by the funnel: what it counted is what is shown. */
  const total = (name: string, help: string, count: () => number) =>
    new Counter({
      ...{ name: `ueprov_${name}_total`, help, registers },
      collect() {
        this.reset();
        this.inc(count());
      },
    });
  const totals = (name: string, help: string, label: string, counts: () => Counts) =>
    new Counter({
      ...{ name: `ueprov_${name}_total`, help, labelNames: [label], registers },
      collect() {
        this.reset();
        for (const [value, count = 0] of Object.entries(counts())) {
          this.inc({ [label]: value }, count);
        }
      },
    });
  const level = (name: string, help: string, value: () => number) =>
    new Gauge({
      ...{ name: `ueprov_${name}`, help, registers },
      collect() {
        this.set(value());
      },
    });

  total('wakes_requested', 'Wakes asked for.', () => funnel.counts.requested);
  total('wakes_coalesced', 'Wakes that joined one under way.', () => funnel.counts.coalesced);
  total('wakes_sent', 'Wakes of which a MESSAGE left.', () => funnel.counts.sent);
  totals('wakes_unsent', 'Ended before one left.', 'reason', () => funnel.counts.unsent);
  total('wakes_answered', 'Wakes that were answered 2xx.', () => funnel.counts.answered);
  totals('wakes_failed', 'Sent, never answered 2xx.', 'reason', () => funnel.counts.failed);
  total('wake_sessions', 'Wakes that a DM session followed.', () => funnel.counts.session);
  total('wakes_silent', 'Answered, and no session came.', () => funnel.counts.silent);
  totals('wake_sessions_done', 'Those sessions, ended.', 'result', () => funnel.counts.done);
  total('wake_messages', 'MESSAGEs sent, retries included.', () => funnel.counts.messages);
  total('wake_messages_accepted', 'MESSAGEs answered 2xx.', () => funnel.counts.accepted);
  level('wakes_queued', 'Wakes of which none has left yet.', () => funnel.counts.queued);
  level('wakes_in_flight', 'Sent, not answered yet.', () => funnel.counts.inFlight);
  level('wakes_awaiting', 'Answered, session awaited.', () => funnel.counts.awaiting);
  level('wake_sessions_open', 'Sessions after wakes, open.', () => funnel.counts.open);
  registry.registerMetric(durations(funnel) as never);
  return { contentType: registry.contentType, text: () => registry.metrics() };
}

const DURATION = 'ueprov_wake_duration_seconds';

/** What the library asks of a metric. Its own histogram only takes single observations, and those were counted before. */
function durations({ latencies }: WakeFunnel) {
  const about = {
    name: DURATION,
    help: 'From stage to stage of a wake; span is the stage reached.',
    type: 'histogram',
    aggregator: 'sum',
  };
  const values = () =>
    WAKE_SPANS.flatMap((span) => {
      const { count, sumMs, cumulative } = latencies[span];
      return [
        ...cumulative.map(({ endMs, count: value }) => ({
          metricName: `${DURATION}_bucket`,
          labels: { span, le: Number.isFinite(endMs) ? String(endMs / 1000) : '+Inf' },
          value,
        })),
        { metricName: `${DURATION}_sum`, labels: { span }, value: sumMs / 1000 },
        { metricName: `${DURATION}_count`, labels: { span }, value: count },
      ];
    });
  return { ...about, get: async () => ({ ...about, values: values() }) };
}
