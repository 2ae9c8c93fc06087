import type { BenchmarkContext, BenchmarkRow } from '../report/suite.js';
import { benchmarkRow } from '../report/suite.js';
import type { Workload } from './installation.js';
import type { CompiledApi } from './servers.js';

/** Requests that run at the same time. */
const CONCURRENT = 8;
/** Share of answers from the cache where messages repeat at least that often. */
const WANTED = 0.8;

/** Share of messages that were sent before. */
export const repetition = (texts: readonly string[]): number => 1 - new Set(texts).size / texts.length;

/** The chat messages of the backend in the order in which they were sent, and the share that the cache answers. */
export async function cacheHits(
  api: CompiledApi,
  { messages, token }: Workload,
  { onProgress }: BenchmarkContext,
): Promise<BenchmarkRow[]> {
  const server = await api.startWhole({ RATE_LIMIT_PER_MINUTE: '0' });
  try {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const queue = messages.values();
    const ask = async (): Promise<void> => {
      for (const text of queue) {
        const options = { method: 'POST', headers, body: JSON.stringify({ text }) };
        const answer = await fetch(`${server.url}/predict/intent`, options);
        await answer.arrayBuffer();
        if (!answer.ok) throw new Error(`a message was answered with ${answer.status}`);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENT }, ask));
    const metrics = await (await fetch(`${server.url}/metrics`, { headers })).text();
    const found = /^ml_cache_hit_rate\{model="intent-classifier"\} (\S+)$/m.exec(metrics)?.[1];
    const repeated = repetition(messages);
    onProgress(`${messages.length} messages, ${(100 * repeated).toFixed(1)} % of them sent before`);
    const atLeast = repeated > WANTED ? WANTED : 0.999 * repeated;
    return [
      benchmarkRow({ name: 'messages that repeat', value: repeated, unit: 'share' }),
      benchmarkRow({ name: 'cache hit rate of messages', value: Number(found), unit: 'share', target: { atLeast } }),
    ];
  } finally {
    await server.stop();
  }
}
