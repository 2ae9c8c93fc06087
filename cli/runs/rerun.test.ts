import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createRecordedRuns } from '../../tests/support/recorded-runs.js';
import type { CliContext, Connection } from '../program/context.js';
import { rerun, type RerunOptions } from './rerun.js';

const runTraining = vi.hoisted(() => vi.fn<(...given: unknown[]) => Promise<void>>());
vi.mock('./run-training.js', () => ({ runTraining }));

describe('rerun', () => {
  let recorded: Awaited<ReturnType<typeof createRecordedRuns>>;
  /** What the server knows of the workflows: type and status. */
  const workflows: Record<string, readonly [type: string, status: string]> = {
    'w-one': ['trainModel', 'COMPLETED'],
    'w-early': ['trainModel', 'FAILED'],
    'w-now': ['trainModel', 'RUNNING'],
    'promote-x': ['promoteModel', 'COMPLETED'],
    weekly: ['masterTraining', 'COMPLETED'],
  };

  const describeWorkflow = (id: string) => {
    const found = workflows[id];
    if (found === undefined) return Promise.reject(Object.assign(new Error(id), { name: 'WorkflowNotFoundError' }));
    return Promise.resolve({ type: found[0], status: { name: found[1] } });
  };
  const client = { workflow: { getHandle: (id: string) => ({ describe: () => describeWorkflow(id) }) } };
  const repeat = (id: string, options: Partial<RerunOptions> = {}): Promise<void> => {
    const connection = { services: recorded, temporal: () => Promise.resolve(client) } as unknown as Connection;
    const cli = { connect: () => Promise.resolve(connection) } as unknown as CliContext;
    return rerun(cli, id, { from: 'evaluation', cache: true, ...options });
  };

  beforeEach(async () => {
    runTraining.mockClear();
    recorded = await createRecordedRuns();
    await recorded.addCompleteRun('one');
    recorded.addRun('early', { dataset: null, status: 'failed' });
    recorded.addRun('now', { status: 'running' });
  });

  it.each([
    ['an unknown id', 'nothing', 'RUN_NOT_FOUND'],
    ['a run that runs', 'w-now', 'ALREADY_RUNNING'],
    ['a workflow that is no training', 'promote-x', 'INVALID_INPUT'],
    ['a stage that the run never reached', 'w-early', 'STAGE_NOT_REACHED'],
  ])('refuses %s and starts nothing', async (_, id, code) => {
    await expect(repeat(id)).rejects.toMatchObject({ code, message: expect.stringContaining(id) as string });
    expect(runTraining).not.toHaveBeenCalled();
  });

  it('refuses a snapshot that is no longer stored', async () => {
    recorded.blobs.lose(recorded.snapshotHash);
    const refused = repeat('w-one', { from: 'dataset' });
    await expect(refused).rejects.toMatchObject({ code: 'RESULT_NOT_STORED', details: { what: 'snapshot' } });
    expect(runTraining).not.toHaveBeenCalled();
  });

  it('passes stage, id and force on: whether the code changed only the workers know', async () => {
    await repeat('w-one', { force: true });
    const input = { modelName: 'credit-risk-scorer', rerunOf: 'w-one', from: 'evaluation', force: true };
    expect(runTraining.mock.calls[0]?.[2]).toMatchObject({ workflow: 'trainModel', input });
  });

  it('repeats a retraining as a whole, also one whose data were rejected before any model ran', async () => {
    await repeat('weekly', { from: 'data' });
    const input = { rerunOf: 'weekly', from: 'data', force: false };
    expect(runTraining.mock.calls[0]?.[2]).toMatchObject({ workflow: 'masterTraining', input });
  });
});
