import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { type LaunchCommand, spawnOptions } from '../../platform/embedded/processes/run-program.js';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs a program in place of this one, as a shell's `exec` would: with the same terminal, every signal is passed on, and
 * it is told by its channel (`endsWithStarter`) when this process is gone.
 * @returns its exit code; of a program that a signal ended, 128 and the signal's number.
 */
export async function runInstead(command: LaunchCommand): Promise<number> {
  // A group of its own: Ctrl-C in a terminal would reach it twice, and the second one ends a program at once.
  const options = { ...spawnOptions(command), detached: true } as const;
  const child = spawn(command.file, command.args, { ...options, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  for (const signal of FORWARDED) process.on(signal, forward);
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + constants.signals[signal!];
  } finally {
    for (const signal of FORWARDED) process.off(signal, forward);
  }
}

/** A signal that also aborts when the process that runs this one instead of itself is gone. */
export function endsWithStarter(signal: AbortSignal): AbortSignal {
  if (!process.connected) return signal;
  const gone = new AbortController();
  process.once('disconnect', () => gone.abort());
  return AbortSignal.any([signal, gone.signal]);
}
