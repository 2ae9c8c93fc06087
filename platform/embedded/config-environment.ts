import type { Config } from '../config/config.js';
import { driftEnvironment } from '../config/drift-settings.js';
import type { Endpoints } from './endpoints.js';

/**
 * The settings as environment variables with absolute paths, so that a child process reads the same configuration
 * whatever its working directory and `.env`: `readConfig(configEnvironment(config))` equals `config`.
 */
export const configEnvironment = (config: Config): Record<string, string> => ({
  ML_HOME: config.home,
  ML_CACHE: config.cache,
  LOG_LEVEL: config.logLevel,
  TEMPORAL_ADDRESS: config.temporal.address ?? '',
  TEMPORAL_NAMESPACE: config.temporal.namespace,
  TEMPORAL_CLI_PATH: config.temporal.cliPath ?? '',
  ...temporalSecurity(config.temporal),
  UI_ALLOWED_HOSTS: config.uiAllowedHosts.join(','),
  REPORT_URL: config.reportUrl ?? '',
  ...storeEnvironment(config),
  ENCODER_PATH: config.encoder.path ?? '',
  HF_ENDPOINT: config.encoder.endpoint,
  TASK_QUEUE_PREFIX: config.taskQueuePrefix,
  PIPELINE_SLOTS: String(config.pipelineSlots),
  TRAINING_SLOTS: config.trainingSlots === null ? '' : String(config.trainingSlots),
  TRAINING_MEMORY_MB: String(config.trainingMemoryMb),
  COMPUTING_MEMORY_MB: String(config.computingMemoryMb),
  HEARTBEAT_TIMEOUT_SECONDS: String(config.heartbeatTimeoutSeconds),
  OUTAGE_PATIENCE_HOURS: String(config.retry.outagePatienceHours),
  OUTAGE_RETRY_SECONDS: String(config.retry.outageRetrySeconds),
  CRASH_ATTEMPTS: String(config.retry.crashAttempts),
  WORKER_VERSIONING: config.workers.versioning,
  WORKER_BUILD_ID: config.workers.buildId ?? '',
  BACKEND_QUERIES_DIR: config.backendQueriesDir ?? '',
  DATA_POLICY: config.dataPolicyFile ?? '',
  DATA_EXPECTATIONS: config.expectationsFile ?? '',
  SOURCE_COLUMN_ADDED: config.schemaReaction.added,
  SOURCE_COLUMN_DROPPED: config.schemaReaction.dropped,
  SOURCE_COLUMN_RETYPED: config.schemaReaction.retyped,
  EXTRACT_CHUNK_ROWS: String(config.extractChunkRows),
  ...sourceEnvironment(config),
  VALIDATION_MAX_REJECTED_SHARE: String(config.maxRejectedShare),
  VALIDATION_SUSPICIOUS_LABELS: config.suspiciousLabels,
  ...priceEnvironment(config.cpuPrice),
  ...approvalEnvironment(config),
  WEBHOOK_URLS: config.webhookUrls.join(','),
  SNAPSHOT_RETENTION: String(config.retention.snapshots),
  RUN_RETENTION_DAYS: String(config.retention.runDays),
  GC_GRACE_HOURS: String(config.retention.graceHours),
  PREDICTION_LOG_DAYS: String(config.predictionLog.keepDays),
  PREDICTION_LOG_SPOOL_MB: String(config.predictionLog.mostSpoolBytes / 2 ** 20),
  ...driftEnvironment(config.drift),
  ...apiEnvironment(config.api),
  SCHEDULE_TIMEZONE: config.schedule.timezone,
  SCHEDULE_WEEKLY: config.schedule.weekly,
  SCHEDULE_DAILY: config.schedule.daily,
  SCHEDULE_DRIFT: config.schedule.drift,
  SCHEDULE_FEATURES: config.schedule.features,
  SCHEDULE_PARITY: config.schedule.parity,
  SCHEDULE_OVERLAP: config.schedule.overlap,
  SCHEDULE_CATCHUP_HOURS: String(config.schedule.catchupHours),
});

const storeEnvironment = (config: Config): Record<string, string> => ({
  DATABASE_URL: config.databaseUrl ?? '',
  BACKEND_DATABASE_URL: config.backendDatabaseUrl ?? '',
  REDIS_URL: config.redisUrl ?? '',
  ARTIFACT_URI: config.artifactUri ?? '',
});

