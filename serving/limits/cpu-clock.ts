/** Milliseconds for which a reading is good enough by default: one costs up to 6 µs. */
const MOST_AGE_MS = 20;

export interface CpuClockOptions {
  /** Milliseconds. @default performance.now */
  readonly now?: () => number;
  /** Microseconds of CPU that the process has used. @default process.cpuUsage */
  readonly usage?: () => { readonly user: number; readonly system: number };
}

/**
 * A clock that shows the milliseconds of CPU that this process has used; it stands while others have the processor.
 * @param mostAgeMs - a reading that is no older is not repeated. @default 20
 */
export type CpuClock = (mostAgeMs?: number) => number;

export function createCpuClock({
  now = () => performance.now(),
  usage = () => process.cpuUsage(),
}: CpuClockOptions = {}): CpuClock {
  let readAt = -Infinity;
  let milliseconds = 0;
  return (mostAgeMs = MOST_AGE_MS) => {
    const at = now();
    if (at - readAt < mostAgeMs) return milliseconds;
    readAt = at;
    const { user, system } = usage();
    milliseconds = (user + system) / 1000;
    return milliseconds;
  };
}
