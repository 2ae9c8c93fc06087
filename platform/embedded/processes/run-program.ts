import type { SpawnOptions } from 'node:child_process';
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { inheritedEnvironment, processEnvironment } from '../../config/environment.js';

/** A program with its arguments, environment, working directory and user. */
export interface LaunchCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
}

/** How a process ended: exit code or signal; both null when it could not be started. */
export interface ProcessExit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Exit code and output of a finished program. */
export interface ProgramResult {
  /** Null when it was killed or could not be started. */
  readonly exitCode: number | null;
  /** Standard output and standard error interleaved, the last 64 kB. */
  readonly output: string;
}

const KEPT_OUTPUT = 64 * 1024;

/** Options of `spawn` for a command; `env` is added to this process's environment. */
export const spawnOptions = ({ env, cwd, uid, gid }: LaunchCommand): SpawnOptions => ({
  env: inheritedEnvironment(env),
  ...(cwd === undefined ? {} : { cwd }),
  ...(uid === undefined ? {} : { uid }),
  ...(gid === undefined ? {} : { gid }),
});

/**
 * Runs a program and waits for its exit. Never rejects: for a program that cannot be started `exitCode` is null.
 * @param timeoutMs - Time after which the program is killed.
 * @param signal - When aborted, the program gets SIGTERM.
 */
export function runProgram(command: LaunchCommand, timeoutMs: number, signal?: AbortSignal): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const child = spawn(command.file, command.args, { ...spawnOptions(command), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-KEPT_OUTPUT);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    const stop = (): boolean => child.kill('SIGTERM');
    signal?.addEventListener('abort', stop);
    const finish = (exitCode: number | null): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      resolve({ exitCode, output });
    };
    child.once('error', (fault) => {
      output += fault.message;
      finish(null);
    });
    child.once('close', finish);
  });
}

/** Absolute path of the first of these programs that is on PATH; null when none is. */
export function findOnPath(
  names: readonly string[],
  path: string | undefined = processEnvironment()['PATH'],
): string | null {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  const folders = (path ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = names.flatMap((name) =>
    folders.flatMap((folder) => endings.map((end) => join(folder, name + end))),
  );
  return candidates.find(isProgram) ?? null;
}

/** True for a file that the current user may execute. */
export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
