import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import type { PromotionActivities } from '../contracts/promotion-activities.js';
import type { ModelRegistry, PromotionRequest, VersionRecord } from '../contracts/registry.js';
import { proveApproval } from '../registry/approval-proof.js';
import type { PromotionActivityDeps } from './dependencies.js';
import { createPromotionActivities } from './promotion.js';

const key = { modelName: 'credit-risk-scorer', line: 'default' };
const runKey = '0191f7a2-0000-7000-8000-000000000001';
const record = (version: string, day: number): VersionRecord =>
  ({ version, stage: 'staging', registeredAt: new Date(Date.UTC(2026, 0, day)) }) as VersionRecord;

function depsOf(
  registry: Partial<ModelRegistry>,
  productionApproval: 'manual' | 'automatic' = 'manual',
  approvalProof = 'required',
) {
  const runner = { run: () => Promise.reject(new Error('no job is expected')) };
  const config = { trainingMemoryMb: 256, productionApproval, approvalProof };
  const deps = { registry, runner, config, approvalSecret: () => Promise.resolve('secret') };
  return createPromotionActivities(deps as unknown as PromotionActivityDeps);
}

const WORKFLOW = new MockActivityEnvironment().context.info.workflowExecution!.workflowId;

/** The activities as a worker calls them. */
const inActivity = ({ promoteVersion }: PromotionActivities): Pick<PromotionActivities, 'promoteVersion'> => ({
  promoteVersion: (input) => new MockActivityEnvironment().run(promoteVersion, input),
});

describe('createPromotionActivities', () => {
  it.each([
    ['production', 'manual', true, {}],
    ['production', 'automatic', false, {}],
    ['staging', 'manual', false, {}],
    ['production', 'automatic', true, { line: 'synthetic' }],
    ['production', 'automatic', false, { line: 'synthetic', demo: true }],
    ['production', 'manual', true, { line: 'synthetic', demo: true }],
  ] as const)(
    'requestPromotion to %s with %s approval: requiresApproval is %s (%j)',
    async (toStage, approval, requiresApproval, change) => {
      const ids: string[] = [];
      const openPromotionRequest: ModelRegistry['openPromotionRequest'] = ({ requestId }) => {
        ids.push(requestId);
        return Promise.resolve({ request: null as never, supersededWorkflowIds: ['older'] });
      };
      const { requestPromotion } = depsOf({ openPromotionRequest }, approval);
      const input = { ...key, version: '1.2.0', toStage, runKey, workflowId: 'w', requestedBy: 'ada', ...change };
      expect(await requestPromotion(input)).toMatchObject({ requiresApproval, supersededWorkflowIds: ['older'] });
      await requestPromotion(input);
      expect(new Set(ids).size).toBe(1);
    },
  );

  it('verifyApproval wants a proof for production only, and only where proofs are required', async () => {
    const approval = { approver: 'ada', reason: 'why' };
    const claim = { requestId: 'r', approval };
    const input = { ...key, version: '1.0.0', toStage: 'production' as const, ...claim };
    const { verifyApproval } = depsOf({});
    for (const proof of [undefined, 'x', proveApproval('other', claim)])
      await expect(
        verifyApproval({ ...input, approval: proof === undefined ? approval : { ...approval, proof } }),
      ).rejects.toMatchObject({ code: 'APPROVAL_NOT_PROVEN', details: { requestId: 'r' } });
    const proof = proveApproval('secret', claim);
    await expect(verifyApproval({ ...input, approval: { ...approval, proof } })).resolves.toBeUndefined();
    await expect(verifyApproval({ ...input, toStage: 'staging' })).resolves.toBeUndefined();
    await expect(depsOf({}, 'manual', 'off').verifyApproval(input)).resolves.toBeUndefined();
  });

  it('promoteVersion uses the same idempotency key for a repeated step and another key for another stage', async () => {
    const keys: string[] = [];
    const promote = ((order: { idempotencyKey: string }) => {
      keys.push(order.idempotencyKey);
      return Promise.resolve({ from: 'dev', to: 'staging' });
    }) as unknown as ModelRegistry['promote'];
    const { promoteVersion } = inActivity(depsOf({ promote, listPromotionRequests: () => Promise.resolve([]) }));
    const order = { ...key, version: '1.0.0', runKey, actor: 'ada', reason: 'why' };
    await promoteVersion({ ...order, toStage: 'staging' });
    await promoteVersion({ ...order, toStage: 'staging' });
    await promoteVersion({ ...order, toStage: 'production' });
    expect(keys[0]).toBe(keys[1]);
    expect(keys[2]).not.toBe(keys[0]);
  });

  it('promoteVersion takes the line of the request that its workflow opened, which may have been moved', async () => {
    const lines: string[] = [];
    const promote = ((order: { line: string }) => {
      lines.push(order.line);
      return Promise.resolve({ from: 'staging', to: 'production' });
    }) as unknown as ModelRegistry['promote'];
    const moved = { line: 'synthetic', version: '1.0.0', workflowId: WORKFLOW } as PromotionRequest;
    const others = [
      { ...moved, workflowId: 'another' },
      { ...moved, version: '1.0.1' },
    ];
    const order = { ...key, version: '1.0.0', toStage: 'production' as const, runKey, actor: 'ada', reason: 'why' };
    for (const requests of [others, [...others, moved]]) {
      const listPromotionRequests = () => Promise.resolve(requests);
      await inActivity(depsOf({ promote, listPromotionRequests })).promoteVersion(order);
    }
    expect(lines).toEqual(['default', 'synthetic']);
  });

  it('listLinesIn names each line that has a version in the stage once', async () => {
    const staged = [record('1.0.0', 1), record('1.1.0', 2)].map((version) => ({ ...version, ...key }));
    const archived = { ...record('1.0.0', 1), modelName: 'financial-ner', line: 'default', stage: 'archived' as const };
    const asked: object[] = [];
    const listVersions: ModelRegistry['listVersions'] = (filter) => {
      asked.push(filter);
      return Promise.resolve([...staged, archived]);
    };
    const { listLinesIn } = depsOf({ listVersions });
    expect(await listLinesIn({ inStage: 'staging', line: null })).toEqual({ lines: [key] });
    expect(await listLinesIn({ inStage: 'production', line: 'default' })).toEqual({ lines: [] });
    expect(asked).toEqual([{}, { line: 'default' }]);
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
