import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pipelineError } from '../../../contracts/errors.js';
import type { HeldLock } from '../processes/lock.js';
import { tryLock } from '../processes/lock.js';
import { findOnPath, isProgram, runProgram } from '../processes/run-program.js';

const MODULE = 'github.com/temporalio/cli/cmd/temporal@v1.5.1';
// -p 2: two compilers at a time, because linking the server takes 2 GB. -X: the module's sources do not contain the version.
const ARGUMENTS = [
  'install',
  '-p',
  '2',
  '-ldflags',
  '-s -w -X github.com/temporalio/cli/temporalcli.Version=1.5.1',
  MODULE,
];
const PROGRESS_MS = 15_000;
const TIMEOUT_MS = 45 * 60_000;

/** The same build as a shell command. */
export const GO_INSTALL_LINE = `go ${ARGUMENTS.map((word) => (word.includes(' ') ? `"${word}"` : word)).join(' ')}`;

/** Cancellation and progress of the build. */
export interface GoInstall {
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/**
 * Builds the Temporal CLI at `target`. Of several concurrent processes one builds and the others wait.
 * @returns False when there is no Go, or the build failed (the last lines of its output go to `onProgress`).
 * @throws PipelineError `CANCELLED`.
 */
export async function installWithGo(target: string, { signal, onProgress }: GoInstall): Promise<boolean> {
  const go = findOnPath(['go']) ?? findOnPath(['go'], '/usr/local/go/bin');
  if (go === null) return false;
  mkdirSync(dirname(target), { recursive: true });
  const lock = await waitForLock(target, { signal, onProgress });
  try {
    return isProgram(target) || (await build(go, target, { signal, onProgress }));
  } finally {
    lock.release();
  }
}

async function waitForLock(target: string, { signal, onProgress }: GoInstall): Promise<HeldLock> {
  for (let waited = 0; ; waited += 500) {
    const lock = tryLock(join(dirname(target), 'build-lock'));
    if (lock !== null) return lock;
    if (waited % PROGRESS_MS === 0) onProgress('another process builds the Temporal server; waiting for it');
    await pause(500);
    if (signal.aborted) throw pipelineError('CANCELLED', { work: 'waiting for the Temporal server' });
  }
}

async function build(go: string, target: string, { signal, onProgress }: GoInstall): Promise<boolean> {
  const started = performance.now();
  const seconds = (): number => Math.round((performance.now() - started) / 1000);
  onProgress('building the Temporal server with Go (once, about 9 min on 2 cores; kept in the cache)');
  const ticking = setInterval(() => onProgress(`building the Temporal server: ${seconds()} s`), PROGRESS_MS);
  const folder = mkdtempSync(join(dirname(target), 'build-'));
  try {
    const command = { file: go, args: ARGUMENTS, env: { GOBIN: folder }, cwd: folder };
    const { exitCode, output } = await runProgram(command, TIMEOUT_MS, signal);
    if (signal.aborted) throw pipelineError('CANCELLED', { work: 'building the Temporal server' });
    if (exitCode === 0) renameSync(join(folder, basename(target)), target);
    else onProgress(`go install failed:\n${output.trim().split('\n').slice(-8).join('\n')}`);
    return exitCode === 0;
  } finally {
    clearInterval(ticking);
    rmSync(folder, { recursive: true, force: true });
  }
}
