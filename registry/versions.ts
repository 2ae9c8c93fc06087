import { type SqlBool, sql } from 'kysely';
import { isBackendLine } from '../contracts/ids.js';
import type { ModelRegistry, VersionRecord } from '../contracts/registry.js';
import type { LineKey } from './lines.js';
import { datasetOf, metricOf, overrideColumns, overrideOf, paramsOf } from './row-mappers.js';
import { runFacts } from './run-queries.js';
import type { RegistryDatabase } from './tables.js';
import { versionNotFound } from './choose-version.js';

/** Names one version. */
export interface VersionKey extends LineKey {
  readonly version: string;
}

/** Versions with stage, data set, metrics, parameters and override. */
export const selectVersions = (database: RegistryDatabase) =>
  database
    .selectFrom('runs')
    .innerJoin('versions', (join) =>
      join.onRef('versions.run_key', '=', 'runs.run_key').onRef('versions.model_name', '=', 'runs.model_name'),
    )
    .innerJoin('version_stages', (join) =>
      join
        .onRef('version_stages.model_name', '=', 'versions.model_name')
        .onRef('version_stages.line', '=', 'versions.line')
        .onRef('version_stages.version', '=', 'versions.version'),
    )
    .innerJoin('datasets', (join) =>
      join
        .onRef('datasets.hash', '=', 'versions.dataset_hash')
        .onRef('datasets.model_name', '=', 'versions.model_name')
        .onRef('datasets.line', '=', 'versions.line'),
    )
    .leftJoin('overrides', (join) =>
      join
        .onRef('overrides.run_key', '=', 'versions.run_key')
        .onRef('overrides.model_name', '=', 'versions.model_name'),
    )
    .selectAll('versions')
    .select(overrideColumns)
    .select(['version_stages.stage', 'runs.workflow_id'])
    .select(['datasets.hash', 'datasets.rows', 'datasets.origin', 'datasets.notes'])
    .select((builder) => [runFacts.metricsOf(builder), runFacts.paramsOf(builder)]);

type VersionRow = Awaited<ReturnType<ReturnType<typeof selectVersions>['execute']>>[number];

/** A row of {@link selectVersions} as the contract has it. */
export const versionRecord = (row: VersionRow): VersionRecord => ({
  modelName: row.model_name,
  line: row.line,
  version: row.version,
  stage: row.stage,
  artefactHash: row.artefact_hash,
  signatureHash: row.signature_hash,
  definitionHash: row.definition_hash,
  evaluationHash: row.evaluation_hash,
  cardHash: row.card_hash,
  dataset: datasetOf(row),
  runKey: row.run_key,
  workflowId: row.workflow_id,
  params: paramsOf(row.params),
  metrics: row.metrics.map(metricOf),
  override: overrideOf(row),
  registeredAt: row.registered_at,
});

type VersionFilter = Parameters<ModelRegistry['listVersions']>[0];

/** By model and line, the newest first. */
export async function listVersions(database: RegistryDatabase, filter: VersionFilter): Promise<VersionRecord[]> {
  let query = selectVersions(database)
    .orderBy('versions.model_name')
    .orderBy('versions.line')
    .orderBy('versions.major', 'desc')
    .orderBy('versions.minor', 'desc')
    .orderBy('versions.patch', 'desc');
  if (filter.modelName !== undefined) query = query.where('versions.model_name', '=', filter.modelName);
  if (filter.line !== undefined) query = query.where('versions.line', '=', filter.line);
  if (filter.newestPerLine !== undefined || filter.olderThan !== undefined) query = query.where(isNewest(filter));
  return (await query.execute()).map(versionRecord);
}

/**
 * Condition that a version is among the newest of its line. The keys are read first, line by line from the index
 * `versions_newest_first`, and come as one array, so that facts are read of these versions only. A run is of one model:
 * its key alone names the version.
 */
function isNewest({ newestPerLine, olderThan }: VersionFilter) {
  const older =
    olderThan === undefined
      ? sql``
      : sql`and (v.major, v.minor, v.patch) < (${sql.join(olderThan.split('.').map(Number), sql`, `)})`;
  return sql<SqlBool>`versions.run_key = any (array(
    select newest.run_key from registry.lines l, lateral (
      select v.run_key from registry.versions v
      where v.model_name = l.model_name and v.line = l.line ${older}
      order by v.major desc, v.minor desc, v.patch desc
      limit ${newestPerLine ?? null}) newest))`;
}

/** @throws PipelineError `VERSION_NOT_FOUND`. */
export async function getVersion(database: RegistryDatabase, key: VersionKey): Promise<VersionRecord> {
  const row = await selectVersions(database)
    .where('versions.model_name', '=', key.modelName)
    .where('versions.line', '=', key.line)
    .where('versions.version', '=', key.version)
    .executeTakeFirst();
  if (row === undefined) throw versionNotFound(key, `version ${key.version}`, { version: key.version });
  return versionRecord(row);
}

const championRank = sql<number>`case version_stages.stage when 'production' then 0 when 'staging' then 1 else 2 end`;

/** Version in production, else in staging; in lines that stay in dev, else the newest dev version. */
export async function findChampion(database: RegistryDatabase, key: LineKey): Promise<VersionRecord | null> {
  const reigning = isBackendLine(key.line) ? ['production', 'staging'] : ['production', 'staging', 'dev'];
  const row = await selectVersions(database)
    .where('versions.model_name', '=', key.modelName)
    .where('versions.line', '=', key.line)
    .where('version_stages.stage', 'in', reigning as ('production' | 'staging' | 'dev')[])
    .orderBy(championRank)
    .orderBy('versions.major', 'desc')
    .orderBy('versions.minor', 'desc')
    .orderBy('versions.patch', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : versionRecord(row);
}

/** The card is written after registration, and again when the version's stage changes. */
export async function attachCard(database: RegistryDatabase, key: VersionKey, cardHash: string): Promise<void> {
  const { numUpdatedRows } = await database
    .updateTable('versions')
    .set({ card_hash: cardHash })
    .where('model_name', '=', key.modelName)
    .where('line', '=', key.line)
    .where('version', '=', key.version)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw versionNotFound(key, `version ${key.version}`, { version: key.version });
}
