import { processCpuNs } from './process-cpu.js';
import type { Server } from './servers.js';
import { attack, type Load, type LoadResult } from './vegeta.js';

/** A load, and what it cost the server's main process. */
export interface Measured extends LoadResult {
  /** Microseconds a request, user and system, all threads. */
  readonly cpuUs: number;
}

export async function measure(server: Server, load: Omit<Load, 'url'>): Promise<Measured> {
  const before = processCpuNs(server.pid);
  const result = await attack({ ...load, url: server.url });
  return { ...result, cpuUs: Number(processCpuNs(server.pid) - before) / 1000 / result.requests };
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
