import { describe, expect, it } from 'vitest';
import { failureOfRun, failuresOfWorkflow } from './run-failure.js';

type Workflow = Parameters<typeof failuresOfWorkflow>;

const handleOf = (result: () => Promise<unknown>) => ({ result }) as unknown as Workflow[0];
const descriptionOf = (type: string, status: string, stage?: string) =>
  ({
    type,
    status: { name: status },
    typedSearchAttributes: { getAll: () => (stage === undefined ? [] : [{ key: { name: 'Stage' }, value: stage }]) },
  }) as unknown as Workflow[1];

describe('failureOfRun', () => {
  it('gives stage, code, message and remedy', () => {
    const reasons = ['CHILD_OUT_OF_MEMORY in stage training: job fitModel needs more than 2048 MB'];
    expect(failureOfRun({ status: 'failed', reasons })).toMatchObject({
      stage: 'training',
      code: 'CHILD_OUT_OF_MEMORY',
      message: 'job fitModel needs more than 2048 MB',
      remedy: expect.stringContaining('TRAINING_MEMORY_MB') as string,
    });
  });

  it('reads the reasons of older runs, and has none for a run with a decision', () => {
    const older = { reasons: ['signal SIGKILL'] };
    expect(failureOfRun({ ...older, status: 'cancelled' })).toMatchObject({ code: 'CANCELLED', stage: null });
    expect(failureOfRun({ ...older, status: 'failed' })).toMatchObject({ message: 'signal SIGKILL' });
    expect(failureOfRun({ ...older, status: 'rejected' })).toBeNull();
  });
});

describe('failuresOfWorkflow', () => {
  it('takes code and message of a failed workflow, and the stage that it had reached', async () => {
    const failure = Object.assign(new Error('3 rows, 50 wanted'), { type: 'TOO_FEW_ROWS', details: [] });
    const failed = Object.assign(new Error('Workflow execution failed', { cause: failure }), {
      name: 'WorkflowFailedError',
    });
    const handle = handleOf(() => Promise.reject(failed));
    expect(await failuresOfWorkflow(handle, descriptionOf('trainModel', 'FAILED', 'dataset'))).toMatchObject([
      { stage: 'dataset', code: 'TOO_FEW_ROWS', message: '3 rows, 50 wanted' },
    ]);
  });

  it('names the failed models of a retraining, and nothing of one that runs or has decided', async () => {
    const failed = { status: 'failed', modelName: 'intent-classifier', errorCode: 'CANCELLED', message: 'cancelled' };
    const result = { source: 'generated', snapshotHash: null, reportHash: null, reasons: [] };
    const handle = handleOf(() => Promise.resolve({ ...result, status: 'failed', models: [failed] }));
    const completed = descriptionOf('masterTraining', 'COMPLETED');
    expect(await failuresOfWorkflow(handle, completed)).toMatchObject([
      { stage: 'intent-classifier', code: 'CANCELLED', message: 'cancelled' },
    ]);
    expect(await failuresOfWorkflow(handle, descriptionOf('masterTraining', 'RUNNING'))).toEqual([]);
    expect(await failuresOfWorkflow(handle, descriptionOf('trainModel', 'COMPLETED'))).toEqual([]);
  });
});
