import pg from 'pg';
import { openSealedBlobStore, openSealedCheckpointStore, sealingBy } from '../platform/blobs/open.js';
import { processEnvironment } from '../platform/config/environment.js';
import { serveJobs } from '../platform/child-process/serve.js';
import { openKeyRing } from '../platform/keys/key-ring.js';
import { findEncoder } from '../platform/encoders/find-encoder.js';
import { artefactVerifier } from './artefact-signatures.js';
import { readChildSettings } from './child-settings.js';
import { createJobExecutor } from '../activities/jobs.js';

/* Entry point of a computing process: opens its own stores and runs jobs. */
const settings = readChildSettings(processEnvironment());
const { artifactUri, cache, backendDatabaseUrl, databaseUrl, encoder, keys, progressIntervalMs, webhookUrls } =
  settings;

const pools = new Map<string, pg.Pool>();

function poolOf(connectionString: string): pg.Pool {
  const pool = pools.get(connectionString) ?? openPool(connectionString);
  pools.set(connectionString, pool);
  return pool;
}

/** Few connections that close soon, so that a process that waits for the next job holds none open. */
function openPool(connectionString: string): pg.Pool {
  const opened = new pg.Pool({ connectionString, max: 2, idleTimeoutMillis: 1000 });
  return opened.on('error', () => undefined); // an idle connection that breaks is replaced by the next query
}

const sealing = sealingBy(keys);

serveJobs(
  createJobExecutor({
    blobs: openSealedBlobStore(artifactUri, cache, sealing),
    checkpoints: openSealedCheckpointStore(artifactUri, sealing),
    backendPool: () => poolOf(backendDatabaseUrl),
    queriesFolder: settings.backendQueriesDir,
    ownPool: () => poolOf(databaseUrl),
    keys: () => openKeyRing(keys),
    requireSigned: artefactVerifier({ pool: () => poolOf(databaseUrl), keys, webhookUrls }),
    findEncoder: (name, options) => findEncoder(name, { ...encoder, cache }, options),
  }),
  progressIntervalMs === undefined ? {} : { progressIntervalMs },
);
