import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MasterTrainingResult, ModelOutcome } from '../../contracts/workflows.js';
import { messages, workflowIds } from '../../contracts/workflows.js';
import { featureViews } from '../../feature-store/definitions/index.js';
import { generateCustomers } from '../../datasets/sources/backend/generator/generate.js';
import { replaceSource } from '../../datasets/sources/backend/load.js';
import { loadSnapshot, loadSnapshotTables } from '../../datasets/snapshots/snapshot-store.js';
import { textColumn } from '../../learning/table.js';
import { MODEL } from '../support/credit-dataset.js';
import {
  leaksInDocuments,
  leaksInHistories,
  leaksInTables,
  planted,
  plantedText,
  plantValues,
} from '../support/planted-values.js';
import { saveHistory } from '../support/save-history.js';
import { createTestPlatform, hasTemporal, type TestPlatform } from '../support/test-platform.js';

type Decided = Extract<ModelOutcome, { status: 'decided' }>;

/* One model stands for all: the end-to-end test trains every model of the catalogue. */
describe.skipIf(!hasTemporal())('masterTraining from the backend database to the online store', () => {
  let platform: TestPlatform;
  const asOf = '2026-11-01T00:00:00Z';

  beforeAll(async () => {
    platform = await createTestPlatform();
    const { backendPool, catalog } = platform.services;
    const batches = function* () {
      for (const { rows } of generateCustomers({ users: 300, months: 36 })) yield rows;
    };
    await replaceSource(backendPool, 'generated', batches());
    await catalog.add('generated', { users: 300 }, { activate: true });
    await plantValues(backendPool);
    await endProposal();
    await platform.startWorkers(['pipeline', 'training']);
  });
  afterAll(async () => {
    await endProposal();
    await platform.close();
  });

  const proposal = workflowIds.promotionOf(MODEL, 'synthetic', '1.0.0');
  /** The proposal's id depends only on the version, so one from an earlier run of this file may still exist. */
  const endProposal = async (): Promise<void> => {
    await platform.client.workflow
      .getHandle(proposal)
      .terminate('the test is over')
      .catch(() => undefined);
  };

  const run = async (name: string, input: object = {}): Promise<MasterTrainingResult> =>
    (await platform.client.workflow.execute('masterTraining', {
      workflowId: platform.id(name),
      taskQueue: platform.queue,
      args: [{ asOf, models: [MODEL], ...input }],
    })) as MasterTrainingResult;

  const outcomeOf = ({ models }: MasterTrainingResult): Decided =>
    models.find((outcome): outcome is Decided => outcome.status === 'decided' && outcome.result.modelName === MODEL)!;

  it('takes a snapshot, fills both feature stores, trains, and proposes the registered versions', async () => {
    const result = await run('first');
    expect(result).toMatchObject({ status: 'completed', source: 'generated', reasons: [] });
    const { result: trained, promotion } = outcomeOf(result);
    expect(trained).toMatchObject({ line: 'synthetic', decision: 'registered', version: '1.0.0' });
    expect(promotion).toEqual({
      stage: 'staging',
      awaitingApproval: true,
      workflowId: proposal,
    });
    const parent = platform.id('first');
    await saveHistory(platform.client, parent, 'master-training-proposed');
    await saveHistory(platform.client, workflowIds.dataPipelineOf(parent), 'data-pipeline-completed');
    await saveHistory(platform.client, workflowIds.modelOf(parent, MODEL), 'train-model-registered');
    await saveHistory(platform.client, workflowIds.retrainingLockOf(platform.queue, 'generated'), 'retraining-lock');
    const { registry } = platform.services;
    expect((await registry.findChampion(MODEL, 'synthetic'))!.stage).toBe('staging');
    const describe = () => platform.client.workflow.getHandle(proposal).describe();
    expect((await describe()).status.name).toBe('RUNNING');
    // The detached workflow sets its search attributes in its first task, which may run after the parent has ended.
    await expect
      .poll(async () => (await describe()).typedSearchAttributes.getAll(), { timeout: 20_000 })
      .toContainEqual(
        expect.objectContaining({ key: expect.objectContaining({ name: 'ModelName' }) as unknown, value: MODEL }),
      );
  });

  const reportOf = async (name: string): Promise<string> => {
    const { reports, blobs } = platform.services;
    const report = await reports.findReport(platform.id(name));
    return new TextDecoder().decode(await blobs.get(report!.markdownHash));
  };

  it('leaves a report with results, data and what was used', async () => {
    const report = await reportOf('first');
    expect(report).toContain('No retraining of this line came before.');
    expect(report).toMatch(/\| credit-risk-scorer \| registered \| 1\.0\.0 \| aucRoc ↑ \| 0\.\d+/);
    expect(report).toMatch(/\| data pipeline \| [\d.min ]+ s \| [\d.]+ s \| \d+ MB \|/);
    expect(report).toMatch(/Checks: passed: \d+ of \d+ rows quarantined/);
  });

  it('fills the online store with the feature values as of the snapshot', async () => {
    const { onlineStore, backendPool } = platform.services;
    const { rows } = await backendPool.query<{ id: string }>(
      `select id from backend.users where source = 'generated' order by id limit 5`,
    );
    const ids = rows.map(({ id }) => id);
    for (const { name, version, fields } of featureViews) {
      const values = await onlineStore.get('generated', name, ids);
      for (const value of values) {
        expect(value).toMatchObject({ viewVersion: version, eventTime: Date.parse(asOf) });
        expect(value!.features).toHaveLength(fields.length);
      }
    }
  });

  it('returns `unchanged` on the same data, without duplicate records', async () => {
    const { registry } = platform.services;
    const before = await registry.listTransitions(MODEL, 'synthetic');
    const result = await run('second');
    await saveHistory(platform.client, platform.id('second'), 'master-training-unchanged');
    await saveHistory(platform.client, workflowIds.modelOf(platform.id('second'), MODEL), 'train-model-unchanged');
    expect(outcomeOf(result).result).toMatchObject({ decision: 'unchanged', version: '1.0.0' });
    expect(outcomeOf(result).promotion).toBeNull();
    expect(await reportOf('second')).toContain(`before: ${platform.id('first')}, started on`);
    expect(await registry.listVersions({ modelName: MODEL })).toHaveLength(1);
    expect(await registry.listTransitions(MODEL, 'synthetic')).toEqual(before);
  });

  it('proposes a version that an earlier training left in dev', async () => {
    const { registry, snapshotLog, pool } = platform.services;
    // As after a training by hand, or a cancellation between registration and staging.
    await pool.query(`update registry.version_stages set stage = 'dev' where model_name = $1`, [MODEL]);
    const { hash: snapshotHash } = (await snapshotLog.latest('generated'))!;
    const { result, promotion } = outcomeOf(await run('takes-up', { snapshotHash }));
    expect(result).toMatchObject({ decision: 'unchanged', version: '1.0.0', promotable: true });
    expect(promotion).toEqual({ stage: 'staging', awaitingApproval: true, workflowId: proposal });
    expect((await registry.getVersion(MODEL, 'synthetic', '1.0.0')).stage).toBe('staging');
  });

  /** Starts a master run on the existing snapshot and waits until its child trains. */
  const startOnSnapshot = async (name: string): Promise<{ master: WorkflowHandle; child: WorkflowHandle }> => {
    const { client, services, queue } = platform;
    const { hash } = (await services.snapshotLog.latest('generated'))!;
    const args = [{ snapshotHash: hash, models: [MODEL] }];
    const master = await client.workflow.start('masterTraining', {
      workflowId: platform.id(name),
      taskQueue: queue,
      args,
    });
    const child = client.workflow.getHandle(workflowIds.modelOf(platform.id(name), MODEL));
    const stageOf = () => child.query<string>(messages.trainingStage).catch(() => 'not started');
    await expect.poll(stageOf, { timeout: 30_000, interval: 100 }).not.toMatch(/not started|planning/);
    return { master, child };
  };

  it('completes when one child is cancelled', async () => {
    const { master, child } = await startOnSnapshot('child-cancelled');
    await child.cancel();
    const result = (await master.result()) as MasterTrainingResult;
    await saveHistory(platform.client, child.workflowId, 'train-model-cancelled');
    await saveHistory(platform.client, master.workflowId, 'master-training-failed');
    expect(result).toMatchObject({ status: 'failed' });
    expect(result.models).toEqual([
      expect.objectContaining({ status: 'failed', modelName: MODEL, errorCode: 'CANCELLED' }),
    ]);
    expect((await platform.services.registry.listRuns({ modelName: MODEL }))[0]).toMatchObject({ status: 'cancelled' });
  });

  it('cancels its children when it is cancelled or terminated', async () => {
    for (const end of ['cancel', 'terminate'] as const) {
      const { master, child } = await startOnSnapshot(`master-${end}`);
      await master[end]();
      await expect(child.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
      await expect(master.result()).rejects.toThrow();
      if (end === 'cancel') await saveHistory(platform.client, master.workflowId, 'master-training-cancelled');
      expect((await platform.services.registry.listRuns({ modelName: MODEL }))[0]).toMatchObject({
        status: 'cancelled',
        workflowId: child.workflowId,
      });
      if (end === 'cancel') expect(await reportOf(`master-${end}`)).toContain('**cancelled**');
    }
  });

  const policy = { tables: { users: { city: 'hash' }, chat_messages: { text: 'mask' } } };

  it('returns rejected data as a result and trains no model', async () => {
    const { backendPool, registry } = platform.services;
    await backendPool.query(`update backend.transactions set category = $1 where source = 'generated'`, [plantedText]);
    const runs = await registry.listRuns({ modelName: MODEL });
    const result = await run('third', { policy });
    await saveHistory(platform.client, workflowIds.dataPipelineOf(platform.id('third')), 'data-pipeline-rejected');
    await saveHistory(platform.client, platform.id('third'), 'master-training-rejected');
    expect(result).toMatchObject({ status: 'rejected', models: [] });
    expect(result.reasons.join(' ')).toContain('transactions.category');
    expect(await reportOf('third')).toMatch(/Checks: rejected: [1-9]\d* of/);
    expect(result.reportHash).toMatch(/^[0-9a-f]{64}$/);
    expect(await registry.listRuns({ modelName: MODEL })).toHaveLength(runs.length);
  });

  it('masks and hashes columns as the policy of the run says', async () => {
    const { blobs, snapshotLog } = platform.services;
    const { hash } = (await snapshotLog.latest('generated'))!;
    expect((await loadSnapshot(blobs, hash)).policy).toEqual({ ...policy, keyVersion: 1 });
    const { users, chat_messages: messages } = await loadSnapshotTables(blobs, hash, {
      tables: ['users', 'chat_messages'],
    });
    const [city, other] = textColumn(users!, 'city');
    expect(city).toMatch(/^[0-9a-f]{16}$/);
    expect(other).toBe(city);
    const masked = `${planted.name}: PAN [PAN], [AADHAAR], card [CARD], [UPI_ID], [EMAIL], [PHONE]`;
    expect(textColumn(messages!, 'text')).toContain(masked);
  });

  it('leaves no personal value in histories, records, artefacts, cards and reports', async () => {
    const { client, endpoints, services } = platform;
    const found = [
      await leaksInHistories(client, platform.id('')),
      await leaksInTables(services.pool, ['registry', 'catalog', 'catalog_snapshots', 'online', 'serving']),
      await leaksInDocuments(endpoints.artifactUri),
    ];
    expect(found.flatMap(({ leaks }) => leaks)).toEqual([]);
    for (const { read } of found) expect(read).toBeGreaterThan(5);
  });
});
