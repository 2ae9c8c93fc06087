import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { PipelineError } from '../contracts/errors.js';

/** Empty text in the environment means "not set", as in a copied .env.example. */
const optionalText = z.preprocess((value) => (value === '' ? undefined : value), z.string().optional());
const withDefault = <S extends z.ZodType>(schema: S, fallback: string) =>
  z.preprocess((value) => (value === undefined || value === '' ? fallback : value), schema);

const environment = z.object({
  ML_HOME: withDefault(z.string(), '.ml-services'),
  ML_CACHE: optionalText,
  XDG_CACHE_HOME: optionalText,
  LOG_LEVEL: withDefault(z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']), 'info'),

  TEMPORAL_ADDRESS: optionalText,
  TEMPORAL_NAMESPACE: withDefault(z.string(), 'default'),
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

/** Settings of one process, parsed once. Absent addresses mean: use the embedded service. */
export interface Config {
  /** State of the embedded services, absolute. */
  readonly home: string;
  /** Programs and downloads that outlive a checkout, absolute. */
  readonly cache: string;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';
  readonly temporal: { readonly address: string | null; readonly namespace: string; readonly cliPath: string | null };
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
    temporal: {
      address: found.TEMPORAL_ADDRESS ?? null,
      namespace: found.TEMPORAL_NAMESPACE,
      cliPath: found.TEMPORAL_CLI_PATH ?? null,
    },
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
