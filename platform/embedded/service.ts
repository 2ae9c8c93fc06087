import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { messageOf, PipelineError } from '../../contracts/errors.js';
import { serviceUnavailable } from '../outage.js';
import type { ProcessIdentity } from './processes/identity.js';
import { endGroup, identityOf } from './processes/identity.js';
import { lastLines, openLog } from './processes/log-file.js';
import type { LaunchCommand, ProcessExit } from './processes/run-program.js';
import { spawnOptions } from './processes/run-program.js';
import { waitUntil } from './processes/wait.js';

/** How one long-running program is started, checked and stopped. */
export interface ServicePlan {
  /** `postgres`, `redis`, `temporal`, `worker-pipeline`, `worker-training`, `api`: also the name of its log. */
  readonly name: string;
  readonly version: string;
  /** Where the program comes from, for display. */
  readonly origin: string;
  /** Its address, for display, without secrets. */
  readonly where: string;
  readonly command: LaunchCommand;
  /** The signal for a graceful stop. */
  readonly stopSignal: NodeJS.Signals;
  readonly stopGraceMs: number;
  /** Time after which the start counts as failed. */
  readonly readyWithinMs: number;
  /** Performs one real operation; rejects when the service does not answer. @param pid - The service's process. */
  ping(pid: number): Promise<void>;
  /** Called after the first successful ping of each start; idempotent (creates the database). */
  prepare?(): Promise<void>;
}

/** A started program, which may not answer yet. */
export interface StartedService {
  readonly plan: ServicePlan;
  readonly identity: ProcessIdentity;
  readonly logFile: string;
  /** Resolves when the process has ended for any reason. */
  readonly ended: Promise<ProcessExit>;
  hasEnded(): boolean;
}

const REPORTED_LINES = 12;

/**
 * Starts the program with its output appended to the log, in a process group of its own: it survives the end of this
 * process and its terminal, and its own child processes can be ended with it.
 * @throws PipelineError `SERVICE_NOT_FOUND` when the program cannot be executed.
 */
export async function startService(plan: ServicePlan, logFile: string): Promise<StartedService> {
  const log = openLog(logFile);
  const child = spawn(plan.command.file, plan.command.args, {
    ...spawnOptions(plan.command),
    detached: process.platform !== 'win32',
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let hasEnded = false;
  const ended = exitOf(child);
  void ended.then(() => (hasEnded = true));
  if (child.pid === undefined) {
    await ended;
    throw new PipelineError('SERVICE_NOT_FOUND', `${plan.name}: ${plan.command.file} cannot be executed`);
  }
  // identityOf returns null only if the process has ended already; no process has this start time.
  const identity = identityOf(child.pid) ?? { pid: child.pid, startedAt: 'ended at once' };
  return { plan, identity, logFile, ended, hasEnded: () => hasEnded };
}

/**
 * Waits until the service answers a ping, then calls `prepare`.
 * @throws PipelineError `SERVICE_CRASHED` with the last lines of its log when it ended first; `SERVICE_UNAVAILABLE`
 *   when it does not answer in time.
 */
export async function waitUntilReady(service: StartedService): Promise<void> {
  const { plan } = service;
  let reason = '';
  const answers = async (): Promise<boolean> => {
    if (service.hasEnded()) throw await crashOf(service);
    try {
      await plan.ping(service.identity.pid);
      return true;
    } catch (fault) {
      reason = messageOf(fault);
      return false;
    }
  };
  if (!(await waitUntil(answers, { timeoutMs: plan.readyWithinMs, everyMs: 100 }))) {
    const seconds = Math.round(plan.readyWithinMs / 1000);
    const lastError = `not ready after ${seconds} s: ${reason} (log: ${service.logFile})`;
    throw serviceUnavailable(`${plan.name} at ${plan.where}`, lastError);
  }
  await plan.prepare?.();
}

/** Stops the service gracefully, and kills it after the grace time. @returns True when the process has ended. */
export const stopService = ({ plan, identity }: StartedService): Promise<boolean> =>
  endGroup(identity, plan.stopSignal, plan.stopGraceMs);

/** The `SERVICE_CRASHED` error of a service that ended: exit code or signal, and the last lines of its log. */
export async function crashOf({ plan, ended, logFile }: StartedService): Promise<PipelineError> {
  const { exitCode, signal } = await ended;
  const how = signal === null ? `ended with exit code ${exitCode ?? 'unknown'}` : `was ended by ${signal}`;
  const lines = lastLines(logFile, REPORTED_LINES);
  const message = [`${plan.name} ${how}; last lines of ${logFile}:`, ...lines.map((line) => `  ${line}`)].join('\n');
  return new PipelineError('SERVICE_CRASHED', message, { service: plan.name, exitCode, signal, lastLines: lines });
}

function exitOf(child: ChildProcess): Promise<ProcessExit> {
  return new Promise((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
    child.once('error', () => resolve({ exitCode: null, signal: null }));
  });
}
