import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { vi } from 'vitest';
import type { SnapshotTables } from '../../contracts/backend.js';
import type { FeatureView } from '../../contracts/feature-view.js';
import type { ParityResult } from '../../contracts/feature-parity.js';
import type { ModelDefinition } from '../../contracts/model-definition.js';
import type { VersionRecord } from '../../contracts/registry.js';
import { knownUntil } from '../../datasets/snapshots/known-until.js';
import { loadSnapshot, loadSnapshotTables } from '../../datasets/snapshots/snapshot-store.js';
import { featureViews } from '../../feature-store/definitions/index.js';
import { buildFeatureSet } from '../../feature-store/offline/build.js';
import { materializeFeatureSet } from '../../feature-store/online/materialize.js';
import type { OnlineStore } from '../../feature-store/online/online-store.js';
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
  /** Sets the clock to so many hours after the last run. */
  clockAt(hours: number): number;
  /** Asks the API about customers, by an API whose code has these views. @returns status of each answer. */
  ask(ids: readonly string[], views?: readonly FeatureView[]): Promise<readonly number[]>;
  /** Compares what was read since a moment. */
  check(since: number, sample?: number): Promise<ParityResult>;
  close(): Promise<void>;
}

async function apiOf(store: OnlineStore, log: OpenLog, views: readonly FeatureView[]): Promise<FastifyInstance> {
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
  return createTestApi(router, { onlineStore: store, models: [model], predictionLog: log.log });
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
  const state = { day: 0, asOf: 0, userIds: [] as readonly string[] };
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
      for (const profiled of await profileFeatureSet({ blobs, hash: set.hash, views: featureViews }))
        await statistics.record({ source: SOURCE, writtenAt: asOf, ...profiled });
      const tables = await loadSnapshotTables(blobs, hash, { tables: needed });
      state.userIds = textColumn(tables.users!, 'id').map((id) => id!);
      const manifest = await loadSnapshot(blobs, hash);
      return { asOf, tables, momentOf: (view) => knownUntil(manifest, view.tables) };
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
      const written = await statistics.materialisations(SOURCE);
      const stores = { blobs, database: pool, snapshotLog: source.log, keys, views: featureViews, written, signal };
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
