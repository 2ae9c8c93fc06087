import type { BackendTable, SnapshotTables } from '../../contracts/backend.js';
import { PipelineError, pipelineError } from '../../contracts/errors.js';
import type { FeatureLog, MaterialisedView } from '../../contracts/feature-log.js';
import { type FeatureView, referenceOf } from '../../contracts/feature-view.js';
import { loadSnapshot } from '../../datasets/snapshots/load-snapshot.js';
import type { SnapshotManifest } from '../../datasets/snapshots/manifest.js';
import type { SnapshotLog } from '../../datasets/snapshots/snapshot-log.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { unionOfColumns } from '../definitions/table-columns.js';
import { loadEntityTables } from '../offline/entity-tables.js';
import { onlineNameOf } from './online-name.js';
import type { OnlineStore } from './online-store.js';
import type { OnlineValue } from './online-value.js';
import { momentsOf, pushableTables, type PushedRows, withPushed } from './pushed-rows.js';
import { KEPT_SECONDS } from './retention.js';

export interface PushDeps {
  readonly blobs: BlobStore;
  readonly store: Pick<OnlineStore, 'get' | 'put'>;
  readonly featureLog: Pick<FeatureLog, 'listMaterialisations'>;
  readonly snapshotLog: Pick<SnapshotLog, 'erased'>;
}

/** Rows of one entity that the last run did not know. */
export interface FeaturePush {
  readonly source: string;
  readonly view: FeatureView;
  readonly entityId: string;
  readonly rows: PushedRows;
  /** Milliseconds: the moment that the features are computed as of. */
  readonly asOf: number;
}

export interface PushedFeatures {
  /** What is stored now: the computed value, or a later one that was there before. */
  readonly value: OnlineValue;
  /** False when a value of a later moment was stored before. */
  readonly stored: boolean;
  /** Up to when the rows are known without the pushed ones, milliseconds: send those since. */
  readonly knownUntil: number;
}

async function lastRun({ featureLog }: PushDeps, { source, view }: FeaturePush): Promise<MaterialisedView> {
  const found = await featureLog.listMaterialisations(source);
  const last = found.find((each) => each.view === view.name && each.version === view.version);
  if (last !== undefined) return last;
  throw pipelineError('ENTITY_NOT_FOUND', { source, views: [referenceOf(view)] });
}

/** The snapshot of the last run, or what is left of it since customers of it were forgotten. */
async function presentSnapshot(deps: Pick<PushDeps, 'blobs' | 'snapshotLog'>, hash: string): Promise<SnapshotManifest> {
  const [erased] = await deps.snapshotLog.erased(hash, 1);
  const next = erased?.replacedBy ?? null;
  return next === null ? loadSnapshot(deps.blobs, hash) : presentSnapshot(deps, next);
}

/** Features read rows strictly before their moment, so a later row would change nothing without a word. */
function requireEarlier({ rows, asOf }: FeaturePush): void {
  for (const [table, some] of Object.entries(rows) as [BackendTable, NonNullable<PushedRows[BackendTable]>][]) {
    const late = momentsOf(table, some).filter((moment) => moment >= asOf).length;
    if (late === 0) continue;
    const message = `rows.${table}: ${late} of ${some.length} rows are dated at or after asOf, features read earlier ones`;
    throw new PipelineError('INVALID_INPUT', message, { table });
  }
}

/** Pushed rows are as the source has them; stored ones may be pseudonyms or rounded by the data policy. */
function requireUnchanged({ policy }: SnapshotManifest, view: FeatureView): void {
  const changed = pushableTables(view).flatMap((table) =>
    (view.columns[table] ?? [])
      .filter((name) => policy?.tables[table]?.[name] !== undefined)
      .map((name) => `${table}.${name}`),
  );
  if (changed.length > 0) throw pipelineError('PUSH_NOT_POSSIBLE', { view: referenceOf(view), columns: changed });
}

async function tablesWith(deps: PushDeps, push: FeaturePush, snapshot: SnapshotManifest): Promise<SnapshotTables> {
  const { view, entityId, rows, source } = push;
  const columns = unionOfColumns([{ users: ['id'] }, view.columns]);
  const stored = await loadEntityTables(deps.blobs, snapshot, columns, entityId);
  if ((stored.users?.rowCount ?? 0) === 0)
    throw pipelineError('ENTITY_NOT_FOUND', { source, views: [referenceOf(view)] });
  const joined = Object.entries(stored) as [BackendTable, NonNullable<SnapshotTables[BackendTable]>][];
  return Object.fromEntries(joined.map(([name, table]) => [name, withPushed(name, table, rows[name] ?? [], entityId)]));
}

/**
 * Computes a view of one entity from the rows that the last run read and the pushed ones, by the view's own function,
 * and writes it online with its moment. Nothing else is kept: the next push sends all rows since the last run again, and
 * a later run that has read them takes its place. Idempotent for one `asOf`.
 * @throws PipelineError `ENTITY_NOT_FOUND` when the last run did not know the entity; `INVALID_INPUT` for rows dated at
 *   or after the moment; `PUSH_NOT_POSSIBLE` when a data policy changes a column that the view reads; `BLOB_NOT_FOUND`,
 *   `BLOB_CORRUPT`, `SERVICE_UNAVAILABLE`.
 */
export async function pushFeatures(deps: PushDeps, push: FeaturePush): Promise<PushedFeatures> {
  requireEarlier(push);
  const { source, view, entityId, asOf } = push;
  const last = await lastRun(deps, push);
  const snapshot = await presentSnapshot(deps, last.snapshotHash);
  requireUnchanged(snapshot, view);
  const tables = await tablesWith(deps, push, snapshot);
  const value = { viewVersion: view.version, eventTime: asOf, features: view.prepare(tables)(entityId, asOf) };
  const name = onlineNameOf(view);
  await deps.store.put(source, name, new Map([[entityId, value]]), KEPT_SECONDS);
  const [now = null] = await deps.store.get(source, name, [entityId]);
  return { value: now ?? value, stored: now?.eventTime === asOf, knownUntil: last.eventTime };
}
