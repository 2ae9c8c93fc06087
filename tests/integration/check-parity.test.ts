import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ParityResult } from '../../contracts/feature-parity.js';
import type { DataPipelineResult } from '../../contracts/workflows.js';
import { generateBackend } from '../../datasets/sources/backend/generator/index.js';
import { featureViews } from '../../feature-store/definitions/index.js';
import { readStoredFeatures } from '../../inference/request-features.js';
import { openKeyRing } from '../../platform/keys/key-ring.js';
import { openPredictionLog } from '../../serving/log/open-log.js';
import { saveHistory } from '../support/save-history.js';
import { createTestPlatform, hasTemporal, quietLogger, type TestPlatform } from '../support/test-platform.js';

/* The workflow over a real server: the pipeline fills the online store, answers are logged, the comparison reads both. */

describe.skipIf(!hasTemporal())('checkParity', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await createTestPlatform();
    await generateBackend(platform.services, { users: 15, months: 6 });
    await platform.startWorkers(['pipeline']);
  });
  afterAll(() => platform.close());

  const execute = <Result>(type: string, name: string, input: object = {}): Promise<Result> =>
    platform.client.workflow.execute(type, {
      workflowId: platform.id(name),
      taskQueue: platform.queue,
      args: [input],
    });

  /** Logs an answer for each customer, as the API does for a request by reference. */
  async function logAnswers(ids: readonly string[]): Promise<void> {
    const { config, endpoints, services } = platform;
    const keys = await openKeyRing(config);
    const { databaseUrl } = endpoints;
    const { home } = config;
    const open = openPredictionLog({ databaseUrl, home, keys, keepDays: 90, mostSpoolBytes: 0, logger: quietLogger });
    for (const subject of ids) {
      const at = Date.now();
      const reference = { source: 'generated', entityId: subject };
      const { views, valuesOfViews } = await readStoredFeatures(services.onlineStore, featureViews, reference, at);
      const features = { source: 'generated', asOf: views[0]!.asOf, stale: true, features: views, states: [] };
      const answer = { id: randomUUID(), at, modelName: 'credit-risk-scorer', line: 'synthetic', version: '1.0.0' };
      const rest = { stage: 'production' as const, abstained: false, latencyMs: 1, arm: null };
      const content = { input: {}, output: {}, valuesOfViews };
      await open.log.appendDurably([{ ...answer, ...rest, subject, features, content }]);
    }
    await open.close();
  }

  it('decides nothing while no answer is logged, and compares what the API read', async () => {
    const pipeline = await execute<DataPipelineResult>('dataPipeline', 'pipeline');
    expect(pipeline.status).toBe('completed');
    expect(await execute<ParityResult>('checkParity', 'empty')).toMatchObject({ status: 'undecided', answers: 0 });

    const { pool } = platform.services;
    const { rows } = await pool.query<{ id: string }>('select id from backend.users order by id');
    await logAnswers(rows.map(({ id }) => id));
    const result = await execute<ParityResult>('checkParity', 'checked');
    await saveHistory(platform.client, platform.id('checked'), 'check-parity-sound');
    expect(result).toMatchObject({ status: 'sound', source: 'generated', answers: 15, notCompared: [] });
    expect(result.views).toMatchObject(
      ['credit-risk', 'user-financials'].map((view) => ({ view, version: 1, compared: 15, differing: 0 })),
    );
    const checks = await pool.query(
      'select status, answers, checked_at is not null as dated from monitoring.parity_checks order by checked_at',
    );
    expect(checks.rows).toEqual([
      { status: 'undecided', answers: 0, dated: true },
      { status: 'sound', answers: 15, dated: true },
    ]);
  });

  it('finds statistics of every view of the day, recorded by the pipeline', async () => {
    const found = await platform.services.featureStatistics.list({ source: 'generated', days: 7 });
    expect(found.map(({ view, entities }) => [view, entities])).toEqual([
      ['credit-risk', 15],
      ['user-financials', 15],
    ]);
    for (const { view, fields } of found)
      expect(Object.keys(fields)).toEqual(
        featureViews.find(({ name }) => name === view)!.fields.map(({ name }) => name),
      );
    const again = { ...found[0]!, writtenAt: found[0]!.writtenAt + 1_000, entities: 16 };
    await platform.services.featureStatistics.record(again);
    await platform.services.featureStatistics.record({ ...again, writtenAt: again.writtenAt - 500, entities: 1 });
    const [replaced] = await platform.services.featureStatistics.list({ source: 'generated', days: 7 });
    expect(replaced).toMatchObject({ entities: 16 });
  });

  it('refuses a window that begins after now, and a source that is not known', async () => {
    const failing = (input: object): Promise<string> =>
      execute('checkParity', `refused-${randomUUID()}`, input).then(
        () => 'no failure',
        (fault: unknown) => (fault as { cause?: { cause?: { type?: string } } }).cause?.cause?.type ?? String(fault),
      );
    expect(await failing({ since: new Date(Date.now() + 3_600_000).toISOString() })).toBe('INVALID_INPUT');
    expect(await failing({ source: 'unheard-of' })).toBe('SOURCE_NOT_FOUND');
  });
});
