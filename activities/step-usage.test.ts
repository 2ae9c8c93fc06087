import { describe, expect, it } from 'vitest';
import type { StepUsage, UsageLog } from '../contracts/resource-usage.js';
import { createCpuShares, createUsageInterceptor, noteJobUsage } from './step-usage.js';

describe('CPU shares', () => {
  it('divides the time in equal parts among what is under way', () => {
    let used = 10;
    const shares = createCpuShares(() => used);
    const endFirst = shares.begin();
    used += 4;
    const endSecond = shares.begin();
    used += 2;
    expect(endFirst()).toBe(5);
    used += 3;
    expect(endSecond()).toBe(4);
    used += 7; // nothing under way
    expect(shares.begin()()).toBe(0);
  });
});

describe('usage interceptor', () => {
  const context = {
    info: {
      activityId: '7',
      attempt: 2,
      activityType: 'fitModel',
      workflowExecution: { workflowId: 'retraining/credit', runId: 'run' },
    },
  };
  const logOf = (record: UsageLog['record']): UsageLog => ({ record, listUsage: async () => [] });
  const run = async (log: UsageLog, work: () => Promise<unknown>, lost: unknown[] = []) => {
    const shares = { begin: () => () => 0.25 };
    const { inbound } = createUsageInterceptor(log, (fault) => lost.push(fault), shares)(context);
    return inbound!.execute!({ args: [], headers: {} }, work);
  };

  it('records the jobs of a step and its share of the worker', async () => {
    const records: StepUsage[] = [];
    const log = logOf(async (usage) => void records.push(usage));
    await run(log, async () => {
      noteJobUsage({ cpuSeconds: 2, peakMemoryMb: 300 });
      await Promise.resolve();
      noteJobUsage({ cpuSeconds: 1, peakMemoryMb: 200 });
    });
    expect(records).toEqual([
      expect.objectContaining({
        ...{ workflowId: 'retraining/credit', runId: 'run', activityId: '7', attempt: 2, activity: 'fitModel' },
        ...{ computingSeconds: 3, workerSeconds: 0.25, peakMemoryMb: 300 },
      }),
    ]);
  });

  it('keeps the steps of a worker apart, and records a failed one', async () => {
    const records: StepUsage[] = [];
    const log = logOf(async (usage) => void records.push(usage));
    const failing = run(log, async () => {
      await new Promise(setImmediate);
      noteJobUsage({ cpuSeconds: 5, peakMemoryMb: 100 });
      throw new Error('no');
    });
    await Promise.all([expect(failing).rejects.toThrow('no'), run(log, async () => null)]);
    expect(records.map(({ computingSeconds, peakMemoryMb }) => [computingSeconds, peakMemoryMb])).toEqual([
      [0, null],
      [5, 100],
    ]);
  });

  it('returns the result though the record is lost', async () => {
    const lost: unknown[] = [];
    const log = logOf(() => Promise.reject(new Error('database away')));
    expect(await run(log, async () => 'done', lost)).toBe('done');
    expect(lost).toHaveLength(1);
  });
});
