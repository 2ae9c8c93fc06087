import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MasterTrainingResult } from '../../contracts/workflows.js';
import { commitSnapshot } from '../../datasets/snapshots/snapshot-store.js';
import { answeringRunner, trainingAnswers } from '../support/answering-runner.js';
import { MODEL } from '../support/credit-dataset.js';
import { registerVersion, trainFixture } from '../support/registered-versions.js';
import { createTestPlatform, hasTemporal, type TestPlatform } from '../support/test-platform.js';

/* Each run trains the bytes of a version again. */
describe.skipIf(!hasTemporal())('a retraining with automatic approval of production', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await createTestPlatform({ PRODUCTION_APPROVAL: 'automatic' });
  });
  afterAll(() => platform.close());

  /** Takes a version that waits in dev of the line up and promotes it as far as the settings let it. */
  async function promotionOf(line: string, source: string): Promise<unknown> {
    const { services, client, queue } = platform;
    const version = await registerVersion(services, await trainFixture(), { line });
    const record = await services.registry.getVersion(MODEL, line, version);
    const stop = await platform.startWorkers(['pipeline', 'training'], {
      runner: answeringRunner(trainingAnswers(record)),
    });
    const { blobs, snapshotLog: log } = services;
    const facts = { runKey: line, source, asOf: 0, codeVersion: '0', tables: [] };
    const { hash: snapshotHash } = await commitSnapshot({ ...facts, blobs, log });
    const result = (await client.workflow.execute('masterTraining', {
      workflowId: platform.id(line),
      taskQueue: queue,
      args: [{ models: [MODEL], snapshotHash }],
    })) as MasterTrainingResult;
    await stop();
    const [outcome] = result.models;
    return { outcome, stage: (await services.registry.getVersion(MODEL, line, version)).stage };
  }

  it('brings a version of real data to production', async () => {
    expect(await promotionOf('default', 'backend')).toMatchObject({
      outcome: { promotion: { stage: 'production', awaitingApproval: false } },
      stage: 'production',
    });
  });

  it('stops at staging with a version of synthetic data, and says why', async () => {
    expect(await promotionOf('synthetic', 'generated')).toMatchObject({
      outcome: {
        promotion: { stage: expect.stringMatching(/^staging \(synthetic data .*--demo/) as string, workflowId: null },
      },
      stage: 'staging',
    });
    const open = await platform.services.registry.listPromotionRequests({ modelName: MODEL, status: 'open' });
    expect(open).toEqual([]);
  });
});
