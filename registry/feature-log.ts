import { sql } from 'kysely';
import type pg from 'pg';
import type { BackfilledView, FeatureLog, MaterialisedView, PublishedView } from '../contracts/feature-log.js';
import { createKysely } from '../platform/postgres/pool.js';
import { withDatabaseFaults } from '../platform/postgres/with-database-faults.js';
import type { RegistryTables } from './tables.js';

type ViewRow = RegistryTables['feature_views'];
type MaterialisationRow = RegistryTables['feature_materialisations'];
type BackfillRow = RegistryTables['feature_backfills'];
type Selected<Row> = Omit<Row, 'published_at' | 'recorded_at'>;

const publishedOf = (row: Selected<ViewRow> & { readonly published_at: Date }): PublishedView => ({
  name: row.name,
  version: row.version,
  definition: row.definition_hash,
  golden: row.golden_hash,
  codeVersion: row.code_version,
  publishedAt: row.published_at,
});

const rowOf = (view: Omit<BackfilledView, 'recordedAt'>): Selected<BackfillRow> => ({
  source: view.source,
  view: view.view,
  version: view.version,
  snapshot_hash: view.snapshotHash,
  feature_set_hash: view.featureSetHash,
  event_time: view.eventTime,
  entities: view.entities,
  workflow_id: view.workflowId,
});

const backfilledOf = (row: Selected<BackfillRow> & { readonly recorded_at: Date }): BackfilledView => ({
  source: row.source,
  view: row.view,
  version: row.version,
  snapshotHash: row.snapshot_hash,
  featureSetHash: row.feature_set_hash,
  eventTime: row.event_time,
  entities: row.entities,
  workflowId: row.workflow_id,
  recordedAt: row.recorded_at,
});

const materialisedOf = (row: Selected<MaterialisationRow> & { readonly recorded_at: Date }): MaterialisedView => ({
  ...backfilledOf(row),
  wholeEventTime: row.whole_event_time,
  computed: row.computed,
});

/** The feature log in schema `registry` of the pool's database. @throws PipelineError `SERVICE_UNAVAILABLE` (retryable). */
export function createFeatureLog(pool: pg.Pool): FeatureLog {
  const database = createKysely<RegistryTables>(pool).withSchema('registry');
  const published = () => database.selectFrom('feature_views').selectAll().orderBy('name').orderBy('version');
  const now = sql<Date>`clock_timestamp()`;
  return withDatabaseFaults<FeatureLog>({
    async publish(views) {
      if (views.length === 0) return [];
      const rows = views.map(({ name, version, definition, golden, codeVersion }) => ({
        ...{ name, version, code_version: codeVersion },
        ...{ definition_hash: definition, golden_hash: golden },
      }));
      await database
        .insertInto('feature_views')
        .values(rows)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      const found = (await published().execute()).map(publishedOf);
      return views.map(({ name, version }) => found.find((each) => each.name === name && each.version === version)!);
    },
    async listPublished() {
      return (await published().execute()).map(publishedOf);
    },
    async recordMaterialisation(view) {
      const row = { ...rowOf(view), whole_event_time: view.wholeEventTime, computed: view.computed };
      await database
        .insertInto('feature_materialisations')
        .values(row)
        .onConflict((conflict) =>
          conflict
            .columns(['source', 'view', 'version'])
            .doUpdateSet({ ...row, recorded_at: now })
            .where('feature_materialisations.event_time', '<=', row.event_time),
        )
        .execute();
    },
    async listMaterialisations(source) {
      const all = database.selectFrom('feature_materialisations').selectAll().orderBy('view').orderBy('version');
      const rows = await (source === undefined ? all : all.where('source', '=', source)).execute();
      return rows.map(materialisedOf);
    },
    async recordBackfill(view) {
      const row = rowOf(view);
      await database
        .insertInto('feature_backfills')
        .values(row)
        .onConflict((conflict) =>
          conflict.columns(['source', 'view', 'version', 'event_time']).doUpdateSet({ ...row, recorded_at: now }),
        )
        .execute();
    },
    async listBackfills(source) {
      const all = database.selectFrom('feature_backfills').selectAll().orderBy('view').orderBy('event_time');
      const rows = await (source === undefined ? all : all.where('source', '=', source)).execute();
      return rows.map(backfilledOf);
    },
  });
}