const bySource = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([source, value]) => `${source}=${value}`)
    .join(',');

const sourceEnvironment = ({ customerTimeZones, dateOrders }: Config): Record<string, string> => ({
  CUSTOMER_TIME_ZONE: customerTimeZones.usual,
  CUSTOMER_TIME_ZONES: bySource(customerTimeZones.bySource),
  DATE_ORDER: dateOrders.usual,
  DATE_ORDERS: bySource(dateOrders.bySource),
});

const priceEnvironment = (price: Config['cpuPrice']): Record<string, string> => ({
  CPU_HOUR_PRICE: price === null ? '' : String(price.anHour),
  CPU_HOUR_CURRENCY: price?.currency ?? '',
});

const approvalEnvironment = (config: Config): Record<string, string> => ({
  PRODUCTION_APPROVAL: config.productionApproval,
  APPROVAL_PROOF: config.approvalProof,
  APPROVAL_SECRET_FILE: config.approvalSecretFile ?? '',
  KEY_RING_FILE: config.keyRingFile ?? '',
  BLOB_ENCRYPTION: config.blobEncryption ? 'on' : 'off',
  CUSTOMER_KEYS: config.customerKeys ? 'on' : 'off',
});

const apiEnvironment = (api: Config['api']): Record<string, string> => ({
  HOST: api.host,
  PORT: api.port === null ? '' : String(api.port),
  SERVE_PROCESSES: String(api.processes),
  JWT_ISSUER: api.issuer,
  JWT_AUDIENCE: api.audience,
  JWT_SECRET_FILE: api.secretFile ?? '',
  JWT_PUBLIC_KEY_FILE: api.publicKeyFile ?? '',
  JWT_JWKS_URL: api.keySetUrl ?? '',
  JWT_USER_CLAIM: api.userClaim,
  JWT_CLOCK_SKEW_SECONDS: String(api.clockSkewSeconds),
  CORS_ORIGINS: api.corsOrigins.join(','),
  RATE_LIMIT_PER_MINUTE: String(api.traffic.programs.requestsPerMinute ?? 0),
  CUSTOMER_RATE_LIMIT_PER_MINUTE: String(api.traffic.customers.requestsPerMinute ?? 0),
  QUERY_BUDGET_PER_DAY: String(api.traffic.programs.answersPerDay ?? 0),
  CUSTOMER_QUERY_BUDGET_PER_DAY: String(api.traffic.customers.answersPerDay ?? 0),
  MOST_REQUESTS_IN_FLIGHT: String(api.traffic.mostInFlight),
  SCORE_DECIMALS: Object.entries(api.traffic.scoreDecimals)
    .map(([route, decimals]) => `${route}=${decimals}`)
    .join(','),
  MODEL_VARIANTS: Object.entries(api.modelVariants)
    .map((pair) => pair.join('='))
    .join(','),
  MLFLOW_TRACKING_URI: api.mlflowUri ?? '',
});

const temporalSecurity = ({ tls, apiKey }: Config['temporal']): Record<string, string> => ({
  TEMPORAL_TLS: tls === null ? '' : 'true',
  TEMPORAL_TLS_CLIENT_CERT_PATH: tls?.certPath ?? '',
  TEMPORAL_TLS_CLIENT_KEY_PATH: tls?.keyPath ?? '',
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: tls?.caPath ?? '',
  TEMPORAL_TLS_SERVER_NAME: tls?.serverName ?? '',
  TEMPORAL_API_KEY: apiKey ?? '',
});

/** The addresses as environment variables for a worker process, which treats them as foreign services. */
export const endpointEnvironment = (endpoints: Endpoints): Record<string, string> => ({
  TEMPORAL_ADDRESS: endpoints.temporal.address,
  TEMPORAL_NAMESPACE: endpoints.temporal.namespace,
  DATABASE_URL: endpoints.databaseUrl,
  BACKEND_DATABASE_URL: endpoints.backendDatabaseUrl ?? '',
  REDIS_URL: endpoints.redisUrl ?? '',
  ARTIFACT_URI: endpoints.artifactUri,
});
