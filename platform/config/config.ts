import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { type CheckSettings, dateOrder, type DateOrder, suspiciousLabelRules } from '../../contracts/dataset.js';
import { type SchemaReaction, schemaReactions } from '../../contracts/schema-changes.js';
import { type DriftLimits, driftModes } from '../../contracts/drift.js';
import { driftSettings } from './drift-settings.js';
import type { Environment } from './environment.js';
import type { TrafficSettings } from './traffic-settings.js';
import { type ScheduleConfig, scheduleSettings } from './schedule-settings.js';
import { invalidSetting } from './invalid-setting.js';
import { threeQuartersOfMemory } from './machine-memory.js';
import {
  apiKey,
  artifactUri,
  cronLine,
  decimalsByRoute,
  decimal,
  hostAndPort,
  hostNames,
  origins,
  optional,
  optionalText,
  pageAddress,
  pageAddresses,
  serverUrl,
  timeZone,
  dateOrdersByName,
  timeZonesByName,
  variantsByRoute,
  whole,
  withDefault,
  word,
} from './setting-types.js';

const postgresUrl = serverUrl(['postgres', 'postgresql'], 'postgres://user:password@host:5432/database');

/** Beyond them a number is a slip of the hand. */
const [MOST_HOURS, MOST_MB, MOST_REQUESTS] = [8760, 2 ** 30, 1e9];

