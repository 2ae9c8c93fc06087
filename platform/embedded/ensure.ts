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

const LOOK_MS = 100;
/** A supervisor must be on record this soon after its start; loading it from source on a busy machine takes seconds. */
const APPEARS_WITHIN_MS = 60_000;
/** How long a part that just crashed may take to come back before a command gives up. */
const RECOVERS_WITHIN_MS = 60_000;

export interface EnsureOptions {
  /** False: start the services only. @default true */
  readonly workers?: boolean;
}

/**
 * Makes sure that the platform of this state directory runs, and says where it answers. Starts the detached supervisor
 * when there is none; any number of callers at once end with one.
 * @param onProgress - Gets the supervisor's progress, a line at a time (a first start may build a server for minutes).
 * @throws PipelineError what the supervisor failed with (`SERVICE_NOT_FOUND`, `SERVICE_CRASHED`, `SERVICE_UNAVAILABLE`);
 *   `INVALID_CONFIG` when the platform that runs was started with other addresses.
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
      await untilGone(running);
    } else {
      expectSameAddresses(config, running);
      // What one that ran before said while it started is old news; what one's own said is not, however quick it was.
      const told = running.phase === 'ready' && !startedHere ? running.progress.total : 0;
      const endpoints = await follow(config.home, { first: running, told }, onProgress);
      if (endpoints !== null) return endpoints;
    }
  }
}

/** The state of the live supervisor of a directory; null when none lives. */
export function runningState(home: string): PlatformState | null {
  const state = readState(home);
  return state !== null && isRunning(state.supervisor) ? state : null;
}

/** Exit code of a supervisor that found another one: its caller follows that one. */
export const BUSY_EXIT = 75;

/** Spawns it and waits until it is on record, or has found that another one was faster. */
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
    await pause(LOOK_MS);
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

/** What it wrote down before it ended, or else the end of its log. */
function supervisorFault(home: string, pid: number | undefined): PipelineError {
  const state = readState(home);
  const fault = state?.supervisor.pid === pid ? state?.fault : null;
  if (fault) return new PipelineError(fault.code, fault.message);
  const lines = lastLines(logFile(home, 'supervisor'), 12).map((line) => `  ${line}`);
  return new PipelineError('SERVICE_CRASHED', ['the supervisor ended; last lines of its log:', ...lines].join('\n'));
}

/** Passes progress on until it is ready. @returns Null when it ended in an orderly way meanwhile. */
async function follow(
  home: string,
  from: { readonly first: PlatformState; readonly told: number },
  onProgress: (line: string) => void,
): Promise<Endpoints | null> {
  const { first } = from;
  let { told } = from;
  let brokenSince: number | null = null;
  for (;;) {
    const state = readState(home) ?? first;
    if (hasGone(state, first)) return null;
    for (const line of newLines(state.progress, told)) onProgress(line);
    told = state.progress.total;
    if (state.phase === 'failed') throw supervisorFault(home, first.supervisor.pid);
    if (isReady(state)) return state.endpoints;
    if (state.phase === 'ready') brokenSince ??= performance.now();
    if (brokenSince !== null && performance.now() - brokenSince > RECOVERS_WITHIN_MS) throw stillBroken(state);
    await pause(LOOK_MS);
  }
}

/** True when the supervisor that was followed stops, was killed or was replaced; one that failed has something to say. */
const hasGone = ({ phase, supervisor }: PlatformState, first: PlatformState): boolean =>
  supervisor.pid !== first.supervisor.pid ||
  phase === 'stopping' ||
  (phase !== 'failed' && !isRunning(first.supervisor));

const newLines = ({ total, lines }: PlatformState['progress'], told: number): readonly string[] =>
  total === told ? [] : lines.slice(-Math.min(total - told, lines.length));

const isReady = ({ phase, parts }: PlatformState): boolean => phase === 'ready' && parts.every(isUp);

const isUp = ({ status }: PlatformState['parts'][number]): boolean =>
  status === 'running' || status === 'foreign' || status === 'in-process';

function stillBroken({ parts }: PlatformState): PipelineError {
  const down = parts.filter((part) => !isUp(part));
  const told = down.map(
    ({ name, restarts, lastCrash }) => `${name} (restarted ${restarts} times): ${lastCrash?.message ?? ''}`,
  );
  return new PipelineError('SERVICE_CRASHED', `parts of the platform do not come back: ${told.join('\n')}`);
}

async function untilGone({ supervisor }: PlatformState): Promise<void> {
  while (isRunning(supervisor)) await pause(LOOK_MS);
}

/** A run on another database than the one asked for would be worse than an error. */
function expectSameAddresses(config: Config, { settings }: PlatformState): void {
  const differing = differingSettings(config, settings);
  if (differing.length === 0) return;
  const message = `the platform in ${config.home} was started with another ${differing.join(', ')}; run \`ml down\` first`;
  throw new PipelineError('INVALID_CONFIG', message, { settings: differing });
}
