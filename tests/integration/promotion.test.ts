import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ArtefactFiles } from '../../contracts/model-definition.js';
import type {
  ApprovalInput,
  ApprovalReceipt,
  PromoteModelResult,
  ProgressReport,
  RollbackModelResult,
} from '../../contracts/workflows.js';
import { messages } from '../../contracts/workflows.js';
import { MODEL } from '../support/credit-dataset.js';
import { LINE, registerVersion, stage, trainFixture } from '../support/registered-versions.js';
import { readApprovalSecret } from '../../platform/embedded/approval-secret.js';
import { proveApproval } from '../../registry/approval-proof.js';
import { saveHistory } from '../support/save-history.js';
import { createTestPlatform, hasTemporal, type TestPlatform } from '../support/test-platform.js';

describe.skipIf(!hasTemporal())('promoteModel', () => {
  let platform: TestPlatform;
  let trained: ArtefactFiles;
  let count = 0;

  beforeAll(async () => {
    platform = await createTestPlatform();
    trained = await trainFixture();
    await platform.startWorkers(['pipeline', 'training']);
  });
  afterAll(() => platform.close());

  /** A stored sample that the trained model does not predict. */
  const wrongSample = (): object => {
    const sample = JSON.parse(new TextDecoder().decode(trained['sample.json'])) as { outputs: object[] };
    return { ...sample, outputs: sample.outputs.map(() => ({ probability: 2 })) };
  };

  const staged = async (sample?: object): Promise<string> => {
    const version = await registerVersion(platform.services, trained, { sample });
    await stage(platform.services, version);
    return version;
  };

  const propose = (input: object = {}): Promise<WorkflowHandle> =>
    platform.client.workflow.start('promoteModel', {
      workflowId: platform.id(`promotion-${++count}`),
      taskQueue: platform.queue,
      args: [{ modelName: MODEL, requestedBy: 'ada', ...input }],
    });

  const awaitApproval = (handle: WorkflowHandle) =>
    expect
      .poll(async () => (await handle.query<ProgressReport>(messages.progress)).stage, { timeout: 30_000 })
      .toBe('awaiting approval');

  const resultOf = (handle: WorkflowHandle) => handle.result() as Promise<PromoteModelResult>;

  const stageOf = async (version: string): Promise<string> =>
    (await platform.services.registry.getVersion(MODEL, LINE, version)).stage;

  const approval = { approver: 'grace', reason: 'reviewed the card' };

  /** The approval with the proof for the request that this workflow opened. */
  const proven = async (handle: WorkflowHandle, given: ApprovalInput = approval) => {
    const open = await platform.services.registry.listPromotionRequests({ modelName: MODEL, status: 'open' });
    const { requestId } = open.find(({ workflowId }) => workflowId === handle.workflowId)!;
    const secret = readApprovalSecret(platform.config);
    return { ...given, proof: proveApproval(secret, { requestId, approval: given }) };
  };

  it('waits for an approval with name and reason, promotes, and runs the smoke test', async () => {
    const version = await staged();
    const handle = await propose();
    await awaitApproval(handle);
    expect(await stageOf(version)).toBe('staging');

    for (const bad of [{}, { approver: 'grace', reason: '  ' }, { approver: '', reason: 'x' }])
      await expect(handle.executeUpdate(messages.approvePromotion, { args: [bad] })).rejects.toMatchObject({
        cause: { type: 'INVALID_INPUT' },
      });
    const forged = { ...(await proven(handle)), reason: 'another reason' };
    for (const unproven of [approval, { ...approval, proof: '0'.repeat(64) }, forged])
      await expect(handle.executeUpdate(messages.approvePromotion, { args: [unproven] })).rejects.toMatchObject({
        cause: { cause: { type: 'APPROVAL_NOT_PROVEN' } },
      });
    expect(await stageOf(version)).toBe('staging');
    const receipt = await handle.executeUpdate<ApprovalReceipt, [object]>(messages.approvePromotion, {
      args: [await proven(handle)],
    });
    expect(receipt).toMatchObject({ modelName: MODEL, version, toStage: 'production', verdict: 'approved' });
    expect(await resultOf(handle)).toMatchObject({ status: 'promoted', version, decidedBy: 'grace' });
    expect(await stageOf(version)).toBe('production');
    await saveHistory(platform.client, handle.workflowId, 'promote-model-promoted');
    const last = (await platform.services.registry.listTransitions(MODEL, LINE)).at(-1);
    expect(last).toMatchObject({ from: 'staging', to: 'production', actor: 'grace', reason: 'reviewed the card' });
  });

  it('keeps the stage of a rejected version', async () => {
    const version = await staged();
    const handle = await propose({ version });
    await awaitApproval(handle);
    await handle.executeUpdate(messages.rejectPromotion, {
      args: [{ approver: 'grace', reason: 'too few bad loans' }],
    });
    expect(await resultOf(handle)).toMatchObject({ status: 'rejected', reason: 'too few bad loans' });
    await saveHistory(platform.client, handle.workflowId, 'promote-model-rejected');
    expect(await stageOf(version)).toBe('staging');
    const [request] = await platform.services.registry.listPromotionRequests({ modelName: MODEL, status: 'rejected' });
    expect(request).toMatchObject({ version, decidedBy: 'grace' });
  });

  it('expires without a decision', async () => {
    const version = await staged();
    const handle = await propose({ version, approvalHours: 1 / 3600 });
    expect(await resultOf(handle)).toMatchObject({ status: 'expired', version });
    await saveHistory(platform.client, handle.workflowId, 'promote-model-expired');
    expect(await stageOf(version)).toBe('staging');
  });

  it('is superseded by the request of a newer version', async () => {
    const older = await staged();
    const first = await propose({ version: older });
    await awaitApproval(first);
    const newer = await staged();
    const second = await propose({ version: newer });
    expect(await resultOf(first)).toMatchObject({ status: 'superseded', version: older });
    await saveHistory(platform.client, first.workflowId, 'promote-model-superseded');
    await awaitApproval(second);
    await second.executeUpdate(messages.approvePromotion, { args: [await proven(second)] });
    expect(await resultOf(second)).toMatchObject({ status: 'promoted', version: newer });
    expect(await stageOf(newer)).toBe('production');
  });

  it('rolls back a version whose predictions differ from its stored sample', async () => {
    const [before] = (await platform.services.registry.listVersions({ modelName: MODEL })).filter(
      (record) => record.stage === 'production',
    );
    const broken = await staged(wrongSample());
    const handle = await propose({ version: broken });
    await awaitApproval(handle);
    await handle.executeUpdate(messages.approvePromotion, { args: [await proven(handle)] });
    const result = await resultOf(handle);
    expect(result).toMatchObject({ status: 'rolled-back', version: broken });
    await saveHistory(platform.client, handle.workflowId, 'promote-model-rolled-back');
    expect(result.reason).toContain('wanted 2');
    expect(await stageOf(broken)).toBe('archived');
    expect(await stageOf(before!.version)).toBe('production');
    const [failed] = await platform.services.registry.listPromotionRequests({ modelName: MODEL, status: 'failed' });
    expect(failed).toMatchObject({ version: broken });
  });

  it('archives a version that fails the smoke test in staging and keeps production unchanged', async () => {
    const { registry } = platform.services;
    const production = async () =>
      (await registry.listVersions({ modelName: MODEL })).filter((record) => record.stage === 'production');
    const before = await production();
    const arrivals = (await registry.listTransitions(MODEL, LINE)).filter(({ to }) => to === 'production');
    // A version in production, so that a rollback would be possible.
    expect(arrivals.length).toBeGreaterThanOrEqual(2);

    const broken = await registerVersion(platform.services, trained, { sample: wrongSample() });
    const result = await resultOf(await propose({ version: broken, toStage: 'staging' }));
    expect(result).toMatchObject({ status: 'rolled-back', version: broken, toStage: 'staging' });
    expect(await stageOf(broken)).toBe('archived');
    expect(await production()).toEqual(before);
    const after = (await registry.listTransitions(MODEL, LINE)).filter(({ to }) => to === 'production');
    expect(after).toEqual(arrivals);
    const [failed] = await registry.listPromotionRequests({ modelName: MODEL, status: 'failed' });
    expect(failed).toMatchObject({ version: broken, toStage: 'staging' });
  });

  it('closes the request when it is cancelled while waiting', async () => {
    const version = await staged();
    const handle = await propose({ version });
    await awaitApproval(handle);
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    await saveHistory(platform.client, handle.workflowId, 'promote-model-cancelled');
    expect(await stageOf(version)).toBe('staging');
    const [failed] = await platform.services.registry.listPromotionRequests({ modelName: MODEL, status: 'failed' });
    expect(failed).toMatchObject({ version, decidedBy: 'cancellation' });
    expect(await platform.services.registry.listPromotionRequests({ modelName: MODEL, status: 'open' })).toEqual([]);
  });

  it('completes the smoke test and the rollback when it is cancelled after the promotion', async () => {
    const before = (await platform.services.registry.listVersions({ modelName: MODEL })).find(
      (record) => record.stage === 'production',
    )!;
    const broken = await staged(wrongSample());
    const handle = await propose({ version: broken });
    await awaitApproval(handle);
    await handle.executeUpdate(messages.approvePromotion, { args: [await proven(handle)] });
    const stageNow = async () => (await handle.query<ProgressReport>(messages.progress)).stage;
    await expect.poll(stageNow, { timeout: 30_000, interval: 5 }).toBe('smoke test');
    await handle.cancel();
    expect(await resultOf(handle)).toMatchObject({ status: 'rolled-back', version: broken });
    expect(await stageOf(broken)).toBe('archived');
    expect(await stageOf(before.version)).toBe('production');
    const [failed] = await platform.services.registry.listPromotionRequests({ modelName: MODEL, status: 'failed' });
    expect(failed).toMatchObject({ version: broken });
  });

  it('promotes a version of synthetic data when its approval says that it is a demo', async () => {
    const { services } = platform;
    const line = 'synthetic';
    const version = await registerVersion(services, trained, { line });
    await stage(services, version, line);
    const handle = await propose({ line });
    await awaitApproval(handle);
    const undeclared = handle.executeUpdate(messages.approvePromotion, { args: [approval] });
    await expect(undeclared).rejects.toMatchObject({
      cause: { type: 'TRANSITION_NOT_ALLOWED', message: expect.stringContaining('--demo') as string },
    });
    await handle.executeUpdate(messages.approvePromotion, {
      args: [await proven(handle, { ...approval, demo: true })],
    });
    expect(await resultOf(handle)).toMatchObject({ status: 'promoted', version, line });
    const last = (await services.registry.listTransitions(MODEL, line)).at(-1);
    expect(last).toMatchObject({ to: 'production', demo: true, actor: 'grace' });
  });

  it('refuses a transition that the stages do not allow', async () => {
    const version = await registerVersion(platform.services, trained);
    const handle = await propose({ version });
    await expect(handle.result()).rejects.toMatchObject({ cause: { cause: { type: 'TRANSITION_NOT_ALLOWED' } } });
    expect(await stageOf(version)).toBe('dev');
  });

  it('keeps the successor of a version that fails the smoke test in production', async () => {
    const { registry } = platform.services;
    const broken = await staged(wrongSample());
    const other = await registerVersion(platform.services, trained);
    const handle = await propose({ version: broken });
    await awaitApproval(handle);
    await handle.executeUpdate(messages.approvePromotion, { args: [await proven(handle)] });
    await expect.poll(() => stageOf(broken), { timeout: 30_000, interval: 5 }).toBe('production');
    // Another version is promoted to production before the smoke test ends.
    for (const to of ['staging', 'production'] as const)
      await registry.promote({
        modelName: MODEL,
        line: LINE,
        version: other,
        to,
        actor: 'ada',
        reason: 'the other one is known to be good',
        idempotencyKey: `${other} to ${to}`,
      });
    expect(await resultOf(handle)).toMatchObject({ status: 'rolled-back', version: broken });
    expect(await stageOf(other)).toBe('production');
    expect(await stageOf(broken)).toBe('archived');
  });

  it('rolls back to the previous version on request', async () => {
    const versions = await platform.services.registry.listVersions({ modelName: MODEL });
    const current = versions.find((record) => record.stage === 'production')!.version;
    const result = (await platform.client.workflow.execute('rollbackModel', {
      workflowId: platform.id('rollback'),
      taskQueue: platform.queue,
      args: [{ modelName: MODEL, requestedBy: 'ada', reason: 'alerts since noon' }],
    })) as RollbackModelResult;
    await saveHistory(platform.client, platform.id('rollback'), 'rollback-model-rolled-back');
    expect(result.version).not.toBe(current);
    expect(result.smokeTest).toMatchObject({ passed: true });
    expect(await stageOf(result.version)).toBe('production');
    expect(await stageOf(current)).toBe('archived');

    // The same version again: it has already left production, and its successor is sound.
    const again = platform.client.workflow.execute('rollbackModel', {
      workflowId: platform.id('rollback-2'),
      taskQueue: platform.queue,
      args: [{ modelName: MODEL, from: current, requestedBy: 'bob', reason: 'alerts since noon' }],
    });
    await expect(again).rejects.toMatchObject({ cause: { cause: { type: 'CONFLICT' } } });
    expect(await stageOf(result.version)).toBe('production');
  });
});
