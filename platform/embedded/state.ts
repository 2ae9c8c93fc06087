import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isErrorCode } from '../../contracts/errors.js';
import type { ErrorCode } from '../../contracts/errors.js';
import { writeDurably } from '../durable-file.js';
import { damagedState } from './damage.js';

const processIdentity = z.object({ pid: z.int(), startedAt: z.string() });

const endpoints = z.object({
  temporal: z.object({ address: z.string(), namespace: z.string(), uiUrl: z.string().nullable() }),
  databaseUrl: z.string(),
  backendDatabaseUrl: z.string().nullable(),
  redisUrl: z.string().nullable(),
  artifactUri: z.string(),
});

const part = z.object({
  name: z.string(),
  /** `foreign`: named by a setting and not started here; `in-process`: no program, each process has its own store. */
  status: z.enum(['starting', 'running', 'restarting', 'stopped', 'foreign', 'in-process']),
  version: z.string(),
  /** Where the program came from, for display. */
  origin: z.string(),
  /** Its address, for display, without passwords. */
  where: z.string(),
  process: processIdentity.nullable(),
  /** The signal for a graceful stop, needed to stop the orphans of a killed supervisor. */
  stopSignal: z.string().nullable(),
  log: z.string().nullable(),
  restarts: z.int(),
  lastCrash: z.object({ at: z.string(), message: z.string() }).nullable(),
});

const platformState = z.object({
  schemaVersion: z.literal(1),
  phase: z.enum(['starting', 'ready', 'stopping', 'stopped', 'failed']),
  supervisor: processIdentity,
  startedAt: z.string(),
  /** Hashes of the settings it was started with, by variable. */
  settings: z.record(z.string(), z.string()),
  /** False: started with `--no-workers`. */
  workers: z.boolean(),
  /** Ports of the last start, reused if they are free. */
  ports: z.record(z.string(), z.int()),
  endpoints: endpoints.nullable(),
  parts: z.array(part),
  /** Data directory of the embedded PostgreSQL, which may be outside the state directory. */
  postgresData: z.string().nullable(),
  progress: z.object({ total: z.int(), lines: z.array(z.string()) }),
  fault: z
    .object({ code: z.custom<ErrorCode>((code) => typeof code === 'string' && isErrorCode(code)), message: z.string() })
    .nullable(),
});

/** Content of `<home>/state.json`, written only by the supervisor. Contains passwords: mode 600. */
export type PlatformState = z.infer<typeof platformState>;
/** One part of the platform: a service or a worker. */
export type PlatformPart = z.infer<typeof part>;

/** Path of the state file. */
export const stateFile = (home: string): string => join(home, 'state.json');
/** Path of a part's log. */
export const logFile = (home: string, name: string): string => join(home, 'logs', `${name}.log`);
/** Folder of the lock that the supervisor holds. */
export const lockFolder = (home: string): string => join(home, 'supervisor-lock');

/** Creates the state directory. For root it has mode 711, since PostgreSQL runs as `nobody` in a folder below it. */
export function makeHome(home: string): void {
  mkdirSync(home, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
}

function parseState(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (fault) {
    throw damagedState(file, 'is not the JSON that was written to it', fault);
  }
}

/**
 * The state as last written; null when there is none or its schema is of another version.
 * @throws PipelineError `STATE_DAMAGED`.
 */
export function readState(home: string): PlatformState | null {
  if (!existsSync(stateFile(home))) return null;
  const parsed = platformState.safeParse(parseState(stateFile(home)));
  return parsed.success ? parsed.data : null;
}

/** Replaces the state file atomically. Synchronous, so that a process is recorded in the same turn as it is started. */
export function writeState(home: string, state: PlatformState): void {
  writeDurably(stateFile(home), `${JSON.stringify(state, null, 2)}\n`);
}
