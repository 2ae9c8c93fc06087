import { ApplicationFailure } from '@temporalio/common';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { masterTraining } from './master-training.js';

const temporal = vi.hoisted(() => ({ executeChild: vi.fn(), patched: vi.fn() }));
vi.mock('@temporalio/workflow', async (load) => ({
  ...(await load<object>()),
  ...temporal,
  CancellationScope: { current: () => ({ consideredCancelled: false }) },
  workflowInfo: () => ({ firstExecutionRunId: 'run', workflowId: 'retraining' }),
}));
const models = ['anomaly-detector', 'credit-risk-scorer', 'spending-predictor'];
vi.mock('./steps.js', () => ({
  bookkeeping: () => ({ planMaster: () => ({ models, source: 'generated', line: 'synthetic' }) }),
}));
vi.mock('./source-lock.js', () => ({ withSourceLock: <Result>(_: string, work: () => Result) => work() }));
vi.mock('./retraining-report.js', () => ({ withReport: <Result>(_: object, work: () => Result) => work() }));
vi.mock('./visibility.js', () => {
  const table = { onLine: vi.fn(), mark: vi.fn(), enter: vi.fn() };
  return { showProgress: () => table, setSearchAttributes: vi.fn(), summaryOf: String };
});

/** Ends the first model with this failure, the others with a decision, and tells which were started. */
async function retrain(first: ApplicationFailure) {
  const started: string[] = [];
  temporal.executeChild.mockImplementation(
    (workflow: { name: string }, { args }: { args: [{ modelName: string }] }) => {
      const { modelName } = args[0];
      if (workflow.name === 'dataPipeline') return { status: 'completed', snapshotHash: 'a'.repeat(64) };
      started.push(modelName);
      if (modelName === models[0]) throw first;
      return { modelName, decision: 'unchanged', version: null, promotable: false, metrics: [], reasons: [] };
    },
  );
  const { models: outcomes } = await masterTraining({ parallel: 1 });
  return { started, outcomes };
}

describe('a retraining of several models', () => {
  beforeEach(() => temporal.patched.mockReset().mockReturnValue(true));
  const outage = ApplicationFailure.nonRetryable('the database is away (given up after 24 h)', 'SERVICE_UNAVAILABLE');

  it('starts no further model after an outage that outlasted the patience of one', async () => {
    const { started, outcomes } = await retrain(outage);
    expect(started).toEqual(models.slice(0, 1));
    const message = 'not started: the database is away (given up after 24 h)';
    const notStarted = { status: 'failed', errorCode: 'SERVICE_UNAVAILABLE', message };
    expect(outcomes.slice(1)).toEqual(models.slice(1).map((modelName) => ({ ...notStarted, modelName })));
  });

  it('goes on after any other failure of a model', async () => {
    const { started } = await retrain(ApplicationFailure.nonRetryable('a fault', 'INTERNAL'));
    expect(started).toEqual(models);
    expect(temporal.patched).not.toHaveBeenCalled();
  });

  it('goes on in histories recorded before', async () => {
    temporal.patched.mockReturnValue(false);
    expect((await retrain(outage)).started).toEqual(models);
  });
});
