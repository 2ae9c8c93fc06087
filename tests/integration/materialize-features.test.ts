import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MaterializeFeaturesInput, MaterializeFeaturesResult } from '../../contracts/materialisation.js';
import { generateCustomers } from '../../datasets/sources/backend/generator/generate.js';
import { replaceSource } from '../../datasets/sources/backend/load.js';
import { loadSnapshotTables } from '../../datasets/snapshots/snapshot-store.js';
import { featureViews } from '../../feature-store/definitions/index.js';
import { sketchOf } from '../../learning/numeric/statistics/quantile-sketch.js';
import { readFeatures } from '../support/read-features.js';
import { saveHistory } from '../support/save-history.js';
import { createTestPlatform, hasTemporal, type TestPlatform } from '../support/test-platform.js';

type Completed = Exclude<MaterializeFeaturesResult, { status: 'rejected' }>;

/** Generated events end on a fixed day, so each view has the moment of its newest event whenever the test runs. */
describe.skipIf(!hasTemporal())('materializeFeatures', () => {
  let platform: TestPlatform;
  const source = `shop-${randomUUID().slice(0, 8)}`;

  beforeAll(async () => {
    platform = await createTestPlatform();
    const { backendPool, catalog } = platform.services;
    const batches = function* () {
      for (const { rows } of generateCustomers({ users: 6, months: 6 })) yield rows;
    };
    await replaceSource(backendPool, source, batches());
    await catalog.add(source, { users: 6 }, { activate: true });
    await platform.startWorkers(['pipeline']);
  });
  afterAll(() => platform.close());

  const run = async (name: string, input: MaterializeFeaturesInput = {}): Promise<Completed> =>
    (await platform.client.workflow.execute('materializeFeatures', {
      ...{ workflowId: platform.id(name), taskQueue: platform.queue, args: [input] },
    })) as Completed;
  const statistics = () => platform.services.featureStatistics.list({ source, days: 7 });
  const computed = ({ views }: Completed): number[] => views.map((view) => view.computed);

  it('computes every customer once, then those whose rows changed, and finds nothing to do', async () => {
    const { backendPool, onlineStore, blobs, featureLog } = platform.services;
    const first = await run('first');
    await saveHistory(platform.client, platform.id('first'), 'materialize-features-completed');
    expect(first).toMatchObject({ status: 'completed', source, unchangedBuckets: 0 });
    expect(computed(first)).toEqual([6, 6]);
    expect(first.notes[0]).toContain('none was materialised before');

    const ofAll = await statistics();
    expect(ofAll.map(({ view, entities }) => [view, entities])).toEqual([
      ['credit-risk', 6],
      ['user-financials', 6],
    ]);

    const unchanged = await run('unchanged');
    expect(unchanged).toMatchObject({ status: 'unchanged', buckets: 0, unchangedBuckets: 1 });
    await saveHistory(platform.client, platform.id('unchanged'), 'materialize-features-unchanged');
    expect(await statistics()).toEqual(ofAll);

    const changed = `update backend.transactions set amount = amount * 2 where source = $1 and id =
      (select id from backend.transactions where source = $1 and user_id = 'u000002' and amount < 0 order by booked_at desc limit 1)`;
    await backendPool.query(changed, [source]);
    const second = await run('second');
    expect(computed(second)).toEqual([1, 1]);
    const afterwards = await statistics();
    for (const [i, { fields, ...facts }] of afterwards.entries()) {
      const { fields: before, ...same } = ofAll[i]!;
      expect(facts).toEqual(same); // all six customers, there since the first run
      if (facts.view === 'user-financials') expect(fields).not.toEqual(before);
    }

    const columns = featureViews.map((view) => view.columns).reduce((all, each) => ({ ...all, ...each }));
    const names = Object.keys(columns) as (keyof typeof columns)[];
    const tables = await loadSnapshotTables(blobs, second.snapshotHash, { tables: names });
    for (const view of featureViews) {
      const compute = view.prepare(tables);
      const ids = [1, 2, 3, 4, 5, 6].map((n) => `u00000${n}`);
      const online = await onlineStore.get(source, view.name, ids);
      const { featureSetHash } = (await featureLog.listMaterialisations(source)).find(
        (each) => each.view === view.name,
      )!;
      const offline = await readFeatures(blobs, featureSetHash, view);
      for (const [i, id] of ids.entries()) {
        expect(online[i]!.features).toEqual(compute(id, online[i]!.eventTime));
        expect(offline.get(id)).toEqual(online[i]);
      }
      const { fields } = afterwards.find((each) => each.view === view.name)!;
      for (const [f, { name }] of view.fields.entries()) {
        const values = online.map((value) => value!.features[f]!);
        expect(fields[name]!.missing).toBe(values.filter((value) => Number.isNaN(value)).length);
        expect(fields[name]!.sketch).toEqual(sketchOf(Float64Array.from(values)));
      }
    }
  });

  it('publishes the views, and keeps values of past days offline alone', async () => {
    const { featureLog, blobs, onlineStore } = platform.services;
    const published = await featureLog.listPublished();
    expect(published.map(({ name, version }) => [name, version])).toEqual([
      ['credit-risk', 1],
      ['user-financials', 1],
    ]);
    const before = await onlineStore.get(source, 'user-financials', ['u000001']);
    const asOf = { from: '2026-09-01T00:00:00Z', to: '2026-09-03T00:00:00Z' };
    const past = await run('past', { views: ['user-financials'], asOf });
    await saveHistory(platform.client, platform.id('past'), 'materialize-features-of-past-days');
    expect(past).toMatchObject({ status: 'completed', onlineStore: null });
    const backfills = await featureLog.listBackfills(source);
    expect(backfills.map(({ eventTime }) => new Date(eventTime).toISOString())).toEqual(
      [1, 2, 3].map((n) => `2026-09-0${n}T00:00:00.000Z`),
    );
    expect((await readFeatures(blobs, backfills[0]!.featureSetHash, featureViews[0]!)).size).toBe(6);
    expect(await onlineStore.get(source, 'user-financials', ['u000001'])).toEqual(before);
  });

  it('refuses a view that is not defined and a span of the future', async () => {
    const failed = (input: MaterializeFeaturesInput) => run(randomUUID(), input);
    await expect(failed({ views: ['user-finances'] })).rejects.toMatchObject({
      cause: { cause: { type: 'VIEW_NOT_FOUND' } },
    });
    const asOf = { from: '2126-09-01T00:00:00Z', to: '2126-09-03T00:00:00Z' };
    await expect(failed({ asOf })).rejects.toMatchObject({ cause: { cause: { type: 'INVALID_INPUT' } } });
  });
});
