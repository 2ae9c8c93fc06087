import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { vi } from 'vitest';
import type { SnapshotTables } from '../../contracts/backend.js';
import { type FeatureView, referenceOf } from '../../contracts/feature-view.js';
import type { ParityResult } from '../../contracts/feature-parity.js';
import type { ModelDefinition } from '../../contracts/model-definition.js';
import type { VersionRecord } from '../../contracts/registry.js';
import { knownUntil } from '../../datasets/snapshots/known-until.js';
import { loadSnapshot, loadSnapshotTables } from '../../datasets/snapshots/snapshot-store.js';
import type { FeatureSetRef } from '../../contracts/activities.js';
import { featureViews, findView } from '../../feature-store/definitions/index.js';
import { buildFeatureSet } from '../../feature-store/offline/build.js';
import { buildChangedParts, mergeChangedParts } from '../../feature-store/offline/changed-parts.js';
import { materializeFeaturePart, materializeFeatureSet } from '../../feature-store/online/materialize.js';
import type { OnlineStore } from '../../feature-store/online/online-store.js';
import { pushFeatures } from '../../feature-store/online/push-features.js';
import { unreported } from '../../platform/child-process/report-step.js';
import { createFeatureLog } from '../../registry/feature-log.js';
import type { ApiDeps } from '../../serving/api.js';
import { servingSchema } from '../../inference/prediction-log/schema.js';
import { textColumn } from '../../learning/table.js';
import { model as credit } from '../../models/credit-risk-scorer/index.js';
import { monitoringSchema } from '../../monitoring/alerts/schema.js';
import { createFeatureStatisticsLog } from '../../monitoring/features/statistics-log.js';
import { profileFeatureSet } from '../../monitoring/features/profile-feature-set.js';
import { checkParity } from '../../monitoring/parity/check-parity.js';
import { type KeyRing, openKeyRing } from '../../platform/keys/key-ring.js';
import { outboxSchema } from '../../platform/outbox/schema.js';
import { migrateSchemas } from '../../platform/postgres/schemas.js';
import { registrySchema } from '../../registry/migrations/index.js';
import { type OpenLog, openPredictionLog } from '../../serving/log/open-log.js';
import { createRouter } from '../../serving/routing/router.js';
import { trainCreditArtefact } from './credit-artefact.js';
import { createGeneratedSource, type GeneratedSource } from './generated-snapshot.js';
import { application, byFixture, createTestApi, known, predict } from './test-api.js';
import { quietLogger } from './test-platform.js';

/* A pipeline and an API over several days of generated data: real PostgreSQL, online store and log, a clock that is set. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SOURCE = 'generated';
const signal = new AbortController().signal;
const FIRST_DAY = Date.UTC(2026, 9, 5, 2);

/** One run of the pipeline. */
export interface ServedDay {
  /** When it ran; milliseconds. */
  readonly asOf: number;
  readonly tables: SnapshotTables;
  readonly momentOf: (view: FeatureView) => number;
}

export interface ServedWeek {
  readonly source: GeneratedSource;
  readonly keys: KeyRing;
  readonly userIds: () => readonly string[];
  /** Runs the pipeline on the next day at two o'clock; without `write` the online store gets nothing of it. */
  nextDay(options?: { readonly write?: boolean }): Promise<ServedDay>;
  /** Computes and writes the customers whose rows changed since the last run, so many hours after it. */
  increment(hours: number): Promise<{ readonly asOf: number; readonly computed: readonly number[] }>;
  /** An API on a socket, that takes pushes and answers by these models. */
  listen(models: readonly ModelDefinition[]): Promise<{ readonly url: string; close(): Promise<void> }>;
  /** Sets the clock to so many hours after the last run. */
  clockAt(hours: number): number;
  /** Asks the API about customers, by an API whose code has these views. @returns status of each answer. */
  ask(ids: readonly string[], views?: readonly FeatureView[]): Promise<readonly number[]>;
  /** Compares what was read since a moment. */
  check(since: number, sample?: number): Promise<ParityResult>;
  close(): Promise<void>;
}

async function apiOf(
  store: OnlineStore,
  log: OpenLog,
  views: readonly FeatureView[],
  more: Partial<Pick<ApiDeps, 'push' | 'models'>> = {},
): Promise<FastifyInstance> {
  const predictor = await credit.predictor(await trainCreditArtefact());
  const record = {
    ...{ modelName: credit.name, line: 'synthetic', version: '1.0.0', stage: 'production', artefactHash: 'a' },
    ...{ dataset: { origin: { kind: 'snapshot', source: SOURCE } }, registeredAt: new Date(0) },
  } as unknown as VersionRecord;
  const router = createRouter({
    registry: { listServing: () => Promise.resolve([record]), lastTransition: () => Promise.resolve('1') },
    findSourceInUse: () => Promise.resolve(SOURCE),
    open: () =>
      Promise.resolve({
        ...{ predictor, manifest: { modelName: credit.name } as never, sampleInput: application },
      }),
    logger: { info: vi.fn(), error: vi.fn() },
  });
  await router.refresh();
  const model: ModelDefinition = { ...byFixture, requestFeatures: { ...byFixture.requestFeatures!, views } };
  return createTestApi(router, { onlineStore: store, models: [model], predictionLog: log.log, ...more });
}

