import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PipelineError } from '../../contracts/errors.js';
import { type MasterTrainingResult, type TrainModelResult, workflowIds } from '../../contracts/workflows.js';
import { putJsonBlob } from '../../datasets/snapshots/json-blob.js';
import { loadCatalogue } from '../../models/catalogue.js';
import { answeringRunner } from '../support/answering-runner.js';
import { saveHistory } from '../support/save-history.js';
import { createTestPlatform, hasTemporal, type TestPlatform } from '../support/test-platform.js';

const withoutRows = answeringRunner({ prepareDataset: { status: 'skipped', line: 'shop', reason: 'no rows' } });
const withoutDatabase = {
  run: () => Promise.reject(new PipelineError('SERVICE_UNAVAILABLE', 'the database at db:5432 does not answer')),
};

/** Nothing is computed: which workflow runs, and what follows from a step's end, does not depend on it. */
describe.skipIf(!hasTemporal())('workflows of all models', () => {
  let platform: TestPlatform;
  let snapshotHash: string;

  beforeAll(async () => {
    platform = await createTestPlatform({ OUTAGE_PATIENCE_HOURS: '0.0001' });
    const manifest = { kind: 'snapshot', schemaVersion: 1, asOf: 0, parent: null, codeVersion: 'test' };
    snapshotHash = (await putJsonBlob(platform.services.blobs, { ...manifest, source: 'shop', tables: [] })).hash;
  });
  afterAll(() => platform.close());

  const execute = (type: string, input: object): Promise<unknown> =>
    platform.client.workflow.execute(type, {
      workflowId: platform.id(type),
      taskQueue: platform.queue,
      args: [{ snapshotHash, ...input }],
    });

  it('train their own model under its own name', async () => {
    const stop = await platform.startWorkers(['pipeline'], { runner: withoutRows });
    const names = (await loadCatalogue()).map(({ name }) => name);
    const types = names.map((name) => `train-${name}`.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase()));
    const results = (await Promise.all(types.map((type) => execute(type, {})))) as TrainModelResult[];
    await stop();
    expect(results.map(({ modelName, decision }) => [modelName, decision])).toEqual(
      names.map((name) => [name, 'skipped']),
    );
    for (const [index, type] of types.entries())
      await saveHistory(platform.client, platform.id(type), `train-${names[index]!}-skipped`);
  });

  it('end together after an outage that outlasts the patience: no further model is started', async () => {
    const stop = await platform.startWorkers(['pipeline'], { runner: withoutDatabase });
    const result = (await execute('masterTraining', { parallel: 1, cache: false })) as MasterTrainingResult;
    await stop();
    const messages = result.models.map((outcome) => (outcome.status === 'failed' ? outcome.message : outcome.status));
    expect(messages[0]).toContain('db:5432');
    for (const message of messages.slice(1)) expect(message).toMatch(/^not started: .*db:5432/);
    await saveHistory(platform.client, platform.id('masterTraining'), 'master-training-outage');
    await saveHistory(platform.client, workflowIds.retrainingLockOf(platform.queue, 'shop'), 'retraining-lock');
  });
});
