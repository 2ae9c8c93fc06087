import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { generateBackend, generateCustomers } from '../datasets/sources/backend/generator/index.js';
import { migrateBackend } from '../datasets/sources/backend/migrate.js';
import { reportDifficulty } from '../datasets/sources/backend/report/report.js';
import { createSourceCatalog } from '../datasets/sources/catalog.js';
import { ensurePlatform } from '../platform/embedded/ensure.js';
import { createPool } from '../platform/postgres/pool.js';
import { loadConfig } from '../platform/config/load-config.js';
import { cpuOf, cpuSince } from './support/cpu.js';
import { type BenchmarkContext, benchmarkRow, type BenchmarkRow, type BenchmarkSuite } from './report/suite.js';

const SMALLEST_RATE = 50_000;
const RUNS = 3;
const silent = { warn: (): void => undefined };

/** The server of DATABASE_URL, else the embedded one. */
async function serverUrl(onProgress: (line: string) => void): Promise<string> {
  const config = loadConfig();
  return config.databaseUrl ?? (await ensurePlatform(config, onProgress, { workers: false })).databaseUrl;
}

/** Runs something on an empty database that is dropped afterwards: a benchmark never touches an existing source. */
async function onEmptyDatabase<T>(server: string, work: (pool: pg.Pool) => Promise<T>): Promise<T> {
  const name = `bench_${randomUUID().replaceAll('-', '')}`;
  const admin = createPool(server, silent, { max: 1 });
  await admin.query(`create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const pool = createPool(url.href, silent);
  try {
    return await work(pool);
  } finally {
    await pool.end();
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
  }
}

interface Load {
  readonly transactions: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** One load of the default backend; the clock covers computing, COPY, commit and ANALYZE. */
async function timedLoad(pool: pg.Pool): Promise<Load> {
  const catalog = createSourceCatalog(pool);
  const start = performance.now();
  const { value, seconds: cpuSeconds } = await cpuOf(() => generateBackend({ backendPool: pool, catalog }));
  return { transactions: value.rows.transactions, seconds: (performance.now() - start) / 1000, cpuSeconds };
}

/** Every run loads into an empty database, then replaces what it loaded. */
async function loadTwice(server: string): Promise<{ readonly first: Load; readonly again: Load }> {
  return onEmptyDatabase(server, async (pool) => {
    await migrateBackend(pool);
    await createSourceCatalog(pool).migrate();
    return { first: await timedLoad(pool), again: await timedLoad(pool) };
  });
}

const rate = ({ transactions, seconds }: Load): number => transactions / seconds;
const best = (values: readonly number[]): number => Math.max(...values);

function computingRate(): number {
  const before = process.cpuUsage();
  let transactions = 0;
  for (const { rows } of generateCustomers({ users: 60 })) transactions += rows.transactions.length;
  return transactions / cpuSince(before);
}

function loadRows(runs: readonly { readonly first: Load; readonly again: Load }[]): BenchmarkRow[] {
  const unit = 'transactions/s';
  const firsts = runs.map(({ first }) => first);
  const target = { atLeast: SMALLEST_RATE };
  return [
    benchmarkRow({
      name: 'generate 300 x 36 into an empty database',
      value: best(firsts.map(rate)),
      unit,
      target,
    }),
    benchmarkRow({
      name: 'replace it',
      value: best(runs.map(({ again }) => rate(again))),
      unit,
    }),
    benchmarkRow({
      name: 'CPU of this process a load',
      value: Math.min(...firsts.map(({ cpuSeconds }) => cpuSeconds)),
      unit: 's',
    }),
  ];
}

async function difficultyRow(): Promise<BenchmarkRow> {
  const reports = await reportDifficulty();
  const value = reports.filter(({ asDesigned }) => asDesigned).length;
  return benchmarkRow({ name: 'tasks as hard as designed', value, unit: 'of 5', target: { atLeast: 5 } });
}

async function run({ onProgress }: BenchmarkContext): Promise<BenchmarkRow[]> {
  const server = await serverUrl(onProgress);
  const runs: Awaited<ReturnType<typeof loadTwice>>[] = [];
  for (let number = 1; number <= RUNS; number++) {
    onProgress(`load ${number} of ${RUNS}`);
    runs.push(await loadTwice(server));
  }
  const computing = {
    name: 'computing alone',
    value: computingRate(),
    unit: 'transactions/CPU s',
  };
  return [...loadRows(runs), benchmarkRow(computing), await difficultyRow()];
}

/** Speed of `ml data generate` and the difficulty of what it makes. */
export const benchmarks: BenchmarkSuite = {
  description: 'synthetic backend: transactions written a second (best of three), difficulty of the five tasks',
  run,
};
