import { createRedisStore } from '../../feature-store/online/redis-store.js';
import type { OnlineStore } from '../../feature-store/online/online-store.js';
import { createLogger } from '../../platform/logging.js';
import { type BenchmarkContext, benchmarkRow, type BenchmarkRow } from '../report/suite.js';
import { findRedisUrl } from './redis-url.js';

const [FEATURES, ENTITIES, VIEW, SOURCE] = [250, 5_000, 'bench', 'bench'];
const KEPT_SECONDS = 600;
const idOf = (n: number): string => `b${n % ENTITIES}`;

async function fill(store: OnlineStore): Promise<void> {
  const features = Float64Array.from({ length: FEATURES }, (_, i) => i / 7);
  const value = { viewVersion: 1, eventTime: 1, features };
  for (let start = 0; start < ENTITIES; start += 1_000) {
    const entries = Array.from({ length: 1_000 }, (_, i) => [idOf(start + i), value] as const);
    await store.put(SOURCE, VIEW, new Map(entries), KEPT_SECONDS);
  }
}

/** The time that this share of the calls stays below, milliseconds. */
const percentile = (times: readonly number[], share: number): number =>
  [...times].sort((a, b) => a - b)[Math.ceil(share * times.length) - 1]!;

interface Load {
  readonly rows: number;
  readonly concurrency: number;
  readonly calls: number;
}

/** Reads by so many callers that each wait for their answer; (calls,) milliseconds, and rows a second. */
async function read(store: OnlineStore, { rows, concurrency, calls }: Load) {
  const times: number[] = [];
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < calls) {
      const first = next++ * rows;
      const ids = Array.from({ length: rows }, (_, i) => idOf(first * 7 + i));
      const started = performance.now();
      await store.get(SOURCE, VIEW, ids);
      times.push(performance.now() - started);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: concurrency }, caller));
  return { times, rowsASecond: (1_000 * rows * calls) / (performance.now() - started) };
}

async function measure(store: OnlineStore, load: Load, target: number): Promise<BenchmarkRow[]> {
  await read(store, { ...load, calls: Math.ceil(load.calls / 10) });
  const { times, rowsASecond } = await read(store, load);
  const name = `online, ${FEATURES} features x ${load.rows} rows, concurrency ${load.concurrency}`;
  const throughput = load.rows === 100 && load.concurrency === 32 ? { target: { atLeast: 30_000 } } : {};
  return [
    benchmarkRow({ name: `${name}, p99`, value: percentile(times, 0.99), unit: 'ms', target: { atMost: target } }),
    benchmarkRow({ name: `${name}, p50`, value: percentile(times, 0.5), unit: 'ms' }),
    benchmarkRow({ name: `${name}, throughput`, value: rowsASecond, unit: 'rows/s', ...throughput }),
  ];
}

/** Latency and throughput of reading features from Redis: that of REDIS_URL. */
export async function onlineRows({ onProgress }: BenchmarkContext): Promise<BenchmarkRow[]> {
  const redisUrl = findRedisUrl();
  if (redisUrl === null) {
    onProgress('online: REDIS_URL names no Redis, left out');
    return [];
  }
  const store = createRedisStore(redisUrl, createLogger({ level: 'error', name: 'bench' }));
  try {
    await fill(store);
    const rows: BenchmarkRow[] = [];
    for (const concurrency of [1, 32]) {
      rows.push(...(await measure(store, { rows: 1, concurrency, calls: 20_000 }, 2)));
      rows.push(...(await measure(store, { rows: 100, concurrency, calls: 2_000 }, 20)));
    }
    return rows;
  } finally {
    for (let n = 0; n < ENTITIES; n++) await store.forget(idOf(n), SOURCE);
    await store.close();
  }
}
