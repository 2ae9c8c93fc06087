import type pg from 'pg';
import type { Logger } from 'pino';
import type { FeatureLog } from '../contracts/feature-log.js';
import type { ModelRegistry } from '../contracts/registry.js';
import { createSnapshotLog, snapshotSchema } from '../datasets/snapshots/snapshot-log.js';
import { createQuarantineLog, type QuarantineLog } from '../datasets/quarantine/quarantine-log.js';
import { quarantineSchema } from '../datasets/quarantine/schema.js';
import { erasureSchema } from '../datasets/erasure/schema.js';
import { feedbackSchema } from '../datasets/feedback/schema.js';
import { backendSchema } from '../datasets/sources/backend/migrate.js';
import { catalogSchema, createSourceCatalog } from '../datasets/sources/catalog.js';
import { createCustomerKeys } from '../feature-store/online/customer-keys.js';
import { createMemoryStore } from '../feature-store/online/memory-store.js';
import type { OnlineStore } from '../feature-store/online/online-store.js';
import { createRedisStore } from '../feature-store/online/redis-store.js';
import { servingSchema } from '../inference/prediction-log/schema.js';
import { createFeatureStatisticsLog, type FeatureStatisticsLog } from '../monitoring/features/statistics-log.js';
import { createPredictorPool, type PredictorPool } from '../inference/predictor-pool.js';
import { monitoringSchema } from '../monitoring/alerts/schema.js';
import { findModel } from '../models/catalogue.js';
import type { BlobStore, ClearableCheckpoints } from '../platform/blobs/blob-store.js';
import { openSealedBlobStore, openSealedCheckpointStore, sealingBy } from '../platform/blobs/open.js';
import type { Config } from '../platform/config/config.js';
import type { Endpoints } from '../platform/embedded/endpoints.js';
import { runningState } from '../platform/embedded/ensure.js';
import { outboxSchema } from '../platform/outbox/schema.js';
import { type KeyRing, openKeyRing } from '../platform/keys/key-ring.js';
import { createPool } from '../platform/postgres/pool.js';
import type { RedisLimits } from '../platform/redis/client.js';
import { migrateOncePerStart } from '../platform/postgres/checked-schemas.js';
import { type AuditLog, createAuditLog } from '../registry/audit/audit-log.js';
import { registrySchema } from '../registry/migrations/index.js';
import { createPostgresRegistry } from '../registry/postgres-registry.js';
import { createFeatureLog } from '../registry/feature-log.js';
import type { RequireSigned } from '../registry/signing/verify-artefact.js';
import { createRunBook } from '../registry/run-search/run-book.js';
import type { RunBook } from '../contracts/run-book.js';
import { createReportLog } from '../registry/report-log.js';
import { createStepLog } from '../registry/step-log.js';
import { createUsageLog } from '../registry/usage-log.js';
import { artefactVerifier, registryDatabase, signEarlierArtefacts, versionSigner } from './artefact-signatures.js';
import type { ReportLog } from '../contracts/reports.js';
import type { StepLog } from '../contracts/steps.js';
import type { UsageLog } from '../contracts/resource-usage.js';

/** All stores that activities, the CLI and serving use, connected and migrated. */
export interface Services {
  readonly pool: pg.Pool;
  /** The source system's database, read only; the same as `pool` when no other database is configured. */
  readonly backendPool: pg.Pool;
  readonly blobs: BlobStore;
  readonly checkpoints: ClearableCheckpoints;
  readonly registry: ModelRegistry;
  readonly steps: StepLog;
  readonly audit: AuditLog;
  readonly runBook: RunBook;
  readonly usage: UsageLog;
  readonly reports: ReportLog;
  readonly quarantine: QuarantineLog;
  /** Published feature views and what was materialised of them. */
  readonly featureLog: FeatureLog;
  readonly featureStatistics: FeatureStatisticsLog;
  readonly onlineStore: OnlineStore;
  readonly catalog: ReturnType<typeof createSourceCatalog>;
  readonly snapshotLog: ReturnType<typeof createSnapshotLog>;
  /** Refuses an artefact that no trusted key has signed. */
  readonly requireSigned: RequireSigned;
  /** Open predictors, of every model. */
  readonly predictors: PredictorPool;
  close(): Promise<void>;
}

