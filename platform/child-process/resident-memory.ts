import { readFileSync } from 'node:fs';
import { normalize } from 'node:path';

const MEGABYTE_IN_KB = 1024;
/** Allocating a gigabyte takes longer than this, and a sample costs microseconds. */
const SAMPLE_MS = 200;

/** Resident memory of a process in MB; null when it has ended, or the system has no /proc (the child checks itself then). */
export function residentMb(pid: number): number | null {
  const found = /^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`));
  return found === null ? null : Math.round(Number(found[1]) / MEGABYTE_IN_KB);
}

/** What is done at each sample of a process's memory. */
interface MemoryWatch {
  readonly pid: number;
  readonly limitMb: number;
  /** Called once, when the resident memory is above the limit. */
  readonly onExceeded: (usedMb: number) => void;
  /** Sampled with the memory. */
  readonly kills: KernelKills;
}

/** Samples the resident memory of a process. @returns stops the sampling. */
export function watchMemory({ pid, limitMb, onExceeded, kills }: MemoryWatch): () => void {
  const timer = setInterval(() => {
    kills.sample();
    const used = residentMb(pid);
    if (used === null || used <= limitMb) return;
    clearInterval(timer);
    onExceeded(used);
  }, SAMPLE_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Kills for want of memory that the kernel reports. */
export interface KernelKills {
  sample(): void;
  /** True when the number rose within the last two seconds: a process that was killed meanwhile was killed for memory. */
  roseRecently(): boolean;
}

/** The end of a process is noticed within this time after the kernel has counted its kill. */
const RECENT_MS = 2000;

/**
 * Counts from now on. A kill that somebody ordered (`kill -9`) raises none of these numbers.
 * @param files - those in which the kernel counts. @default machine and control groups of `pid`
 */
export function countKernelKills(pid: number, files: readonly string[] = killCounters(pid)): KernelKills {
  const count = (): number => files.reduce((sum, file) => sum + killsIn(file), 0);
  let known = count();
  let roseAt = -Infinity;
  const sample = (): void => {
    const found = count();
    if (found > known) roseAt = performance.now();
    known = found;
  };
  return {
    sample,
    roseRecently() {
      sample();
      return performance.now() - roseAt < RECENT_MS;
    },
  };
}

/** The machine's count, and those of the process's control group: version 2, then 1; in a container its group is the root. */
function killCounters(pid: number): string[] {
  const groups = read(`/proc/${pid}/cgroup`).matchAll(/^\d+:(memory)?:(\/.*)$/gm);
  const ofGroups = [...groups].flatMap(([, memory, path = '/']) =>
    memory === undefined
      ? [`/sys/fs/cgroup${path}/memory.events`, '/sys/fs/cgroup/memory.events']
      : [`/sys/fs/cgroup/memory${path}/memory.oom_control`, '/sys/fs/cgroup/memory/memory.oom_control'],
  );
  return ['/proc/vmstat', ...new Set(ofGroups.map((file) => normalize(file)))];
}

/** 0 where the file is missing or does not say. */
const killsIn = (file: string): number => Number(/^oom_kill (\d+)/m.exec(read(file))?.[1] ?? 0);

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
