import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { inheritedEnvironment } from '../config/environment.js';
import { PipelineError } from '../../contracts/errors.js';
import type { Config } from '../config/config.js';
import { differingSettings } from './addresses.js';
import { configEnvironment } from './config-environment.js';
import type { Endpoints } from './endpoints.js';
import { isRunning } from './processes/identity.js';
import { lastLines, openLog } from './processes/log-file.js';
import { nodeCommand } from './processes/node-command.js';
import type { PlatformState } from './state.js';
import { logFile, makeHome, readState } from './state.js';

const POLL_MS = 100;
/** Time within which a new supervisor must write its state; loading it from source on a busy machine takes seconds. */
const APPEARS_WITHIN_MS = 60_000;
/** Time within which a crashed part must recover before a command fails. */
const RECOVERS_WITHIN_MS = 60_000;

/** What `ensurePlatform` starts. */
export interface EnsureOptions {
  /** False: start the services only. @default true */
  readonly workers?: boolean;
}

/**
 * Makes sure that the platform of this state directory runs. Starts a detached supervisor if none runs; concurrent
 * callers start only one.
 * @param onProgress - Called with each line of the supervisor's progress (a first start may build a server for minutes).
 * @returns addresses of the services.
 * @throws PipelineError the supervisor's error (`SERVICE_NOT_FOUND`, `SERVICE_CRASHED`, `SERVICE_UNAVAILABLE`);
 *   `INVALID_CONFIG` when the running platform was started with other addresses.
 */
export async function ensurePlatform(
  config: Config,
  onProgress: (line: string) => void,
  { workers = true }: EnsureOptions = {},
): Promise<Endpoints> {
  let startedHere = false;
  for (;;) {
    const running = runningState(config.home);
    if (running === null) {
      await startSupervisor(config, workers);
      startedHere = true;
    } else if (running.phase === 'stopping' || running.phase === 'failed') {
      await waitUntilEnded(running);
    } else {
      expectSameAddresses(config, running);
      // Start-up lines of a platform that was already running are not reported again.
      const reported = running.phase === 'ready' && !startedHere ? running.progress.total : 0;
      const endpoints = await follow(config.home, { first: running, reported }, onProgress);
      if (endpoints !== null) return endpoints;
    }
  }
}

/** The state file of a directory whose supervisor runs; null when none runs. */
export function runningState(home: string): PlatformState | null {
  const state = readState(home);
  return state !== null && isRunning(state.supervisor) ? state : null;
}

/** Exit code of a supervisor that found another one running; the caller then follows that one. */
export const BUSY_EXIT = 75;

/** Spawns the supervisor and waits until it, or another one that was started first, has written the state file. */
async function startSupervisor(config: Config, workers: boolean): Promise<void> {
  makeHome(config.home);
  const path = logFile(config.home, 'supervisor');
  const child = spawnSupervisor(config, workers, path);
  const deadline = performance.now() + APPEARS_WITHIN_MS;
  while (runningState(config.home) === null) {
    const { exitCode, signalCode } = child;
    if (exitCode === BUSY_EXIT) return;
    if (exitCode !== null || signalCode !== null) throw supervisorFault(config.home, child.pid);
    if (performance.now() > deadline)
      throw new PipelineError('SERVICE_UNAVAILABLE', `the supervisor does not come up (log: ${path})`);
    await pause(POLL_MS);
  }
}

function spawnSupervisor(config: Config, workers: boolean, path: string): ChildProcess {
  const log = openLog(path);
  const { file, args } = nodeCommand('supervisor', workers ? [] : ['--no-workers']);
  const env = inheritedEnvironment(configEnvironment(config));
  const child = spawn(file, args, { detached: true, stdio: ['ignore', log, log], env });
  closeSync(log);
  child.unref();
  return child;
}

/** The fault in the supervisor's state file, else the last lines of its log. */
function supervisorFault(home: string, pid: number | undefined): PipelineError {
  const state = readState(home);
  const fault = state?.supervisor.pid === pid ? state?.fault : null;
  if (fault) return new PipelineError(fault.code, fault.message);
  const lines = lastLines(logFile(home, 'supervisor'), 12).map((line) => `  ${line}`);
  return new PipelineError('SERVICE_CRASHED', ['the supervisor ended; last lines of its log:', ...lines].join('\n'));
}

/** Reports progress until the platform is ready. @returns Null when the supervisor ended without a fault. */
async function follow(
  home: string,
  from: { readonly first: PlatformState; readonly reported: number },
  onProgress: (line: string) => void,
): Promise<Endpoints | null> {
  const { first } = from;
  let { reported } = from;
  let brokenSince: number | null = null;
  for (;;) {
    const state = readState(home) ?? first;
    if (hasEnded(state, first)) return null;
    for (const line of newLines(state.progress, reported)) onProgress(line);
    reported = state.progress.total;
    if (state.phase === 'failed') throw supervisorFault(home, first.supervisor.pid);
    if (isReady(state)) return state.endpoints;
    if (state.phase === 'ready') brokenSince ??= performance.now();
    if (brokenSince !== null && performance.now() - brokenSince > RECOVERS_WITHIN_MS) throw notRecovered(state);
    await pause(POLL_MS);
  }
}

/** True when the followed supervisor is stopping, was killed or was replaced; false for a failed one, which has a fault. */
const hasEnded = ({ phase, supervisor }: PlatformState, first: PlatformState): boolean =>
  supervisor.pid !== first.supervisor.pid ||
  phase === 'stopping' ||
  (phase !== 'failed' && !isRunning(first.supervisor));

const newLines = ({ total, lines }: PlatformState['progress'], reported: number): readonly string[] =>
  total === reported ? [] : lines.slice(-Math.min(total - reported, lines.length));

const isReady = ({ phase, parts }: PlatformState): boolean => phase === 'ready' && parts.every(isUp);

const isUp = ({ status }: PlatformState['parts'][number]): boolean =>
  status === 'running' || status === 'foreign' || status === 'in-process';

function notRecovered({ parts }: PlatformState): PipelineError {
  const down = parts.filter((part) => !isUp(part));
  const crashes = down.map(
    ({ name, restarts, lastCrash }) => `${name} (restarted ${restarts} times): ${lastCrash?.message ?? ''}`,
  );
  return new PipelineError('SERVICE_CRASHED', `parts of the platform do not come back: ${crashes.join('\n')}`);
}

async function waitUntilEnded({ supervisor }: PlatformState): Promise<void> {
  while (isRunning(supervisor)) await pause(POLL_MS);
}

/** Rejects a configuration with other addresses, so that no run uses another database than the configured one. */
function expectSameAddresses(config: Config, { settings }: PlatformState): void {
  const differing = differingSettings(config, settings);
  if (differing.length === 0) return;
  const message = `the platform in ${config.home} was started with another ${differing.join(', ')}; run \`ml down\` first`;
  throw new PipelineError('INVALID_CONFIG', message, { settings: differing });
}
