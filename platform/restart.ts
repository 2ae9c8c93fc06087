import { sleep } from './sleep.js';

export interface RestartOptions {
  /** Pause before the next start; doubles while a run ends sooner than the longest pause takes. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  readonly signal: AbortSignal;
}

/**
 * Starts something that is meant to run on again whenever it ends, until the signal aborts.
 * @param run - resolves when it has ended; false: it is not to be started again.
 */
export async function restart(
  run: () => Promise<boolean>,
  { firstPauseMs, longestPauseMs, signal }: RestartOptions,
): Promise<void> {
  let pause = firstPauseMs;
  do {
    const since = performance.now();
    if (!(await run())) return;
    pause = performance.now() - since > longestPauseMs ? firstPauseMs : Math.min(2 * pause, longestPauseMs);
  } while (await sleep(pause, signal));
}
