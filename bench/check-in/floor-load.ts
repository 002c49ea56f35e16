/** The load of the floor: the octets of one session, over and over, and as many back. */
import { HttpClient } from '../../packages/ue/src/shell/http.ts';
import type { Load, Sample } from './fleet.ts';

const LIMITS = { timeoutMs: 30_000, bodyMax: 1_000_000 };

export class FloorLoad implements Load {
  readonly #url: string;
  readonly #sample: Sample;
  readonly #clients: readonly HttpClient[];

  constructor(url: string, count: number, sample: Sample) {
    this.#url = url;
    this.#sample = sample;
    this.#clients = Array.from({ length: count }, () => new HttpClient());
  }

  async run(units: number): Promise<readonly number[]> {
    const latencies: number[] = [];
    let left = units;
    await Promise.all(
      this.#clients.map(async (http) => {
        while (left-- > 0) {
          const startedAt = performance.now();
          for (const { request, answer } of this.#sample) {
            const headers = { 'x-answer-length': String(answer.length) };
            await http.post(this.#url, headers, request, LIMITS);
          }
          latencies.push(performance.now() - startedAt);
        }
      }),
    );
    return latencies;
  }
}
