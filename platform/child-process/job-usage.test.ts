import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createUsageMeter } from './job-usage.js';

const spin = (milliseconds: number): void => {
  const end = process.cpuUsage().user + milliseconds * 1000;
  while (process.cpuUsage().user < end);
};

describe('usage meter', () => {
  it('counts the CPU time between two readings once', () => {
    const meter = createUsageMeter();
    expect(meter.read().cpuSeconds).toBeGreaterThan(0);
    spin(60);
    const { cpuSeconds } = meter.read();
    expect(cpuSeconds).toBeGreaterThan(0.05);
    expect(cpuSeconds).toBeLessThan(5);
    expect(meter.read().cpuSeconds).toBeLessThan(cpuSeconds);
  });

  it.runIf(existsSync('/proc/self/clear_refs'))('knows the memory that was in use and is free again', () => {
    const meter = createUsageMeter();
    meter.start();
    const before = meter.read().peakMemoryMb;
    let large: Uint8Array | null = new Uint8Array(300 * 2 ** 20).fill(1);
    expect(large).toHaveLength(300 * 2 ** 20);
    large = null;
    const { peakMemoryMb } = meter.read();
    expect(peakMemoryMb).toBeGreaterThan(before + 200);
  });
});
