import { readdirSync, readFileSync } from 'node:fs';

/** Nanoseconds of CPU of one process, all of its threads, without its children. Linux only: reads /proc. */
export function processCpuNs(pid: number): bigint {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.reduce((sum, thread) => sum + threadCpuNs(`/proc/${pid}/task/${thread}/schedstat`), 0n);
}

function threadCpuNs(path: string): bigint {
  try {
    return BigInt(readFileSync(path, 'utf8').split(' ', 1)[0]!);
  } catch {
    return 0n; // a thread that has ended meanwhile
  }
}

/** Resident memory in MB. */
export function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
