import { beforeAll, describe, expect, it } from 'vitest';
import { medianOf } from '../../bench/serving/measure.js';
import { ask, cpuMsOf, readsCpu, report } from './ask.js';
import { creditInputs } from './credit-inputs.js';

/*
 * The specification wants 95 % of the answers within 100 ms, and features within 50 ms. On a machine with other work only
 * the median of single requests can be held to that, and the CPU time that an answer costs: both are ceilings that an API
 * in order stays far below. `npm run bench -- serving` measures what it really costs, under load.
 */

const PREDICTION_MS = 100;
const FEATURES_MS = 50;
const CPU_MS = 40;
const ROUNDS = 40;

interface OpenApi {
  readonly paths: Readonly<Record<string, { readonly post?: Post }>>;
}
interface Post {
  readonly requestBody: { readonly content: Readonly<Record<string, { readonly schema: { examples?: unknown[] } }>> };
}

let document: OpenApi;
beforeAll(async () => {
  document = await ask<OpenApi>('/openapi.json');
});

/** The documented example of a route; an application with all inputs where there is none. */
const exampleOf = async (path: string): Promise<unknown> =>
  document.paths[path]!.post!.requestBody.content['application/json']!.schema.examples?.[0] ??
  (await creditInputs(1))[0];

interface Latency {
  readonly median: number;
  readonly cpu: number;
}

/** One request after another, after some that are not counted. */
async function latencyOf(send: () => Promise<unknown>): Promise<Latency> {
  for (let i = 0; i < 5; i++) await send();
  const times: number[] = [];
  const cpu = await cpuMsOf(async () => {
    for (let i = 0; i < ROUNDS; i++) {
      const since = performance.now();
      await send();
      times.push(performance.now() - since);
    }
  });
  return { median: medianOf(times), cpu: cpu / ROUNDS };
}

describe.skipIf(!readsCpu)('one request', () => {
  const routes = ['anomaly', 'credit-risk', 'intent', 'ner', 'spending'].map((route) => `/predict/${route}`);

  it.each(routes.flatMap((path) => [path, `${path}/explain`]))('%s is answered in time', async (path) => {
    const example = await exampleOf(path);
    const { median, cpu } = await latencyOf(() => ask(path, example));
    report(`${path}: median ${median.toFixed(1)} ms, ${cpu.toFixed(2)} ms CPU`);
    expect(median).toBeLessThan(PREDICTION_MS);
    expect(cpu).toBeLessThan(CPU_MS);
  });

  it('reads the features of one customer, and of 100, in time', async () => {
    const entities = Array.from({ length: 100 }, (_, i) => `u${String(i + 1).padStart(6, '0')}`);
    for (const [name, send] of [
      ['1', () => ask('/features/credit-risk/u000001')],
      ['100', () => ask('/features/credit-risk', { entities })],
    ] as const) {
      const { median, cpu } = await latencyOf(send);
      report(`features of ${name}: median ${median.toFixed(1)} ms, ${cpu.toFixed(2)} ms CPU`);
      expect(median).toBeLessThan(FEATURES_MS);
    }
  });
});