const environment = z.object({
  ML_HOME: withDefault(z.string(), '.ml-services'),
  ML_CACHE: optionalText,
  XDG_CACHE_HOME: optionalText,
  LOG_LEVEL: withDefault(z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']), 'info'),

  TEMPORAL_ADDRESS: hostAndPort,
  TEMPORAL_NAMESPACE: withDefault(word, 'default'),
  TEMPORAL_TLS: optional(z.stringbool()),
  TEMPORAL_TLS_CLIENT_CERT_PATH: optionalText,
  TEMPORAL_TLS_CLIENT_KEY_PATH: optionalText,
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: optionalText,
  TEMPORAL_TLS_SERVER_NAME: optionalText,
  TEMPORAL_API_KEY: apiKey,
  TEMPORAL_CLI_PATH: optionalText,
  UI_ALLOWED_HOSTS: hostNames,
  REPORT_URL: pageAddress,
  DATABASE_URL: optional(postgresUrl),
  BACKEND_DATABASE_URL: optional(postgresUrl),
  REDIS_URL: optional(serverUrl(['redis', 'rediss'], 'redis://:password@host:6379')),
  ARTIFACT_URI: optional(artifactUri),

  ENCODER_PATH: optionalText,
  HF_ENDPOINT: withDefault(serverUrl(['http', 'https'], 'https://huggingface.co'), 'https://huggingface.co'),

  TASK_QUEUE_PREFIX: withDefault(word, ''),
  PIPELINE_SLOTS: withDefault(whole(1, 1000), '20'),
  TRAINING_SLOTS: optional(whole(1, 1000)),
  TRAINING_MEMORY_MB: withDefault(whole(128, MOST_MB), '2048'),
  COMPUTING_MEMORY_MB: optional(whole(128, MOST_MB)),
  HEARTBEAT_TIMEOUT_SECONDS: withDefault(decimal({ from: 1, to: 3600 }), '30'),
  OUTAGE_PATIENCE_HOURS: withDefault(decimal({ above: 0, to: MOST_HOURS }), '24'),
  OUTAGE_RETRY_SECONDS: withDefault(decimal({ above: 0, to: 86_400 }), '30'),
  CRASH_ATTEMPTS: withDefault(whole(1, 1000), '10'),
  WORKER_VERSIONING: withDefault(z.enum(['replay', 'pinned']), 'replay'),
  WORKER_BUILD_ID: optional(word),

  BACKEND_QUERIES_DIR: optionalText,
  DATA_POLICY: optionalText,
  DATA_EXPECTATIONS: optionalText,
  SOURCE_COLUMN_ADDED: withDefault(z.enum(schemaReactions), 'warn'),
  SOURCE_COLUMN_DROPPED: withDefault(z.enum(schemaReactions), 'warn'),
  SOURCE_COLUMN_RETYPED: withDefault(z.enum(schemaReactions), 'warn'),
  EXTRACT_CHUNK_ROWS: withDefault(whole(100, 10_000_000), '50000'),
  CUSTOMER_TIME_ZONE: withDefault(timeZone, 'Asia/Kolkata'),
  CUSTOMER_TIME_ZONES: withDefault(timeZonesByName, 'berka=Europe/Prague'),
  DATE_ORDER: withDefault(dateOrder, 'day-first'),
  DATE_ORDERS: dateOrdersByName,
  VALIDATION_MAX_REJECTED_SHARE: withDefault(decimal({ from: 0, to: 1 }), '0.02'),
  VALIDATION_SUSPICIOUS_LABELS: withDefault(z.enum(suspiciousLabelRules), 'refused'),
  SNAPSHOT_RETENTION: withDefault(whole(1, 100_000), '12'),
  RUN_RETENTION_DAYS: withDefault(whole(1, 36_500), '90'),
  GC_GRACE_HOURS: withDefault(whole(1, MOST_HOURS), '24'),
  CPU_HOUR_PRICE: optional(decimal({ from: 0, to: 1e6 })),
  CPU_HOUR_CURRENCY: withDefault(word, 'EUR'),
  PRODUCTION_APPROVAL: withDefault(z.enum(['manual', 'automatic']), 'manual'),
  APPROVAL_PROOF: withDefault(z.enum(['required', 'off']), 'required'),
  APPROVAL_SECRET_FILE: optionalText,
  KEY_RING_FILE: optionalText,
  BLOB_ENCRYPTION: withDefault(z.enum(['on', 'off']), 'off'),
  CUSTOMER_KEYS: withDefault(z.enum(['on', 'off']), 'off'),
  WEBHOOK_URLS: pageAddresses,
  PREDICTION_LOG_DAYS: withDefault(whole(1, 3650), '90'),
  PREDICTION_LOG_SPOOL_MB: withDefault(whole(0, 1_000_000), '512'),

  DRIFT_MODE: withDefault(z.enum(driftModes), 'default'),
  DRIFT_WINDOW_DAYS: withDefault(whole(1, 365), '7'),
  DRIFT_COOLDOWN_DAYS: withDefault(whole(0, 365), '7'),
  DRIFT_MOST_SHARE: withDefault(decimal({ from: 0, to: 1 }), '0.3'),
  DRIFT_MOST_LOSS: withDefault(decimal({ from: 0, to: 1 }), '0.05'),
  DRIFT_MOST_ROWS: withDefault(whole(1000, 10_000_000), '100000'),
  DRIFT_RETRAIN: withDefault(z.enum(['on', 'off']), 'on'),

  HOST: withDefault(word, '127.0.0.1'),
  PORT: optional(whole(0, 65_535)),
  SERVE_PROCESSES: withDefault(whole(1, 64), '1'),
  JWT_ISSUER: withDefault(word, 'ml-services'),
  JWT_AUDIENCE: withDefault(word, 'ml-services'),
  JWT_SECRET_FILE: optionalText,
  JWT_PUBLIC_KEY_FILE: optionalText,
  JWT_JWKS_URL: optional(serverUrl(['http', 'https'], 'https://login.example.org/.well-known/jwks.json')),
  JWT_USER_CLAIM: withDefault(word, 'userId'),
  JWT_CLOCK_SKEW_SECONDS: withDefault(whole(0, 600), '30'),
  CORS_ORIGINS: origins,
  RATE_LIMIT_PER_MINUTE: withDefault(whole(0, MOST_REQUESTS), '60000'),
  CUSTOMER_RATE_LIMIT_PER_MINUTE: withDefault(whole(0, MOST_REQUESTS), '300'),
  QUERY_BUDGET_PER_DAY: withDefault(whole(0, MOST_REQUESTS), '0'),
  CUSTOMER_QUERY_BUDGET_PER_DAY: withDefault(whole(0, MOST_REQUESTS), '5000'),
  MOST_REQUESTS_IN_FLIGHT: withDefault(whole(16, 100_000), '1000'),
  SCORE_DECIMALS: decimalsByRoute,
  MODEL_VARIANTS: variantsByRoute,
  MLFLOW_TRACKING_URI: optional(serverUrl(['http', 'https'], 'http://127.0.0.1:5000')),

  SCHEDULE_TIMEZONE: withDefault(timeZone, 'UTC'),
  SCHEDULE_WEEKLY: withDefault(cronLine, '0 3 * * 1'),
  SCHEDULE_DAILY: withDefault(cronLine, '0 2 * * *'),
  SCHEDULE_DRIFT: withDefault(cronLine, '30 4 * * *'),
  SCHEDULE_FEATURES: withDefault(cronLine, '0 8,14,20 * * *'),
  SCHEDULE_PARITY: withDefault(cronLine, '0 6 * * *'),
  SCHEDULE_OVERLAP: withDefault(z.enum(['SKIP', 'BUFFER_ONE', 'BUFFER_ALL', 'ALLOW_ALL']), 'SKIP'),
  SCHEDULE_CATCHUP_HOURS: withDefault(decimal({ above: 0, to: MOST_HOURS }), '168'),
});

/** TLS settings for an external Temporal server; paths are absolute, and the files are read on connecting. */
export interface TemporalTls {
  /** Certificate and key of this client: both are set or both are null. */
  readonly certPath: string | null;
  readonly keyPath: string | null;
  /** Certificate authorities that may have signed the server's certificate; null: the public ones. */
  readonly caPath: string | null;
  /** Name that the server's certificate must contain; null: the host of the address. */
  readonly serverName: string | null;
}

/** A setting that may differ between sources. */
export interface BySource<Value> {
  readonly usual: Value;
  /** Exceptions by name of a source, or by the line of a file. */
  readonly bySource: Readonly<Record<string, Value>>;
}

/** What a setting says of a source, or of the files of a line. */
export const valueFor = <Value>({ usual, bySource }: BySource<Value>, source: string): Value =>
  Object.hasOwn(bySource, source) ? bySource[source]! : usual;

/** IANA zones by which days, months and hours of customers are counted. */
export type CustomerTimeZones = BySource<string>;

/** Zone of the customers' clocks in a source, or in the files of a line. */
export const customerTimeZone = (zones: CustomerTimeZones, source: string): string => valueFor(zones, source);

/** Where the prediction API listens, and whose tokens it takes. Paths are absolute. */
export interface ApiSettings {
  readonly host: string;
  /** Null: 8000, or the next free one. 0: any free one. */
  readonly port: number | null;
  /** Processes behind the port. */
  readonly processes: number;
  readonly issuer: string;
  readonly audience: string;
  /** Secret of tokens with HS256; null: that of the state directory, unless there is a public key or a key set. */
  readonly secretFile: string | null;
  /** PEM with the public key of tokens with RS256 or ES256. */
  readonly publicKeyFile: string | null;
  /** URL of a JSON Web Key Set, read again when a token names a key that it lacks. */
  readonly keySetUrl: string | null;
  /** Claim that restricts a token to the rows of one customer. */
  readonly userClaim: string;
  readonly clockSkewSeconds: number;
  /** Origins of web pages that may call the API; empty: none. */
  readonly corsOrigins: readonly string[];
  readonly traffic: TrafficSettings;
  /** Number format that answers, by route of the model; the others answer in their usual one. */
  readonly modelVariants: Readonly<Record<string, 'int8'>>;
  /** Tracking server whose health is reported; null: none. */
  readonly mlflowUri: string | null;
}

/** Settings of one process, parsed once. A null address means that the embedded service is used. */
export interface Config {
  /** Folder with the state of the embedded services, absolute. */
  readonly home: string;
  /** Folder for programs and downloads, shared by all checkouts, absolute. */
  readonly cache: string;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';
  readonly temporal: {
    /** `host:port` of an external server. */
    readonly address: string | null;
    readonly namespace: string;
    readonly cliPath: string | null;
    /** Null: without TLS. */
    readonly tls: TemporalTls | null;
    /** A secret. */
    readonly apiKey: string | null;
  };
  /** Host names under which browsers may open the UI of the local Temporal server, beside those of this machine. */
  readonly uiAllowedHosts: readonly string[];
  /** Start of the addresses of stored pages, ending in a slash, to which workflows add a page's hash; null: no links. */
  readonly reportUrl: string | null;
  readonly databaseUrl: string | null;
  readonly backendDatabaseUrl: string | null;
  /** Folder with the queries that read that database, absolute; null: those over its schema `backend`. */
  readonly backendQueriesDir: string | null;
  readonly redisUrl: string | null;
  readonly artifactUri: string | null;
  readonly encoder: {
    /** Folder of a pretrained encoder, absolute; null: look in the cache, then on the hub. */
    readonly path: string | null;
    /** URL of the hub or a mirror, without a trailing slash. */
    readonly endpoint: string;
  };
  readonly taskQueuePrefix: string;
  readonly pipelineSlots: number;
  /** Null: one for each core. */
  readonly trainingSlots: number | null;
  readonly trainingMemoryMb: number;
  /** Memory that all computing processes of this installation may reserve together on this machine, in MB. */
  readonly computingMemoryMb: number;
  /** A long step without a heartbeat for this time counts as lost and is retried; recovery after a kill takes as long. */
  readonly heartbeatTimeoutSeconds: number;
  /** Limits of a step's attempts; see `RetryLimits`. */
  readonly retry: {
    readonly outagePatienceHours: number;
    readonly outageRetrySeconds: number;
    readonly crashAttempts: number;
  };
  readonly workers: {
    /** `replay`: any worker continues any run. `pinned`: a run stays on the workers of the build that began it. */
    readonly versioning: 'replay' | 'pinned';
    /** Name of the build; null: its hash. */
    readonly buildId: string | null;
  };
  /** File with what extraction does with columns, absolute; null: every column is kept. */
  readonly dataPolicyFile: string | null;
  /** File with what is expected of the source's tables beside their specs, absolute; null: none. */
  readonly expectationsFile: string | null;
  /** What a run does when the source's columns are not those of the snapshot before. */
  readonly schemaReaction: SchemaReaction;
  readonly extractChunkRows: number;
  /** Zones of the customers' clocks; see `customerTimeZone`. */
  readonly customerTimeZones: CustomerTimeZones;
  /** How dates in numbers are written in texts. */
  readonly dateOrders: BySource<DateOrder>;
  readonly maxRejectedShare: number;
  readonly suspiciousLabels: CheckSettings['suspiciousLabels'];
  /** What `ml data gc` keeps. */
  readonly retention: {
    /** Newest snapshots of each source. */
    readonly snapshots: number;
    /** Days that runs which became no version keep what they recorded. */
    readonly runDays: number;
    /** Blobs younger than this are spared. */
    readonly graceHours: number;
  };
  /** What an hour of one core costs, for the reports of retrainings; null: no cost is shown. */
  readonly cpuPrice: { readonly anHour: number; readonly currency: string } | null;
  readonly productionApproval: 'manual' | 'automatic';
  /** Whether an approval for production must prove that who gives it knows the secret of the installation. */
  readonly approvalProof: 'required' | 'off';
  /** File with that secret, absolute; null: the one of the state directory. */
  readonly approvalSecretFile: string | null;
  /** File with the keys of this installation, absolute; null: the one of the state directory. */
  readonly keyRingFile: string | null;
  /** Whether new blobs and checkpoints are encrypted. */
  readonly blobEncryption: boolean;
  /** Whether values of the online store are encrypted by a key for each customer. */
  readonly customerKeys: boolean;
  /** Who is told of alerts; the addresses may hold secrets. */
  readonly webhookUrls: readonly string[];
  readonly predictionLog: {
    /** Days that rows are kept. */
    readonly keepDays: number;
    /** What each process may put on its disk while the database is away, beside rows that must be durable. */
    readonly mostSpoolBytes: number;
  };
  /** When drift is too much, and what it starts; a model may state limits of its own. */
  readonly drift: DriftLimits;
  /** The prediction API. */
  readonly api: ApiSettings;
  readonly schedule: ScheduleConfig;
}

/**
 * Parses the settings that .env.example explains.
 * @throws PipelineError `INVALID_CONFIG` naming the variable, what is wrong and .env.example.
 */
export function readConfig(env: Environment, workingDirectory: string): Config {
  const parsed = environment.safeParse(env);
  if (!parsed.success) throw invalidSetting(z.prettifyError(parsed.error));
  const variables = parsed.data;
  const file = (path: string | undefined): string | null =>
    path === undefined ? null : resolve(workingDirectory, path);
  return {
    home: resolve(workingDirectory, variables.ML_HOME),
    cache: resolve(variables.ML_CACHE ?? join(variables.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ml-services')),
    logLevel: variables.LOG_LEVEL,
    temporal: temporalSettings(variables, (path) => resolve(workingDirectory, path)),
    uiAllowedHosts: variables.UI_ALLOWED_HOSTS,
    reportUrl: variables.REPORT_URL,
    databaseUrl: variables.DATABASE_URL ?? null,
    backendDatabaseUrl: variables.BACKEND_DATABASE_URL ?? null,
    backendQueriesDir: file(queriesDir(variables)),
    redisUrl: variables.REDIS_URL ?? null,
    artifactUri: variables.ARTIFACT_URI ?? null,
    encoder: {
      path: variables.ENCODER_PATH === undefined ? null : resolve(workingDirectory, variables.ENCODER_PATH),
      endpoint: variables.HF_ENDPOINT.replace(/\/+$/, ''),
    },
    taskQueuePrefix: variables.TASK_QUEUE_PREFIX,
    pipelineSlots: variables.PIPELINE_SLOTS,
    trainingSlots: variables.TRAINING_SLOTS ?? null,
    trainingMemoryMb: variables.TRAINING_MEMORY_MB,
    computingMemoryMb: variables.COMPUTING_MEMORY_MB ?? threeQuartersOfMemory(),
    heartbeatTimeoutSeconds: variables.HEARTBEAT_TIMEOUT_SECONDS,
    retry: {
      outagePatienceHours: variables.OUTAGE_PATIENCE_HOURS,
      outageRetrySeconds: variables.OUTAGE_RETRY_SECONDS,
      crashAttempts: variables.CRASH_ATTEMPTS,
    },
    workers: workerSettings(variables),
    ...dataRules(variables, file),
    extractChunkRows: variables.EXTRACT_CHUNK_ROWS,
    dateOrders: { usual: variables.DATE_ORDER, bySource: variables.DATE_ORDERS },
    customerTimeZones: { usual: variables.CUSTOMER_TIME_ZONE, bySource: variables.CUSTOMER_TIME_ZONES },
    maxRejectedShare: variables.VALIDATION_MAX_REJECTED_SHARE,
    suspiciousLabels: variables.VALIDATION_SUSPICIOUS_LABELS,
    retention: retentionSettings(variables),
    cpuPrice: cpuPrice(variables),
    productionApproval: variables.PRODUCTION_APPROVAL,
    approvalProof: variables.APPROVAL_PROOF,
    approvalSecretFile: file(variables.APPROVAL_SECRET_FILE),
    keyRingFile: file(variables.KEY_RING_FILE),
    blobEncryption: variables.BLOB_ENCRYPTION === 'on',
    customerKeys: variables.CUSTOMER_KEYS === 'on',
    webhookUrls: variables.WEBHOOK_URLS,
    predictionLog: {
      keepDays: variables.PREDICTION_LOG_DAYS,
      mostSpoolBytes: variables.PREDICTION_LOG_SPOOL_MB * 2 ** 20,
    },
    drift: driftSettings(variables),
    api: apiSettings(variables, (path) => resolve(workingDirectory, path)),
    schedule: scheduleSettings(variables),
  };
}

type Variables = z.infer<typeof environment>;

const dataRules = (
  variables: Variables,
  file: (path: string | undefined) => string | null,
): Pick<Config, 'dataPolicyFile' | 'expectationsFile' | 'schemaReaction'> => ({
  dataPolicyFile: file(variables.DATA_POLICY),
  expectationsFile: file(variables.DATA_EXPECTATIONS),
  schemaReaction: {
    added: variables.SOURCE_COLUMN_ADDED,
    dropped: variables.SOURCE_COLUMN_DROPPED,
    retyped: variables.SOURCE_COLUMN_RETYPED,
  },
});

/** @throws PipelineError `INVALID_CONFIG` when there is no database that the queries could read. */
function queriesDir({ BACKEND_QUERIES_DIR: folder, BACKEND_DATABASE_URL: database }: Variables): string | undefined {
  if (folder === undefined || database !== undefined) return folder;
  throw invalidSetting('BACKEND_QUERIES_DIR is set without BACKEND_DATABASE_URL, whose tables its queries read');
}

const retentionSettings = (variables: Variables): Config['retention'] => ({
  snapshots: variables.SNAPSHOT_RETENTION,
  runDays: variables.RUN_RETENTION_DAYS,
  graceHours: variables.GC_GRACE_HOURS,
});

const cpuPrice = ({ CPU_HOUR_PRICE: anHour, CPU_HOUR_CURRENCY: currency }: Variables): Config['cpuPrice'] =>
  anHour === undefined ? null : { anHour, currency };

function apiSettings(variables: Variables, absolute: (path: string) => string): ApiSettings {
  const { JWT_SECRET_FILE: secret, JWT_PUBLIC_KEY_FILE: publicKey, JWT_JWKS_URL: keySet } = variables;
  const given = [secret, publicKey, keySet].filter((value) => value !== undefined);
  if (given.length > 1)
    throw invalidSetting('wanted at most one of JWT_SECRET_FILE, JWT_PUBLIC_KEY_FILE and JWT_JWKS_URL');
  const file = (path: string | undefined): string | null => (path === undefined ? null : absolute(path));
  return {
    host: variables.HOST,
    port: variables.PORT ?? null,
    processes: variables.SERVE_PROCESSES,
    issuer: variables.JWT_ISSUER,
    audience: variables.JWT_AUDIENCE,
    secretFile: file(secret),
    publicKeyFile: file(publicKey),
    keySetUrl: keySet ?? null,
    userClaim: variables.JWT_USER_CLAIM,
    clockSkewSeconds: variables.JWT_CLOCK_SKEW_SECONDS,
    corsOrigins: variables.CORS_ORIGINS,
    traffic: trafficSettings(variables),
    modelVariants: variables.MODEL_VARIANTS,
    mlflowUri: variables.MLFLOW_TRACKING_URI ?? null,
  };
}

const orUnlimited = (limit: number): number | null => (limit === 0 ? null : limit);

const trafficSettings = (variables: Variables): TrafficSettings => ({
  programs: {
    requestsPerMinute: orUnlimited(variables.RATE_LIMIT_PER_MINUTE),
    answersPerDay: orUnlimited(variables.QUERY_BUDGET_PER_DAY),
  },
  customers: {
    requestsPerMinute: orUnlimited(variables.CUSTOMER_RATE_LIMIT_PER_MINUTE),
    answersPerDay: orUnlimited(variables.CUSTOMER_QUERY_BUDGET_PER_DAY),
  },
  mostInFlight: variables.MOST_REQUESTS_IN_FLIGHT,
  scoreDecimals: variables.SCORE_DECIMALS,
});

/** The local platform replaces its workers by those of the next build: a run pinned to the former one would never end. */
function workerSettings(variables: Variables): Config['workers'] {
  const { WORKER_VERSIONING: versioning, WORKER_BUILD_ID: buildId, TEMPORAL_ADDRESS: address } = variables;
  if (versioning === 'pinned' && address === undefined)
    throw invalidSetting('WORKER_VERSIONING is pinned without TEMPORAL_ADDRESS: `ml up` runs one build at a time');
  return { versioning, buildId: buildId ?? null };
}

/** An API key or any TLS setting turns TLS on, as in Temporal's own CLI, which reads the same variables. */
function temporalSettings(variables: Variables, absolute: (path: string) => string): Config['temporal'] {
  const { TEMPORAL_TLS_CLIENT_CERT_PATH: certPath, TEMPORAL_TLS_CLIENT_KEY_PATH: keyPath } = variables;
  const { TEMPORAL_TLS_SERVER_CA_CERT_PATH: caPath, TEMPORAL_TLS_SERVER_NAME: serverName } = variables;
  expectConsistent(variables);
  const given = [certPath, caPath, serverName, variables.TEMPORAL_API_KEY].some((value) => value !== undefined);
  const file = (path: string | undefined): string | null => (path === undefined ? null : absolute(path));
  return {
    address: variables.TEMPORAL_ADDRESS ?? null,
    namespace: variables.TEMPORAL_NAMESPACE,
    cliPath: variables.TEMPORAL_CLI_PATH ?? null,
    tls:
      (variables.TEMPORAL_TLS ?? given)
        ? { certPath: file(certPath), keyPath: file(keyPath), caPath: file(caPath), serverName: serverName ?? null }
        : null,
    apiKey: variables.TEMPORAL_API_KEY ?? null,
  };
}

const tlsOnlySettings = [
  'TEMPORAL_TLS_CLIENT_CERT_PATH',
  'TEMPORAL_TLS_CLIENT_KEY_PATH',
  'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
  'TEMPORAL_TLS_SERVER_NAME',
  'TEMPORAL_API_KEY',
] as const satisfies readonly (keyof Variables)[];

/** Rejects contradictory settings, so that no key is sent unencrypted or silently ignored. */
function expectConsistent(variables: Variables): void {
  const [cert, key] = tlsOnlySettings;
  if ((variables[cert] === undefined) !== (variables[key] === undefined)) {
    const [set, unset] = variables[key] === undefined ? [cert, key] : [key, cert];
    throw invalidSetting(`${set} is set and ${unset} is not; wanted both or neither`);
  }
  const set = tlsOnlySettings.filter((name) => variables[name] !== undefined);
  if (variables.TEMPORAL_TLS === false && set.length > 0)
    throw invalidSetting(`TEMPORAL_TLS is off, and ${set.join(', ')} would not be used or be sent in the clear`);
  const given = [...(variables.TEMPORAL_TLS === true ? ['TEMPORAL_TLS'] : []), ...set];
  if (variables.TEMPORAL_ADDRESS === undefined && given.length > 0)
    throw invalidSetting(`${given.join(', ')} without TEMPORAL_ADDRESS: the local server takes neither TLS nor keys`);
}
