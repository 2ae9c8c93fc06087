import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../contracts/evaluation.js';
import type { MasterTrainingResult, ModelOutcome, TrainModelResult } from '../../contracts/workflows.js';
import { exitCodeOfMaster, exitCodeOfModel, promotionRemarks, rowOf, runUrl } from './results.js';

const interval = { low: 0.81, high: 0.87, level: 0.95, method: 'bootstrap' };
const comparison = (against: Comparison['against'], other: number): Comparison => ({
  against,
  metric: 'auc',
  challenger: 0.842,
  other,
  difference: 0.842 - other,
  interval,
  n: 90,
});
const result: TrainModelResult = {
  modelName: 'credit-risk-scorer',
  line: 'default',
  decision: 'registered',
  stage: 'done',
  version: '1.0.1',
  promotable: true,
  reasons: [],
  rows: 300,
  holdoutRows: 90,
  metrics: [{ name: 'auc', value: 0.842, direction: 'higher', n: 90, interval }],
  target: 'auc ≥ 0.8',
  baselineName: 'majority',
  comparisons: [comparison('baseline', 0.5), comparison('champion', 0.84)],
  championVersion: '1.0.0',
  notes: [],
  cardHash: null,
  reportHash: null,
};
const decided: ModelOutcome = { status: 'decided', result, promotion: null };
const failed: ModelOutcome = { status: 'failed', modelName: 'm', errorCode: 'CHILD_CRASHED', message: 'x' };
const master = (status: MasterTrainingResult['status'], models: ModelOutcome[]): MasterTrainingResult => ({
  status,
  source: 'generated',
  snapshotHash: null,
  reportHash: null,
  reasons: [],
  models,
});

describe('exit codes', () => {
  it('0 when every model ended with a decision, also a rejection', () => {
    const rejected: ModelOutcome = { ...decided, result: { ...result, decision: 'rejected', version: null } };
    expect(exitCodeOfMaster(master('completed', [decided, rejected]))).toBe(0);
    expect(exitCodeOfModel({ ...result, decision: 'rejected', stage: 'registration' })).toBe(0);
    expect(exitCodeOfModel({ ...result, decision: 'skipped', stage: 'dataset' })).toBe(0);
  });

  it('1 when a model failed, 3 when the data was rejected', () => {
    expect(exitCodeOfMaster(master('completed', [decided, failed]))).toBe(1);
    expect(exitCodeOfMaster(master('failed', []))).toBe(1);
    expect(exitCodeOfMaster(master('rejected', []))).toBe(3);
    expect(exitCodeOfModel({ ...result, decision: 'rejected', stage: 'validation' })).toBe(3);
  });
});

describe('result rows', () => {
  it('show metric, target, baseline, champion, decision and version', () => {
    expect(rowOf(decided)).toEqual([
      'credit-risk-scorer',
      'default',
      'auc 0.842 (0.810 to 0.870)',
      'auc ≥ 0.8',
      '0.500 majority',
      '0.840 1.0.0',
      'registered',
      '1.0.1',
    ]);
  });

  it('have the same number of cells for a failed model and for one without metrics', () => {
    const skipped = { ...result, metrics: [], comparisons: [], target: null, championVersion: null, version: null };
    expect(rowOf(failed)).toHaveLength(8);
    expect(rowOf({ ...decided, result: skipped })).toHaveLength(8);
  });
});

describe('the next step', () => {
  const remarks = (change: Partial<TrainModelResult>, promotion: typeof decided.promotion = null) =>
    promotionRemarks({ status: 'decided', result: { ...result, ...change }, promotion }).join();

  it('is named for a version in each stage', () => {
    expect(remarks({})).toBe('in dev; the next stage: ml promote credit-risk-scorer --to staging');
    const ofFile = { line: 'taiwan', promotable: false };
    expect(remarks(ofFile)).toContain('ml predict credit-risk-scorer --line taiwan');
    const staged = { stage: 'staging', awaitingApproval: true, workflowId: 'w' };
    expect(remarks({}, staged)).toContain('ml approve credit-risk-scorer');
    expect(remarks({}, staged)).not.toContain('--demo');
    expect(remarks({ line: 'synthetic' }, staged)).toContain('--demo');
    expect(remarks({ line: 'synthetic', promotable: false })).toBe('');
    expect(remarks({}, { ...staged, stage: 'production', awaitingApproval: false })).toBe('in production');
  });

  it('is empty where there is no version', () => {
    expect(remarks({ decision: 'rejected', version: null, promotable: false })).toBe('');
    expect(remarks({ line: 'taiwan', decision: 'unchanged', promotable: false })).toBe('');
  });
});

describe('addresses', () => {
  it('point to the run in the UI', () => {
    expect(runUrl({ namespace: 'default', uiUrl: 'http://127.0.0.1:8233' }, 'a/b')).toBe(
      'http://127.0.0.1:8233/namespaces/default/workflows/a%2Fb',
    );
    expect(runUrl({ namespace: 'default', uiUrl: null }, 'a')).toBeNull();
  });
});
