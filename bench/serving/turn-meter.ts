/** Measures turns of this process's event loop. */
export interface TurnMeter {
  /** Forgets what was, and measures from now on. */
  start(): void;
  /** Ends measuring. @returns the longest turn in milliseconds of CPU. */
  stop(): number;
}

/**
 * Keeps the event loop turning and reads the CPU clock of the process once a turn. That clock counts the threads of
 * collector and compiler too, so that a turn is never shorter than what is reported for it.
 */
export function createTurnMeter(): TurnMeter {
  let running = false;
  let longestUs = 0;
  let before = process.cpuUsage();
  const turn = (): void => {
    const now = process.cpuUsage();
    longestUs = Math.max(longestUs, now.user + now.system - before.user - before.system);
    before = now;
    if (running) setImmediate(turn);
  };
  return {
    start() {
      running = true;
      setImmediate(() => {
        before = process.cpuUsage();
        longestUs = 0;
        setImmediate(turn);
      });
    },
    stop() {
      running = false;
      return longestUs / 1000;
    },
  };
}
