import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { planPostgres } from '../platform/embedded/postgres/postgres.js';
import { freePorts } from '../platform/embedded/processes/ports.js';
import { startService, stopService, waitUntilReady } from '../platform/embedded/service.js';
import { withTemporaryFolder } from '../platform/temporary-folders.js';
import { fillSource } from './extraction/fill-source.js';
import { type ExtractionStep, measureExtraction } from './extraction/measure.js';
import { type BenchmarkContext, benchmarkRow, type BenchmarkRow, type BenchmarkSuite } from './report/suite.js';

const SOURCE = 'bench';
const DAY_MS = 86_400_000;
/** Sections by the number of customers of 36 months, with about 1,270 transactions each. */
const SIZES = { '1M': 900, '10M': 8_000 } as const;
/** Bars for a million transactions, and shares of the first extraction. */
const [SECONDS_A_MILLION, PEAK_MB, UNCHANGED, CHANGED] = [4.5, 512, 0.05, 0.1] as const;
const CHANGED_CUSTOMERS = 0.001;

async function withPostgres<Result>(folder: string, work: (url: string) => Promise<Result>): Promise<Result> {
  const ports = await freePorts(['postgres'], {});
  const password = randomBytes(18).toString('hex');
  const { plan, url } = await planPostgres({ base: join(folder, 'postgres'), port: ports.postgres, password });
  const server = await startService(plan, join(folder, 'postgres.log'));
  try {
    await waitUntilReady(server);
    const admin = new pg.Client({ connectionString: url });
    await admin.connect();
    await admin.query('create database bench');
    await admin.end();
    return await work(Object.assign(new URL(url), { pathname: '/bench' }).href);
  } finally {
    await stopService(server);
  }
}

/** Another text in every transaction of some customers. */
const changeCustomers = (pool: pg.Pool, customers: number): Promise<unknown> =>
  pool.query(
    `update backend.transactions set description = description || '.' where source = $1 and user_id in
     (select id from backend.users where source = $1 order by md5(id) limit $2)`,
    [SOURCE, customers],
  );

interface Size {
  readonly name: keyof typeof SIZES;
  readonly pool: pg.Pool;
  readonly step: ExtractionStep;
}

async function extractionRows({ name, pool, step }: Size): Promise<BenchmarkRow[]> {
  const first = await measureExtraction(step);
  const later = { ...step, parent: first.hash, asOf: step.asOf + DAY_MS };
  const unchanged = await measureExtraction(later);
  await changeCustomers(pool, Math.ceil(SIZES[name] * CHANGED_CUSTOMERS));
  const changed = await measureExtraction(later);
  const known = new Set(first.parts);
  const newParts = unchanged.parts.filter((hash) => !known.has(hash)).length;
  const [label, perMillion] = [`extraction ${name}`, (1e6 * first.seconds) / first.rows];
  return [
    benchmarkRow({ name: label, value: perMillion, unit: 'CPU-s per 1M', target: { atMost: SECONDS_A_MILLION } }),
    benchmarkRow({ name: `${label} peak`, value: first.peakMb, unit: 'MB', target: { atMost: PEAK_MB } }),
    benchmarkRow({ name: `${label} unchanged`, value: unchanged.seconds / first.seconds, unit: 'of first', target: { atMost: UNCHANGED } }), // prettier-ignore
    benchmarkRow({ name: `${label} unchanged, new parts`, value: newParts, unit: 'parts', target: { atMost: 0 } }),
    benchmarkRow({ name: `${label} 0.1 % of customers changed`, value: changed.seconds / first.seconds, unit: 'of first', target: { atMost: CHANGED } }), // prettier-ignore
  ];
}

async function measureSize(name: keyof typeof SIZES, { onProgress }: BenchmarkContext): Promise<BenchmarkRow[]> {
  return withTemporaryFolder((folder) =>
    withPostgres(folder, async (databaseUrl) => {
      const pool = new pg.Pool({ connectionString: databaseUrl });
      onProgress(`filling a source of ${name} transactions`);
      const { asOf, rows } = await fillSource(pool, { source: SOURCE, customers: SIZES[name] });
      onProgress(`${rows.transactions} transactions`);
      const artifactUri = pathToFileURL(join(folder, 'blobs')).href;
      const step = { databaseUrl, artifactUri, source: SOURCE, asOf, parent: null };
      return await extractionRows({ name, pool, step }).finally(() => pool.end());
    }),
  );
}

async function run(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const rows: BenchmarkRow[] = [];
  for (const name of ['1M', '10M'] as const)
    if (context.wants(` ${name}`)) rows.push(...(await measureSize(name, context)));
  return rows;
}

/** What reading transactions from PostgreSQL costs, at first, unchanged and with few changes. */
export const benchmarks: BenchmarkSuite = {
  description: 'CPU and memory of the extraction of transactions from PostgreSQL; sections: " 1M", " 10M"',
  run,
};
