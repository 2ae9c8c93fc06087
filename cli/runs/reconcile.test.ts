import type { Client } from '@temporalio/client';
import { describe, expect, it, vi } from 'vitest';
import type { RunRecord } from '../../contracts/registry.js';
import { reconcileRuns } from './reconcile.js';

const closeTime = new Date('2026-11-30T04:00:00Z');
const runOf = (workflowId: string, status: RunRecord['status'] = 'running'): RunRecord =>
  ({ workflowId, status, runKey: `key of ${workflowId}`, modelName: 'm', reasons: [], endedAt: null }) as never;

/** A server with one workflow for each status, and none with another id. */
function serverOf(statuses: Readonly<Record<string, string>>) {
  const failure = Object.assign(new Error('given up after 24 h'), { type: 'SERVICE_UNAVAILABLE', details: [] });
  const handleOf = (id: string) => ({
    describe: () => {
      const name = statuses[id];
      if (name === undefined) return Promise.reject(Object.assign(new Error(id), { name: 'WorkflowNotFoundError' }));
      const typedSearchAttributes = { getAll: () => [{ key: { name: 'Stage' }, value: 'registration' }] };
      return Promise.resolve({
        workflowId: id,
        type: 'trainModel',
        status: { name },
        closeTime,
        typedSearchAttributes,
      });
    },
    result: () =>
      Promise.reject(Object.assign(new Error('failed', { cause: failure }), { name: 'WorkflowFailedError' })),
  });
  return { workflow: { getHandle: handleOf } } as unknown as Client;
}

describe('reconcileRuns', () => {
  const finishRun = vi.fn(() => Promise.resolve());

  it('records the end of a workflow that the registry has as running, with its time and reason', async () => {
    const temporal = () => Promise.resolve(serverOf({ lost: 'FAILED', working: 'RUNNING', decided: 'COMPLETED' }));
    const runs = [runOf('lost'), runOf('working'), runOf('decided'), runOf('earlier', 'registered')];
    const [lost, ...others] = await reconcileRuns(runs, { registry: { finishRun }, temporal });
    const reasons = ['SERVICE_UNAVAILABLE in stage registration: given up after 24 h'];
    const end = { status: 'failed', reasons, endedAt: closeTime };
    expect(lost).toMatchObject(end);
    expect(others).toEqual(runs.slice(1));
    expect(finishRun.mock.calls).toEqual([['key of lost', 'm', end]]);
  });

  it('says of a workflow that Temporal has forgotten that its end is not known', async () => {
    const temporal = () => Promise.resolve(serverOf({}));
    const [run] = await reconcileRuns([runOf('old')], { registry: { finishRun }, temporal });
    expect(run).toMatchObject({ status: 'failed', reasons: [expect.stringMatching(/^RUN_NOT_FOUND: .*no longer/)] });
  });

  it('asks Temporal nothing when no run is recorded as running', async () => {
    const temporal = vi.fn();
    const runs = [runOf('earlier', 'rejected')];
    expect(await reconcileRuns(runs, { registry: { finishRun }, temporal })).toEqual(runs);
    expect(temporal).not.toHaveBeenCalled();
  });
});
