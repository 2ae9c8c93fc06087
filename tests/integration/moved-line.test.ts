import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProgressReport } from '../../contracts/workflows.js';
import { messages } from '../../contracts/workflows.js';
import { createKysely } from '../../platform/postgres/pool.js';
import { moveGeneratedRows } from '../../registry/migrations/0006-synthetic-line.js';
import { MODEL } from '../support/credit-dataset.js';
import { registerVersion, stage, trainFixture } from '../support/registered-versions.js';
import { createTestPlatform, hasTemporal, type TestPlatform } from '../support/test-platform.js';

describe.skipIf(!hasTemporal())('a promotion that waits while its line is moved', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await createTestPlatform({ APPROVAL_PROOF: 'off' });
    await platform.startWorkers(['pipeline', 'training']);
  });
  afterAll(() => platform.close());

  it('is decided and promotes its version in the new line, not the one of the same number in the old line', async () => {
    const { services, client } = platform;
    const trained = await trainFixture();
    const version = await registerVersion(services, trained);
    await stage(services, version);
    const handle = await client.workflow.start('promoteModel', {
      workflowId: platform.id('waiting'),
      taskQueue: platform.queue,
      args: [{ modelName: MODEL, line: 'default', version, requestedBy: 'masterTraining' }],
    });
    const stageNow = async () => (await handle.query<ProgressReport>(messages.progress)).stage;
    await expect.poll(stageNow, { timeout: 30_000 }).toBe('awaiting approval');

    // As an older release recorded it: generated rows, on the line `default`.
    await services.pool.query(`update registry.datasets set origin = origin || '{"source": "generated"}'`);
    await createKysely<unknown>(services.pool).transaction().execute(moveGeneratedRows);
    const successor = await registerVersion(services, trained);
    expect(successor).toBe(version);
    await stage(services, successor);

    const approval = { approver: 'grace', reason: 'shown to the board', demo: true };
    await handle.executeUpdate(messages.approvePromotion, { args: [approval] });
    expect(await handle.result()).toMatchObject({ status: 'promoted', version });
    const stageIn = async (line: string) => (await services.registry.getVersion(MODEL, line, version)).stage;
    expect([await stageIn('synthetic'), await stageIn('default')]).toEqual(['production', 'staging']);
  });
});
