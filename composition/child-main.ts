import pg from 'pg';
import { openBlobStore, openCheckpointStore } from '../platform/blobs/open.js';
import { processEnvironment } from '../platform/config/environment.js';
import { serveJobs } from '../platform/child-process/serve.js';
import { findEncoder } from '../platform/encoders/find-encoder.js';
import { readChildSettings } from './child-settings.js';
import { createJobExecutor } from '../activities/jobs.js';

/* The entry of every computing process: opens its own stores, runs one job, ends. */
const { artifactUri, cache, backendDatabaseUrl, encoder, progressIntervalMs } = readChildSettings(processEnvironment());

let pool: pg.Pool | undefined;

/** Its connections are few and short-lived: the process may wait for the next job, the database should not. */
function openBackend(): pg.Pool {
  const opened = new pg.Pool({ connectionString: backendDatabaseUrl, max: 2, idleTimeoutMillis: 1000 });
  return opened.on('error', () => undefined); // an idle connection that breaks is replaced by the next query
}

serveJobs(
  createJobExecutor({
    blobs: openBlobStore(artifactUri, cache),
    checkpoints: openCheckpointStore(artifactUri),
    backendPool: () => (pool ??= openBackend()),
    findEncoder: (name, options) => findEncoder(name, { ...encoder, cache }, options),
  }),
  progressIntervalMs === undefined ? {} : { progressIntervalMs },
);
