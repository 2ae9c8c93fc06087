import { describe, expect, it } from 'vitest';
import type { ModelRegistry, VersionRecord } from '../contracts/registry.js';
import type { PromotionActivityDeps } from './dependencies.js';
import { createPromotionActivities } from './promotion.js';

const key = { modelName: 'credit-risk-scorer', line: 'default' };
const runKey = '0191f7a2-0000-7000-8000-000000000001';
const record = (version: string, day: number): VersionRecord =>
  ({ version, stage: 'staging', registeredAt: new Date(Date.UTC(2026, 0, day)) }) as VersionRecord;

function depsOf(registry: Partial<ModelRegistry>, productionApproval: 'manual' | 'automatic' = 'manual') {
  const runner = { run: () => Promise.reject(new Error('no job is expected')) };
  const deps = { registry, runner, config: { trainingMemoryMb: 256, productionApproval } };
  return createPromotionActivities(deps as unknown as PromotionActivityDeps);
}

describe('createPromotionActivities', () => {
  it.each([
    ['production', 'manual', true],
    ['production', 'automatic', false],
    ['staging', 'manual', false],
  ] as const)(
    'requestPromotion to %s with %s approval: requiresApproval is %s',
    async (toStage, approval, requiresApproval) => {
      const ids: string[] = [];
      const openPromotionRequest: ModelRegistry['openPromotionRequest'] = ({ requestId }) => {
        ids.push(requestId);
        return Promise.resolve({ request: null as never, supersededWorkflowIds: ['older'] });
      };
      const { requestPromotion } = depsOf({ openPromotionRequest }, approval);
      const input = { ...key, version: '1.2.0', toStage, runKey, workflowId: 'w', requestedBy: 'ada' };
      expect(await requestPromotion(input)).toMatchObject({ requiresApproval, supersededWorkflowIds: ['older'] });
      await requestPromotion(input);
      expect(new Set(ids).size).toBe(1);
    },
  );

  it('promoteVersion uses the same idempotency key for a repeated step and another key for another stage', async () => {
    const keys: string[] = [];
    const promote = ((order: { idempotencyKey: string }) => {
      keys.push(order.idempotencyKey);
      return Promise.resolve({ from: 'dev', to: 'staging' });
    }) as unknown as ModelRegistry['promote'];
    const { promoteVersion } = depsOf({ promote });
    const order = { ...key, version: '1.0.0', runKey, actor: 'ada', reason: 'why' };
    await promoteVersion({ ...order, toStage: 'staging' });
    await promoteVersion({ ...order, toStage: 'staging' });
    await promoteVersion({ ...order, toStage: 'production' });
    expect(keys[0]).toBe(keys[1]);
    expect(keys[2]).not.toBe(keys[0]);
  });

  it('findPromotionCandidate returns the version of a stage that was registered last', async () => {
    const listVersions = () => Promise.resolve([record('1.0.1', 2), record('1.1.0', 9), record('1.0.0', 1)]);
    const { findPromotionCandidate } = depsOf({ listVersions });
    expect(await findPromotionCandidate({ ...key, inStage: 'staging' })).toEqual({ version: '1.1.0' });
    await expect(findPromotionCandidate({ ...key, inStage: 'dev' })).rejects.toMatchObject({
      code: 'VERSION_NOT_FOUND',
    });
  });

  it('rollbackVersion refuses an empty reason', () => {
    const { rollbackVersion } = depsOf({});
    return expect(rollbackVersion({ ...key, runKey, actor: 'ada', reason: '' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });
});
