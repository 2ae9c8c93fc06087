/** CPU seconds, user and system, of this process since a reading of `process.cpuUsage()`. */
export function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

export interface Timed<Result> {
  readonly value: Result;
  readonly seconds: number;
}

/** Runs `work` and measures the CPU seconds of this process meanwhile. */
export async function cpuOf<Result>(work: () => Result | Promise<Result>): Promise<Timed<Result>> {
  const before = process.cpuUsage();
  const value = await work();
  return { value, seconds: cpuSince(before) };
}

/** CPU seconds of a computation; the fastest of several runs. */
export function cpuSeconds(runs: number, compute: () => void): number {
  const times = Array.from({ length: runs }, () => {
    const before = process.cpuUsage();
    compute();
    return cpuSince(before);
  });
  return Math.min(...times);
}
