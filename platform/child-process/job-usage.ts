import { readFileSync, writeFileSync } from 'node:fs';
import type { JobUsage } from '../../contracts/resource-usage.js';

const [MEGABYTE_IN_KB, MICROSECONDS] = [1024, 1e6];

/** Tells what a process has used since it was asked last, or since its start. */
export interface UsageMeter {
  /** Forgets the highest memory so far. */
  start(): void;
  read(): JobUsage;
}

/**
 * Meter of this process. Where the system has no /proc, or does not let a process forget its highest memory, that is the
 * highest since the start of the process.
 */
export function createUsageMeter(): UsageMeter {
  let counted = 0;
  return {
    start: forgetPeak,
    read() {
      const { user, system } = process.cpuUsage();
      const used = (user + system) / MICROSECONDS;
      const cpuSeconds = used - counted;
      counted = used;
      return { cpuSeconds, peakMemoryMb: peakMb() };
    },
  };
}

/** Linux counts the highest memory anew after this (proc(5), clear_refs). */
function forgetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // The highest memory since the start of the process stays.
  }
}

function peakMb(): number {
  const highest = /^VmHWM:\s+(\d+) kB/m.exec(readStatus())?.[1] ?? process.resourceUsage().maxRSS;
  return Math.round(Number(highest) / MEGABYTE_IN_KB);
}

function readStatus(): string {
  try {
    return readFileSync('/proc/self/status', 'utf8');
  } catch {
    return '';
  }
}
