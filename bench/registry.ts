import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { loadConfig } from '../platform/config/load-config.js';
import { findEndpoints } from '../platform/embedded/find-endpoints.js';
import { createPostgresRegistry } from '../registry/postgres-registry.js';
import { measureCommands } from './registry/commands.js';
import { fillRegistry } from './registry/fill.js';
import { measureQueries } from './registry/queries.js';
import { measureSignatures } from './registry/signatures.js';
import type { BenchmarkContext, BenchmarkRow, BenchmarkSuite } from './report/suite.js';

const NAME = 'ml_bench_registry';

async function admin(databaseUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(statement);
  await client.end();
}

async function run(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'ml-bench-registry-'));
  try {
    const signed = context.wants('signatures') ? await measureSignatures(folder) : [];
    return context.wants('queries') || context.wants('commands')
      ? [...signed, ...(await measureFilled(folder, context))]
      : signed;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureFilled(folder: string, context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const endpoints = findEndpoints(loadConfig());
  const { databaseUrl } = endpoints;
  const url = new URL(databaseUrl);
  url.pathname = `/${NAME}`;
  await admin(databaseUrl, `drop database if exists ${NAME} with (force)`);
  await admin(databaseUrl, `create database ${NAME}`);
  const pool = new pg.Pool({ connectionString: url.href, max: 4 });
  try {
    await createPostgresRegistry(pool).migrate();
    await fillRegistry(pool, context.onProgress);
    return [
      ...(context.wants('queries') ? await measureQueries(pool) : []),
      ...(context.wants('commands') ? measureCommands(folder, { ...endpoints, databaseUrl: url.href }) : []),
    ];
  } finally {
    await pool.end();
    await admin(databaseUrl, `drop database if exists ${NAME} with (force)`);
  }
}

/**
 * The registry with 100,000 runs in a database of its own beside that of the platform in ML_HOME, which must be up.
 * `--only` takes signatures (needs no platform), queries or commands.
 */
export const benchmarks: BenchmarkSuite = {
  description: 'searching 100,000 runs in the database and by command, and verifying an artefact of 100 MB',
  run,
};
