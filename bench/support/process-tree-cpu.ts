import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second of /proc, a constant of Linux. */
const TICKS = 100;

interface ProcessTimes {
  readonly parent: number;
  /** Seconds of the process and of its children that have ended. */
  readonly seconds: number;
}

/** Null for a process that has ended meanwhile. */
function timesOf(pid: string): ProcessTimes | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name before may hold blanks
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return { parent: Number(fields[1]), seconds: ticks / TICKS };
  } catch {
    return null;
  }
}

/**
 * CPU seconds, user and system, of a process and everything below it since each was started, processes that have ended
 * included. Linux only: reads /proc.
 */
export function processTreeCpu(root: number): number {
  const known = new Map<number, ProcessTimes>();
  for (const name of readdirSync('/proc')) {
    const times = /^\d+$/.test(name) ? timesOf(name) : null;
    if (times !== null) known.set(Number(name), times);
  }
  const belongs = (pid: number): boolean => pid === root || (known.has(pid) && belongs(known.get(pid)!.parent));
  return [...known].reduce((sum, [pid, { seconds }]) => (belongs(pid) ? sum + seconds : sum), 0);
}