/** Days begin on 5 October 2026, when the generated events are alive. */
export async function createServedWeek(openStore: (source: GeneratedSource) => OnlineStore): Promise<ServedWeek> {
  const home = await mkdtemp(join(tmpdir(), 'ml-week-'));
  const source = await createGeneratedSource({ users: 20, months: 14 });
  const { pool, blobs } = source;
  await migrateSchemas(pool, [registrySchema, servingSchema, outboxSchema, monitoringSchema]);
  const keys = await openKeyRing({ home, keyRingFile: null });
  const store = openStore(source);
  const statistics = createFeatureStatisticsLog(pool);
  const databaseUrl = pool.options.connectionString!;
  const log = openPredictionLog({ databaseUrl, home, keys, keepDays: 90, mostSpoolBytes: 0, logger: quietLogger });
  vi.useFakeTimers({ toFake: ['Date'] });
  const featureLog = createFeatureLog(pool);
  const written = async (snapshotHash: string, set: FeatureSetRef, wholeEventTime?: number): Promise<void> => {
    const manifest = await loadSnapshot(blobs, snapshotHash);
    for (const { name: view, version, entities } of set.views) {
      const eventTime = knownUntil(manifest, findView(`${view}@${version}`).tables);
      const counts = { entities, computed: entities, wholeEventTime: wholeEventTime ?? eventTime };
      const hashes = { snapshotHash, featureSetHash: set.hash, workflowId: 'week' };
      await featureLog.recordMaterialisation({ source: SOURCE, view, version, eventTime, ...counts, ...hashes });
    }
    for (const profiled of await profileFeatureSet({ blobs, hash: set.hash, views: featureViews }))
      await statistics.record({ source: SOURCE, writtenAt: Date.now(), ...profiled });
    Object.assign(state, { snapshotHash, setHash: set.hash });
  };
  const state = { day: 0, asOf: 0, snapshotHash: '', setHash: '', userIds: [] as readonly string[] };
  const needed = [...new Set(['users' as const, ...featureViews.flatMap(({ tables }) => tables)])];
  return {
    source,
    keys,
    userIds: () => state.userIds,
    async nextDay({ write = true } = {}) {
      const asOf = FIRST_DAY + state.day++ * DAY_MS;
      state.asOf = asOf;
      vi.setSystemTime(asOf);
      const { hash } = await source.snapshot(`day-${state.day}`, asOf);
      const set = await buildFeatureSet({ blobs, snapshotHash: hash, views: featureViews, signal });
      if (write) await materializeFeatureSet({ blobs, store, hash: set.hash, views: featureViews });
      await written(hash, set);
      const tables = await loadSnapshotTables(blobs, hash, { tables: needed });
      state.userIds = textColumn(tables.users!, 'id').map((id) => id!);
      const manifest = await loadSnapshot(blobs, hash);
      return { asOf, tables, momentOf: (view) => knownUntil(manifest, view.tables) };
    },
    async increment(hours) {
      const asOf = state.asOf + hours * HOUR_MS;
      vi.setSystemTime(asOf);
      const { hash: snapshotHash } = await source.snapshot(`day-${state.day}+${hours}`, asOf);
      const views = featureViews.map((view) => ({ view, base: state.snapshotHash }));
      const build = { blobs, snapshotHash, views, moments: null, moment: null, signal, onStep: unreported };
      const parts = await buildChangedParts(build, 0);
      const continues = Object.fromEntries(featureViews.map((view) => [referenceOf(view), state.setHash]));
      const set = await mergeChangedParts({ ...build, continues }, parts);
      await materializeFeaturePart({ blobs, store, source: SOURCE }, featureViews, parts[0]!);
      await written(snapshotHash, set, state.asOf);
      return { asOf, computed: set.views.map(({ entities }) => entities) };
    },
    async listen(models) {
      const push: ApiDeps['push'] = (given) =>
        pushFeatures({ blobs, store, featureLog, snapshotLog: source.log }, given);
      const app = await apiOf(store, log, featureViews, { push, models });
      return { url: await app.listen({ host: '127.0.0.1', port: 0 }), close: () => app.close() };
    },
    clockAt(hours) {
      const now = state.asOf + hours * HOUR_MS;
      vi.setSystemTime(now);
      return now;
    },
    async ask(ids, views = featureViews) {
      const app = await apiOf(store, log, views);
      const statuses: number[] = [];
      for (const userId of ids) statuses.push((await predict(app, { userId, ...known })).status);
      await app.close();
      return statuses;
    },
    async check(since, sample = 1_000) {
      const known = await statistics.materialisations(SOURCE);
      const stores = {
        blobs,
        database: pool,
        snapshotLog: source.log,
        keys,
        views: featureViews,
        written: known,
        signal,
      };
      return checkParity(stores, { runKey: 'check', source: SOURCE, since, until: Date.now() + 1, sample });
    },
    async close() {
      vi.useRealTimers();
      await log.close();
      await store.close();
      await source.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}
