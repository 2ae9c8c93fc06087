import { readFileSync } from 'node:fs';

const MEGABYTE_IN_KB = 1024;
/** Allocating a gigabyte takes longer than this, and a sample costs microseconds. */
const SAMPLE_MS = 200;

/** Resident memory of a process in MB; null when it has ended, or the system has no /proc (the child checks itself then). */
export function residentMb(pid: number): number | null {
  const found = /^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`));
  return found === null ? null : Math.round(Number(found[1]) / MEGABYTE_IN_KB);
}

/**
 * Samples the resident memory of a process and calls `onExceeded` once when it is above the limit.
 * @returns stops the sampling.
 */
export function watchMemory(pid: number, limitMb: number, onExceeded: (usedMb: number) => void): () => void {
  const timer = setInterval(() => {
    const used = residentMb(pid);
    if (used === null || used <= limitMb) return;
    clearInterval(timer);
    onExceeded(used);
  }, SAMPLE_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * How many processes the kernel has killed for want of memory since it started, on this machine or in this control
 * group; null where it does not say. A process that was killed while the count rose was killed for its memory.
 */
export function outOfMemoryKills(): number | null {
  const counts = ['/proc/vmstat', '/sys/fs/cgroup/memory.events'].map((file) => /^oom_kill (\d+)/m.exec(read(file)));
  const known = counts.filter((count) => count !== null).map(([, count]) => Number(count));
  return known.length === 0 ? null : known.reduce((sum, count) => sum + count, 0);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
