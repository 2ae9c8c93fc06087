import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PipelineError } from '../../contracts/errors.js';
import type { Config } from '../config/config.js';
import { runningState } from './ensure.js';
import { endOrphans, livingParts } from './orphans.js';
import { endProcess } from './processes/identity.js';
import { readState } from './state.js';

/** What `stopPlatform` did. */
export interface StopReport {
  /** Parts that were running and have ended, including the supervisor. */
  readonly stopped: readonly string[];
  /** Parts that could not be ended. */
  readonly left: readonly string[];
}

/** Enough for a graceful stop of both workers and three services with their grace times. */
const STOP_WITHIN_MS = 60_000;

/** Ends the supervisor with its services and workers, and orphans of a killed one. Does nothing when nothing runs. */
export async function stopPlatform(config: Config): Promise<StopReport> {
  const running = runningState(config.home);
  const before = livingParts(readState(config.home)).map(({ name }) => name);
  if (running !== null) await endProcess(running.supervisor, 'SIGTERM', STOP_WITHIN_MS);
  await endOrphans(readState(config.home), () => undefined);
  const left = livingParts(readState(config.home)).map(({ name }) => name);
  const names = [...before, ...(running === null ? [] : ['supervisor'])];
  return { stopped: names.filter((name) => !left.includes(name)), left };
}

/** Entries of a state directory that the platform created; all others are kept. */
const ownEntries = [
  'postgres',
  'redis',
  'temporal',
  'logs',
  'artefacts',
  'cards',
  'temporary',
  'memory',
  'schemas.json',
  'supervisor-lock',
  'secrets.json',
  'keys.json',
  'keys.json.lock',
  'spool',
  'state.json',
];

/** The platform's entries, with those that `ml doctor --fix` moved aside. */
const ownEntriesIn = (home: string): readonly string[] =>
  (existsSync(home) ? readdirSync(home) : []).filter((name) => ownEntries.includes(name.replace(/\.damaged-.*$/, '')));

/**
 * Removes the state of a stopped platform: databases, artefacts, cards, logs.
 * @returns The removed paths.
 * @throws PipelineError `CONFLICT` while anything runs.
 */
export function wipePlatform(config: Config): readonly string[] {
  const state = readState(config.home);
  if (runningState(config.home) !== null || livingParts(state).length > 0)
    throw new PipelineError('CONFLICT', `the platform in ${config.home} is running; stop it first`);
  const dataFolder = state?.postgresData ?? null;
  const outside = dataFolder === null ? [] : [dirname(dataFolder)];
  const paths = [...outside, ...ownEntriesIn(config.home).map((name) => join(config.home, name))];
  const removed = [...new Set(paths)].filter((path) => existsSync(path));
  for (const path of removed) rmSync(path, { recursive: true, force: true });
  if (existsSync(config.home) && readdirSync(config.home).length === 0) rmdirSync(config.home);
  return removed;
}
