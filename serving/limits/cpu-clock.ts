/** Milliseconds between two readings: one costs about 2 µs, a request may ask twice. */
const READ_EVERY_MS = 5;

export interface CpuClockOptions {
  /** Milliseconds. @default performance.now */
  readonly now?: () => number;
  /** Microseconds of CPU that the process has used. @default process.cpuUsage */
  readonly usage?: () => { readonly user: number; readonly system: number };
}

/** A clock that shows the milliseconds of CPU that this process has used; it stands while others have the processor. */
export function createCpuClock({
  now = () => performance.now(),
  usage = () => process.cpuUsage(),
}: CpuClockOptions = {}): () => number {
  let readAt = -Infinity;
  let milliseconds = 0;
  return () => {
    const at = now();
    if (at - readAt < READ_EVERY_MS) return milliseconds;
    readAt = at;
    const { user, system } = usage();
    milliseconds = (user + system) / 1000;
    return milliseconds;
  };
}
