import { describe, expect, it } from 'vitest';
import type { RetrainingReport, WriteReportInput } from '../contracts/reports.js';
import type { RunRecord } from '../contracts/registry.js';
import type { StepRecord } from '../contracts/steps.js';
import { putJsonBlob } from '../datasets/snapshots/json-blob.js';
import { findModel } from '../models/catalogue.js';
import { createMemoryBlobStore, createMemoryStepLog } from '../tests/support/memory-step-log.js';
import { sampleReport, sampleRun } from '../tests/support/sample-report.js';
import type { ReportActivityDeps } from './dependencies.js';
import { createReportActivities } from './report.js';

const ID = 'retraining-2026-11-23';
const now = new Date();
const hash = (digit: string): string => digit.repeat(64);

const run = sampleRun({ workflowId: `${ID}/credit-risk-scorer`, startedAt: now });
const before = sampleRun({ workflowId: 'retraining-2026-11-16/credit-risk-scorer', params: { maxDepth: 2 } });
/** A run of the same id, from before this retraining. */
const old = sampleRun({ ...run, status: 'failed', version: '0.0.9', startedAt: new Date('2026-01-01') });

async function scene(runs: readonly RunRecord[] = [run, old]) {
  const blobs = createMemoryBlobStore();
  const manifest = { kind: 'snapshot', schemaVersion: 1, source: 'backend', asOf: 0, parent: null, codeVersion: '1' };
  const part = { table: 'users', rows: 300, parts: [], eventTime: null, queryHash: hash('a') };
  const { hash: snapshotHash } = await putJsonBlob(blobs, { ...manifest, tables: [part] });
  const steps = createMemoryStepLog();
  const quality = { passed: true, checkedRows: 300, rejectedRows: 4, reportHash: hash('b'), failedChecks: [] };
  const step = (changed: Partial<StepRecord>): StepRecord => ({
    ...{ runKey: run.runKey, workflowId: run.workflowId, step: 'validateDataset', part: 0 },
    ...{ modelName: 'credit-risk-scorer', cacheKey: hash('c'), code: hash('d'), input: {}, output: quality },
    environment: { node: '20.20.2', architecture: 'x64', platform: 'linux' },
    ...{ codeVersion: '1', computedBy: { runKey: run.runKey, workflowId: run.workflowId } },
    ...changed,
  });
  await steps.record(step({}));
  const champion = { step: 'evaluateModel' as const, output: { championVersion: '1.0.2' } };
  const earlier = { runKey: 'earlier', workflowId: 'retraining-2026-11-16/credit-risk-scorer' };
  await steps.record(step({ ...champion, computedBy: earlier }));
  const validated = { step: 'validateSnapshot' as const, runKey: 'pipeline', input: { snapshotHash } };
  await steps.record(step({ ...validated, workflowId: 'another', modelName: null }));
  const reports: RetrainingReport[] = [];
  const deps: ReportActivityDeps = {
    ...{ blobs, steps, models: { find: findModel }, config: { cpuPrice: { anHour: 0.1, currency: 'EUR' } } },
    registry: { listRuns: async ({ workflowId }) => (workflowId === ID ? [...runs] : [before]) },
    usage: {
      listUsage: async () =>
        [
          { workflowId: run.workflowId, startedAt: now },
          { workflowId: `${ID}/financial-ner`, startedAt: new Date('2026-01-01') }, // of an earlier use of the id
          { workflowId: `${ID}/data-pipeline`, runId: 'pipeline', startedAt: new Date('2026-11-01') }, // of the snapshot
        ].map((used) => ({ ...sampleReport.usage[1]!, ...used })),
    },
    reports: {
      record: async (report) => void reports.push(report),
      findFormer: async () => 'retraining-2026-11-16',
    },
  };
  const input: WriteReportInput = {
    ...{ runKey: 'master', workflowId: ID, startedAt: now.getTime(), source: 'backend', line: 'default' },
    ...{ models: ['credit-risk-scorer', 'financial-ner'], status: 'failed', reasons: ['a reason'], notes: [] },
    ...{ snapshotHash, outcomes: [] },
  };
  const textOf = async (key: string): Promise<string> => new TextDecoder().decode(await blobs.get(key));
  return { deps, input, reports, textOf };
}

describe('writeReport', () => {
  it('stores the report of what is recorded, and where it is', async () => {
    const { deps, input, reports, textOf } = await scene();
    const { htmlHash } = await createReportActivities(deps).writeReport(input);
    expect(reports).toEqual([
      expect.objectContaining({ workflowId: ID, status: 'failed', htmlHash, runKey: 'master' }),
    ]);
    expect(await textOf(htmlHash)).toMatch(/^<!doctype html>/);
    const markdown = await textOf(reports[0]!.markdownHash);
    for (const words of [
      '0.8267 (1.0.2)', // champion, of the evaluation
      'aucRoc ≥ 0.8', // target, of the model
      'passed: 4 of 300 rows quarantined (1.333 %)',
      '| users | 300 |',
      'Cost: 0.1 EUR an hour of one core.',
      '| credit-risk-scorer | evaluateModel | retraining-2026-11-16/credit-risk-scorer |',
      '| parameter maxDepth | 2 | 6 |',
      '| financial-ner | not started |',
      '| data pipeline |',
      '| 107.9 s | 412 MB |', // the two that belong to it
    ])
      expect(markdown).toContain(words);
    expect(markdown).not.toContain('0.0.9');
  });

  it('tells outcomes that the registry does not know', async () => {
    const { deps, input, reports, textOf } = await scene([]);
    const failed = {
      status: 'failed' as const,
      modelName: 'financial-ner',
      errorCode: 'INTERNAL',
      message: 'it broke',
    };
    await createReportActivities(deps).writeReport({ ...input, snapshotHash: null, outcomes: [failed] });
    const markdown = await textOf(reports[0]!.markdownHash);
    expect(markdown).toContain('INTERNAL: it broke');
    expect(markdown).toContain('No snapshot was taken for all models.');
  });
});
