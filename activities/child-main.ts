import pg from 'pg';
import { openBlobStore, openCheckpointStore } from '../platform/blobs/open.js';
import { serveJobs } from '../platform/child-process/serve.js';
import { readChildSettings } from './child-settings.js';
import { createJobExecutor } from './jobs.js';

/* The entry of every computing process: opens its own stores, runs one job, ends. */
const { artifactUri, cache, backendDatabaseUrl } = readChildSettings(process.env);

serveJobs(
  createJobExecutor({
    blobs: openBlobStore(artifactUri, cache),
    checkpoints: openCheckpointStore(artifactUri),
    backendPool: () => new pg.Pool({ connectionString: backendDatabaseUrl, max: 2 }),
  }),
);