/** Opens the key ring when something is encrypted or read. */
function keyRingOnce(config: Config): () => Promise<KeyRing> {
  let ring: Promise<KeyRing> | null = null;
  return () => (ring ??= openKeyRing(config));
}

interface OnlineStoreParts {
  readonly config: Config;
  readonly redisUrl: string | null;
  readonly pool: pg.Pool;
  readonly logger: Logger;
}

function openOnlineStore({ config, redisUrl, pool, logger }: OnlineStoreParts, limits: RedisLimits): OnlineStore {
  const keys = config.customerKeys ? createCustomerKeys(pool, keyRingOnce(config)) : null;
  return redisUrl === null ? createMemoryStore(pool, keys) : createRedisStore(redisUrl, logger, limits, keys);
}

/** Schemas of this system, without the backend's. */
const ownSchemas = [
  registrySchema,
  catalogSchema,
  snapshotSchema,
  servingSchema,
  feedbackSchema,
  quarantineSchema,
  erasureSchema,
  outboxSchema,
  monitoringSchema,
];

/** Logs and books in tables of their own. */
const logsOf = (pool: pg.Pool) => ({
  steps: createStepLog(pool),
  usage: createUsageLog(pool),
  reports: createReportLog(pool),
  quarantine: createQuarantineLog(pool),
  featureStatistics: createFeatureStatisticsLog(pool),
  audit: createAuditLog(pool),
  runBook: createRunBook(pool),
  featureLog: createFeatureLog(pool),
});

/**
 * Connects to the services at these addresses and migrates the schemas of this system, once a start of the platform. The backend's schema is created
 * only when no other database is configured for it: a source of the user's is read and never written, even when it is
 * the database that holds the registry.
 * @throws PipelineError `INTERNAL` naming a migration that failed.
 */
export async function connectServices(
  config: Config,
  endpoints: Endpoints,
  logger: Logger,
  onlineLimits: RedisLimits = {},
): Promise<Services> {
  const pool = createPool(endpoints.databaseUrl, logger);
  const { backendDatabaseUrl } = endpoints;
  const ownBackend = backendDatabaseUrl === null;
  const backendPool = ownBackend ? pool : createPool(backendDatabaseUrl, logger);
  const logs = logsOf(pool);
  const catalog = createSourceCatalog(pool);
  const snapshotLog = createSnapshotLog(pool);
  const onlineStore = openOnlineStore({ config, redisUrl: endpoints.redisUrl, pool, logger }, onlineLimits);
  const sealing = sealingBy(config);
  const blobs = openSealedBlobStore(endpoints.artifactUri, config.cache, sealing);
  const registry = createPostgresRegistry(pool, versionSigner(blobs, config));
  const requireSigned = artefactVerifier({ pool: () => pool, keys: config, webhookUrls: config.webhookUrls });
  const predictors = createPredictorPool({ blobs, findModel, requireSigned });
  const close = async (): Promise<void> => {
    await Promise.allSettled([
      predictors.close(),
      onlineStore.close(),
      pool.end(),
      ownBackend ? null : backendPool.end(),
    ]);
  };
  try {
    const supervisor = runningState(config.home)?.supervisor ?? null;
    const check = { home: config.home, supervisor, databaseUrl: endpoints.databaseUrl };
    await migrateOncePerStart(pool, [...ownSchemas, ...(ownBackend ? [backendSchema] : [])], check);
    await signEarlierArtefacts(registryDatabase(pool), blobs, config, logger);
  } catch (fault) {
    await close();
    throw fault;
  }
  const checkpoints = openSealedCheckpointStore(endpoints.artifactUri, sealing);
  return {
    pool,
    backendPool,
    blobs,
    checkpoints,
    predictors,
    requireSigned,
    registry,
    ...logs,
    onlineStore,
    catalog,
    snapshotLog,
    close,
  };
}
