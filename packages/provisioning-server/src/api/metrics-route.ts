/** `GET /metrics` for Prometheus, with the token of the API as a Bearer: no port of ours tells strangers anything. */
import type { WakeFunnel } from '../wake-funnel.ts';
import type { Metrics } from './metrics.ts';
import type { Api } from './routes.ts';

export function addMetricsRoute(api: Api, funnel: WakeFunnel): void {
  let metrics: Promise<Metrics> | undefined;
  api.get('/metrics', async (_, reply) => {
    metrics ??= import('./metrics.ts').then(({ openMetrics }) => openMetrics(funnel));
    const { contentType, text } = await metrics;
    return reply.type(contentType).send(await text());
  });
}
