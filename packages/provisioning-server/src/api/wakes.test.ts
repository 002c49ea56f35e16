import { afterAll, beforeAll, expect, test } from 'vitest';
import { runApi } from './testing/running-api.ts';
import type { WakesReport } from './wakes-schema.ts';

let api: Awaited<ReturnType<typeof runApi>>;

beforeAll(async () => {
  api = await runApi();
  const { funnel } = api;
  funnel.requested();
  funnel.coalesced();
  funnel.sent(3);
  funnel.answered(40);
  funnel.session(90);
  funnel.done('completed');
  funnel.requested();
  funnel.sent(1);
  funnel.ended('sent', 'unsupported');
});
afterAll(() => api.stop());

test('the funnel of wakes, with its sums and latencies', async () => {
  const report = await api.read<WakesReport>('/wakes');
  expect(report).toMatchObject({
    ...{ requested: 3, coalesced: 1, sent: 2, queued: 0, answered: 1, inFlight: 0, session: 1 },
    ...{ unsent: {}, failed: { unsupported: 1 }, done: { completed: 1 }, open: 0 },
  });
  expect(report.latency.session).toEqual({
    ...{ count: 1, meanMs: 90, p50Ms: 100, p95Ms: 100, p99Ms: 100 },
  });
});

test('the same as metrics, in the text format of Prometheus', async () => {
  const { origin } = new URL(api.base);
  const headers = { authorization: `Bearer ${api.token}` };
  const answer = await fetch(`${origin}/metrics`, { headers });
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const lines = (await answer.text()).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      '# TYPE ueprov_wakes_requested_total counter',
      'ueprov_wakes_requested_total 3',
      'ueprov_wakes_failed_total{reason="unsupported"} 1',
      'ueprov_wake_sessions_done_total{result="completed"} 1',
      'ueprov_wakes_queued 0',
      '# TYPE ueprov_wake_duration_seconds histogram',
      'ueprov_wake_duration_seconds_bucket{span="answered",le="0.02"} 0',
      'ueprov_wake_duration_seconds_bucket{span="answered",le="0.05"} 1',
      'ueprov_wake_duration_seconds_bucket{span="answered",le="+Inf"} 1',
      'ueprov_wake_duration_seconds_sum{span="answered"} 0.04',
      'ueprov_wake_duration_seconds_count{span="answered"} 1',
    ]),
  );
});

test('AC-55: metrics are for who has the token', async () => {
  const { origin } = new URL(api.base);
  expect((await fetch(`${origin}/metrics`)).status).toBe(401);
});
