import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { PipelineError } from '../../contracts/errors.js';
import type { ProcessIdentity } from './processes/identity.js';
import { endGroup, identityOf } from './processes/identity.js';
import { lastLines, openLog } from './processes/log-file.js';
import type { LaunchCommand } from './processes/run-program.js';
import { spawnOptions } from './processes/run-program.js';
import { waitUntil } from './processes/wait.js';

/** How one long-running program is started, asked for its health and stopped. */
export interface ServicePlan {
  /** `postgres`, `redis`, `temporal`, `worker-pipeline`, `worker-training`: also the name of its log. */
  readonly name: string;
  readonly version: string;
  /** Where the program comes from, for people. */
  readonly origin: string;
  /** Where it will answer, for people; no secrets. */
  readonly where: string;
  readonly command: LaunchCommand;
  /** The signal of an orderly stop. */
  readonly stopSignal: NodeJS.Signals;
  readonly stopGraceMs: number;
  /** How long the start may take before it counts as failed. */
  readonly readyWithinMs: number;
  /** Does one real operation. Rejects when the service does not answer. @param pid - Of the process asked about. */
  ping(pid: number): Promise<void>;
  /** Work after the first answer of each start, idempotent (creating the database). */
  prepare?(): Promise<void>;
}

export interface Ending {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A started program that may not answer yet. */
export interface StartedService {
  readonly plan: ServicePlan;
  readonly identity: ProcessIdentity;
  readonly logFile: string;
  /** Settles when the process ends, however it does. */
  readonly ended: Promise<Ending>;
  hasEnded(): boolean;
}

const REPORTED_LINES = 12;

/**
 * Starts the program with its output appended to the log, in a process group of its own: it does not die with this
 * process or its terminal, and what it starts in turn can be ended with it.
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
  let over = false;
  const ended = endingOf(child);
  void ended.then(() => (over = true));
  if (child.pid === undefined) {
    await ended;
    throw new PipelineError('SERVICE_NOT_FOUND', `${plan.name}: ${plan.command.file} cannot be executed`);
  }
  // Null only when it ended at once; then no process can have this start time.
  const identity = identityOf(child.pid) ?? { pid: child.pid, startedAt: 'ended at once' };
  return { plan, identity, logFile, ended, hasEnded: () => over };
}

/**
 * Waits until the service answers, then prepares it.
 * @throws PipelineError `SERVICE_CRASHED` with the last lines of its log when it ended first; `SERVICE_UNAVAILABLE`
 *   when it lives but does not answer in time.
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
      reason = fault instanceof Error ? fault.message : String(fault);
      return false;
    }
  };
  if (!(await waitUntil(answers, { timeoutMs: plan.readyWithinMs, everyMs: 100 }))) {
    const seconds = Math.round(plan.readyWithinMs / 1000);
    const message = `${plan.name} at ${plan.where} does not answer after ${seconds} s: ${reason} (log: ${service.logFile})`;
    throw new PipelineError('SERVICE_UNAVAILABLE', message);
  }
  await plan.prepare?.();
}

/** Stops it in an orderly way, by force after the grace time. @returns True when the process is gone. */
export const stopService = ({ plan, identity }: StartedService): Promise<boolean> =>
  endGroup(identity, plan.stopSignal, plan.stopGraceMs);

/** What is known about a service that ended by itself: how, and the last lines it wrote. */
export async function crashOf({ plan, ended, logFile }: StartedService): Promise<PipelineError> {
  const { exitCode, signal } = await ended;
  const how = signal === null ? `ended with exit code ${exitCode ?? 'unknown'}` : `was ended by ${signal}`;
  const lines = lastLines(logFile, REPORTED_LINES);
  const message = [`${plan.name} ${how}; last lines of ${logFile}:`, ...lines.map((line) => `  ${line}`)].join('\n');
  return new PipelineError('SERVICE_CRASHED', message, { service: plan.name, exitCode, signal, lastLines: lines });
}

function endingOf(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
    child.once('error', () => resolve({ exitCode: null, signal: null }));
  });
}
