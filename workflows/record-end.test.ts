import { beforeEach, describe, expect, it, vi } from 'vitest';
import { recordFailure } from './record-end.js';

const finishRun = vi.hoisted(() => ({ patient: vi.fn(), brief: vi.fn() }));
vi.mock('./steps.js', () => ({
  bookkeeping: () => ({ finishRun: finishRun.patient }),
  briefBookkeeping: () => ({ finishRun: finishRun.brief }),
}));
vi.mock('@temporalio/workflow', async (load) => ({
  ...(await load<object>()),
  CancellationScope: { nonCancellable: <Result>(work: () => Promise<Result>) => work() },
}));

const run = { runKey: 'run', modelName: 'credit-risk-scorer', stage: 'training' as const };

describe('recordFailure', () => {
  beforeEach(() => vi.resetAllMocks());

  it('records after an outage in a step that is soon given up, and goes on when that fails too', async () => {
    finishRun.brief.mockRejectedValue(new Error('the registry is away'));
    await recordFailure(run, 'failed', { code: 'SERVICE_UNAVAILABLE', message: 'the source is away' });
    const reasons = ['SERVICE_UNAVAILABLE in stage training: the source is away'];
    const { runKey, modelName } = run;
    expect(finishRun.brief.mock.calls).toEqual([[{ runKey, modelName, status: 'failed', reasons }]]);
    expect(finishRun.patient).not.toHaveBeenCalled();
  });

  it('waits for the registry after any other failure', async () => {
    finishRun.patient.mockRejectedValue(new Error('given up'));
    const recorded = recordFailure(run, 'cancelled', { code: 'CANCELLED', message: 'asked to stop' });
    await expect(recorded).rejects.toThrow('given up');
    expect(finishRun.brief).not.toHaveBeenCalled();
  });
});
