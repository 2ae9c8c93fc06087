import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { PipelineError } from '../../contracts/errors.js';

/** Empty text in the environment means "not set", as in a copied .env.example. */
const optionalText = z.preprocess((value) => (value === '' ? undefined : value), z.string().optional());
const withDefault = <S extends z.ZodType>(schema: S, fallback: string) =>
  z.preprocess((value) => (value === undefined || value === '' ? fallback : value), schema);

/** A key goes into a header as it is: what a copied line leaves around it is cut off, anything else is no key. */
const apiKey = z.preprocess(
  (value) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined),
  z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'wanted one key: printable ASCII without blanks')
    .optional(),
);

const TEMPORAL_PORT = 7233;

/** `host`, `host:port`, `[v6]:port`; the port that is not said is Temporal's. */
const hostAndPort = z.preprocess(
  (value) => (value === '' ? undefined : value),
  z
    .string()
    .regex(/^(\[[\da-f:.]+\]|[^\s/:]+)(:\d+)?$/i, 'wanted host:port, without https:// (TLS: see TEMPORAL_TLS)')
    .transform((address) => (/:\d+$/.test(address) ? address : `${address}:${TEMPORAL_PORT}`))
    .optional(),
);

const environment = z.object({
  ML_HOME: withDefault(z.string(), '.ml-services'),
  ML_CACHE: optionalText,
  XDG_CACHE_HOME: optionalText,
  LOG_LEVEL: withDefault(z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']), 'info'),

  TEMPORAL_ADDRESS: hostAndPort,
  TEMPORAL_NAMESPACE: withDefault(z.string(), 'default'),
  TEMPORAL_TLS: z.preprocess((value) => (value === '' ? undefined : value), z.stringbool().optional()),
  TEMPORAL_TLS_CLIENT_CERT_PATH: optionalText,
  TEMPORAL_TLS_CLIENT_KEY_PATH: optionalText,
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: optionalText,
  TEMPORAL_TLS_SERVER_NAME: optionalText,
  TEMPORAL_API_KEY: apiKey,
  TEMPORAL_CLI_PATH: optionalText,
  DATABASE_URL: optionalText,
  BACKEND_DATABASE_URL: optionalText,
  REDIS_URL: optionalText,
  ARTIFACT_URI: optionalText,

  ENCODER_PATH: optionalText,
  HF_ENDPOINT: withDefault(z.url({ protocol: /^https?$/ }), 'https://huggingface.co'),

  TASK_QUEUE_PREFIX: withDefault(z.string(), ''),
  PIPELINE_SLOTS: withDefault(z.coerce.number().int().positive(), '20'),
  TRAINING_SLOTS: z.preprocess(
    (value) => (value === '' ? undefined : value),
    z.coerce.number().int().positive().optional(),
  ),
  TRAINING_MEMORY_MB: withDefault(z.coerce.number().int().min(128), '2048'),
  HEARTBEAT_TIMEOUT_SECONDS: withDefault(z.coerce.number().min(1), '30'),

  EXTRACT_CHUNK_ROWS: withDefault(z.coerce.number().int().min(100), '50000'),
  VALIDATION_MAX_REJECTED_SHARE: withDefault(z.coerce.number().min(0).max(1), '0.02'),
  PRODUCTION_APPROVAL: withDefault(z.enum(['manual', 'automatic']), 'manual'),

  SCHEDULE_TIMEZONE: withDefault(z.string(), 'UTC'),
  SCHEDULE_WEEKLY: withDefault(z.string(), '0 3 * * 1'),
  SCHEDULE_DAILY: withDefault(z.string(), '0 2 * * *'),
  SCHEDULE_OVERLAP: withDefault(z.enum(['SKIP', 'BUFFER_ONE', 'BUFFER_ALL', 'ALLOW_ALL']), 'SKIP'),
  SCHEDULE_CATCHUP_HOURS: withDefault(z.coerce.number().positive(), '24'),
});

/** How a foreign Temporal server is reached over TLS; files are absolute, and are read when a connection is made. */
export interface TemporalTls {
  /** Certificate and key of this client, both or neither. */
  readonly certPath: string | null;
  readonly keyPath: string | null;
  /** Authorities that the server's certificate may be signed by; null: the public ones. */
  readonly caPath: string | null;
  /** The name that the server's certificate must have; null: the host of the address. */
  readonly serverName: string | null;
}

/** Settings of one process, parsed once. Absent addresses mean: use the embedded service. */
export interface Config {
  /** State of the embedded services, absolute. */
  readonly home: string;
  /** Programs and downloads that outlive a checkout, absolute. */
  readonly cache: string;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';
  readonly temporal: {
    /** `host:port` of a foreign server. */
    readonly address: string | null;
    readonly namespace: string;
    readonly cliPath: string | null;
    /** Null: without TLS. */
    readonly tls: TemporalTls | null;
    /** A secret. */
    readonly apiKey: string | null;
  };
  readonly databaseUrl: string | null;
  readonly backendDatabaseUrl: string | null;
  readonly redisUrl: string | null;
  readonly artifactUri: string | null;
  readonly encoder: {
    /** Folder of a pretrained encoder, absolute; null: cache and hub. */
    readonly path: string | null;
    /** Hub or mirror, without a slash at the end. */
    readonly endpoint: string;
  };
  readonly taskQueuePrefix: string;
  readonly pipelineSlots: number;
  /** Null: one a core. */
  readonly trainingSlots: number | null;
  readonly trainingMemoryMb: number;
  /** A long step that stays silent this long counts as lost and is repeated; recovery after a kill takes about as long. */
  readonly heartbeatTimeoutSeconds: number;
  readonly extractChunkRows: number;
  readonly maxRejectedShare: number;
  readonly productionApproval: 'manual' | 'automatic';
  readonly schedule: {
    readonly timezone: string;
    readonly weekly: string;
    readonly daily: string;
    readonly overlap: 'SKIP' | 'BUFFER_ONE' | 'BUFFER_ALL' | 'ALLOW_ALL';
    readonly catchupHours: number;
  };
}

/**
 * Reads the settings that .env.example explains.
 * @throws PipelineError `INVALID_CONFIG` naming the variable, what was found wrong and where the explanation stands.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>, workingDirectory: string): Config {
  const parsed = environment.safeParse(env);
  if (!parsed.success) throw new PipelineError('INVALID_CONFIG', `${z.prettifyError(parsed.error)} (see .env.example)`);
  const found = parsed.data;
  return {
    home: resolve(workingDirectory, found.ML_HOME),
    cache: resolve(found.ML_CACHE ?? join(found.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ml-services')),
    logLevel: found.LOG_LEVEL,
    temporal: temporalSettings(found, (path) => resolve(workingDirectory, path)),
    databaseUrl: found.DATABASE_URL ?? null,
    backendDatabaseUrl: found.BACKEND_DATABASE_URL ?? null,
    redisUrl: found.REDIS_URL ?? null,
    artifactUri: found.ARTIFACT_URI ?? null,
    encoder: {
      path: found.ENCODER_PATH === undefined ? null : resolve(workingDirectory, found.ENCODER_PATH),
      endpoint: found.HF_ENDPOINT.replace(/\/+$/, ''),
    },
    taskQueuePrefix: found.TASK_QUEUE_PREFIX,
    pipelineSlots: found.PIPELINE_SLOTS,
    trainingSlots: found.TRAINING_SLOTS ?? null,
    trainingMemoryMb: found.TRAINING_MEMORY_MB,
    heartbeatTimeoutSeconds: found.HEARTBEAT_TIMEOUT_SECONDS,
    extractChunkRows: found.EXTRACT_CHUNK_ROWS,
    maxRejectedShare: found.VALIDATION_MAX_REJECTED_SHARE,
    productionApproval: found.PRODUCTION_APPROVAL,
    schedule: {
      timezone: found.SCHEDULE_TIMEZONE,
      weekly: found.SCHEDULE_WEEKLY,
      daily: found.SCHEDULE_DAILY,
      overlap: found.SCHEDULE_OVERLAP,
      catchupHours: found.SCHEDULE_CATCHUP_HOURS,
    },
  };
}

type Found = z.infer<typeof environment>;

/** As Temporal's CLI reads the same variables: an API key or a TLS setting turns TLS on. */
function temporalSettings(found: Found, absolute: (path: string) => string): Config['temporal'] {
  const { TEMPORAL_TLS_CLIENT_CERT_PATH: certPath, TEMPORAL_TLS_CLIENT_KEY_PATH: keyPath } = found;
  const { TEMPORAL_TLS_SERVER_CA_CERT_PATH: caPath, TEMPORAL_TLS_SERVER_NAME: serverName } = found;
  expectConsistent(found);
  const given = [certPath, caPath, serverName, found.TEMPORAL_API_KEY].some((value) => value !== undefined);
  const file = (path: string | undefined): string | null => (path === undefined ? null : absolute(path));
  return {
    address: found.TEMPORAL_ADDRESS ?? null,
    namespace: found.TEMPORAL_NAMESPACE,
    cliPath: found.TEMPORAL_CLI_PATH ?? null,
    tls:
      (found.TEMPORAL_TLS ?? given)
        ? { certPath: file(certPath), keyPath: file(keyPath), caPath: file(caPath), serverName: serverName ?? null }
        : null,
    apiKey: found.TEMPORAL_API_KEY ?? null,
  };
}

const securing = [
  'TEMPORAL_TLS_CLIENT_CERT_PATH',
  'TEMPORAL_TLS_CLIENT_KEY_PATH',
  'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
  'TEMPORAL_TLS_SERVER_NAME',
  'TEMPORAL_API_KEY',
] as const satisfies readonly (keyof Found)[];

/** Settings that cannot be meant together are refused: a key that is not sent, or sent in the clear, would be a surprise. */
function expectConsistent(found: Found): void {
  const [cert, key] = securing;
  if ((found[cert] === undefined) !== (found[key] === undefined)) {
    const [set, unset] = found[key] === undefined ? [cert, key] : [key, cert];
    throw inconsistent(`${set} is set and ${unset} is not; wanted both or neither`);
  }
  const set = securing.filter((name) => found[name] !== undefined);
  if (found.TEMPORAL_TLS === false && set.length > 0)
    throw inconsistent(`TEMPORAL_TLS is off, and ${set.join(', ')} would not be used or be sent in the clear`);
  const wanted = [...(found.TEMPORAL_TLS === true ? ['TEMPORAL_TLS'] : []), ...set];
  if (found.TEMPORAL_ADDRESS === undefined && wanted.length > 0)
    throw inconsistent(`${wanted.join(', ')} without TEMPORAL_ADDRESS: the local server takes neither TLS nor keys`);
}

const inconsistent = (message: string): PipelineError =>
  new PipelineError('INVALID_CONFIG', `${message} (see .env.example)`);
