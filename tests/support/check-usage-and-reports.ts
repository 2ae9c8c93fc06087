import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ModelRegistry } from '../../contracts/registry.js';
import type { ReportLog, RetrainingReport } from '../../contracts/reports.js';
import type { StepUsage, UsageLog } from '../../contracts/resource-usage.js';
import { sha256 } from '../../platform/blobs/hash.js';

interface Logs {
  readonly registry: ModelRegistry;
  readonly usage: UsageLog;
  readonly reports: ReportLog;
}

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 23, 3, minute));

const usageOf = (workflowId: string, changed: Partial<StepUsage> = {}): StepUsage => ({
  ...{ workflowId, runId: `run of ${workflowId}`, activityId: '1', attempt: 1, activity: 'fitModel' },
  ...{ computingSeconds: 1.5, workerSeconds: 0.25, peakMemoryMb: 300, startedAt: at(1), endedAt: at(2) },
  ...changed,
});

/** What the logs of usage and reports do. */
export function checkUsageAndReports(open: () => Logs): void {
  describe('usage log', () => {
    it('lists what a workflow and those below it used since a moment, each attempt once', async () => {
      const { usage } = open();
      const id = `retraining-${randomUUID()}`;
      const [first, second] = [usageOf(id, { peakMemoryMb: null }), usageOf(`${id}/credit`, { startedAt: at(5) })];
      for (const one of [second, first, usageOf(`${id}-2`), { ...first, workerSeconds: 9 }, first])
        await usage.record(one);
      expect(await usage.listUsage(id, at(0))).toEqual([first, second]);
      expect(await usage.listUsage(id, at(3))).toEqual([second]);
    });
  });

  describe('report log', () => {
    it('returns the newest report of an id, one for each retraining', async () => {
      const { reports } = open();
      const workflowId = `retraining-${randomUUID()}`;
      const report = (changed: Partial<RetrainingReport>): RetrainingReport => ({
        ...{ runKey: randomUUID(), workflowId, source: 'generated', line: 'synthetic', status: 'completed' },
        ...{ htmlHash: sha256('html'), markdownHash: sha256('markdown'), startedAt: at(1), endedAt: at(2) },
        ...changed,
      });
      const newest = report({ startedAt: at(9), status: 'cancelled' });
      for (const one of [newest, report({}), { ...newest, status: 'failed' as const }]) await reports.record(one);
      expect(await reports.findReport(workflowId)).toEqual({ ...newest, status: 'failed' });
      expect(await reports.findReport(randomUUID())).toBeNull();
    });

    it('finds the retraining before, which came to a decision on the same line', async () => {
      const { registry, reports } = open();
      const modelName = `model-${randomUUID().slice(0, 8).replaceAll(/\d/g, 'a')}`;
      const line = `line-${randomUUID().slice(0, 8)}`;
      const run = async (workflowId: string, status: 'rejected' | 'failed') => {
        const runKey = randomUUID();
        const start = { runKey, workflowId, modelName, line, seed: 1, params: {}, codeVersion: '1' };
        await registry.startRun(start);
        await registry.finishRun(runKey, modelName, { status, reasons: [] });
      };
      const former = (workflowId: string) =>
        reports.findFormer({ workflowId, line, before: new Date(Date.now() + 60_000) });
      expect(await former('week-3')).toBeNull();
      await run(`week-1/${modelName}`, 'rejected');
      await run(`week-2/${modelName}`, 'failed'); // came to no decision
      await run('trained-by-hand', 'rejected'); // one model by itself
      await run(`week-3/${modelName}`, 'rejected');
      expect(await former('week-3')).toBe('week-1');
      expect(await former('week-4')).toBe('week-3');
    });
  });
}
