import type pg from 'pg';
import { asDatabaseFault } from '../../platform/postgres/faults.js';

/** What is kept beside registered versions and running runs. */
export interface RetentionPolicy {
  /** Newest snapshots of each source that are kept. */
  readonly snapshots: number;
  /** Runs that began at or after this moment keep everything that they recorded, milliseconds since the epoch. */
  readonly runsSince: number;
  /** Snapshots that were recorded at or after this moment are kept, milliseconds since the epoch. */
  readonly recordedSince: number;
}

/** Tables of which only the rows of kept runs keep blobs; they have the key of a run. */
const ofRuns = [
  'registry.runs',
  'registry.run_params',
  'registry.run_metrics',
  'registry.run_comparisons',
  'registry.run_gates',
  'registry.run_artefacts',
  'registry.registrations',
];

/**
 * Tables that keep no blob: rows of them name blobs through kept runs (datasets, steps) or snapshots, name them as a
 * matter of history (audit, erased blobs) or through a version (signatures), or hold no hash of a blob (predictions,
 * feedback, usage).
 */
const keepNothing = [
  'registry.datasets',
  'registry.run_steps',
  'registry.step_usage',
  'registry.audit_log',
  'registry.feature_views',
  'registry.artefact_signatures',
  'registry.run_tags',
  'registry.run_notes',
  'registry.run_metric_steps',
  'catalog_snapshots.snapshots',
  'catalog_snapshots.erased',
  'erasure.requests',
  'erasure.customer_keys',
];
const schemasWithoutBlobs = ['serving', 'feedback', 'backend'];

/** Every 64 hex digits in the rows of a query, whichever column or JSON field they are in. @param alias - of the rows. */
const hashesIn = (from: string, alias = 't'): string =>
  `select distinct found[1] as hash from ${from},
   regexp_matches(to_jsonb(${alias})::text, '(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])', 'g') as found`;

/**
 * Runs that keep what they recorded: those of versions, running ones and those that these repeat, and recent ones.
 * A run's data pipeline has a key of its own and the id of the same workflow before the first slash.
 */
const keptRuns = `
  with kept as (
    select run_key, model_name, workflow_id from registry.runs r
    where status = 'running' or started_at >= to_timestamp($1 / 1000.0)
      or exists (select 1 from registry.versions v where v.run_key = r.run_key and v.model_name = r.model_name)
      or workflow_id in (select rerun_of from registry.runs where status = 'running')
  )`;

const stepsOfKeptRuns = `${keptRuns}, roots as (select distinct split_part(workflow_id, '/', 1) as root from kept)
  ${hashesIn(
    `(select s.input, s.output from registry.run_steps s
      where s.recorded_at >= to_timestamp($1 / 1000.0) or s.run_key in (select run_key from kept)
        or split_part(s.workflow_id, '/', 1) in (select root from roots)) t`,
  )}`;

const rowsOfKeptRuns = (table: string): string =>
  `${keptRuns} ${hashesIn(
    `(select r.* from ${table} r join kept on kept.run_key = r.run_key and kept.model_name = r.model_name) t`,
  )}`;

/** The newest by order of recording, and by moment: a snapshot of a past week is recorded late. */
const keptSnapshots = `
  select distinct hash from (
    select hash, newest,
      dense_rank() over (partition by source order by sequence desc) as by_sequence,
      dense_rank() over (partition by source order by as_of desc, sequence desc) as by_moment
    from (
      select source, hash, max(sequence) as sequence, max(as_of) as as_of, max(recorded_at) as newest
      from catalog_snapshots.snapshots where not lost and removed_at is null group by source, hash) intact) ranked
  where by_sequence <= $1 or by_moment <= $1 or newest >= to_timestamp($2 / 1000.0)`;

interface Query {
  readonly text: string;
  readonly values: readonly unknown[];
}

const hashesOf = async (pool: Pick<pg.Pool, 'query'>, { text, values }: Query): Promise<string[]> =>
  (await pool.query<{ hash: string }>(text, [...values])).rows.map(({ hash }) => hash);

/**
 * Tables of this system that are read as a whole. Also those that are new: what is not known to keep nothing keeps all.
 * @returns names with their schemas.
 */
export async function wholeTables(pool: Pick<pg.Pool, 'query'>): Promise<readonly string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select t.table_schema || '.' || t.table_name as name from information_schema.tables t
     join information_schema.tables m
       on m.table_schema = t.table_schema and m.table_name = 'schema_migrations_lock'
     where t.table_type = 'BASE TABLE' and t.table_name not like 'schema\\_migrations%'
       and t.table_schema <> all ($1)
     order by 1`,
    [schemasWithoutBlobs],
  );
  const others = new Set([...ofRuns, ...keepNothing]);
  return rows.map(({ name }) => name).filter((name) => !others.has(name));
}

/**
 * Hashes from which everything that is kept can be reached: of versions with what their runs read and made, of runs that
 * are running or recent, of retained snapshots, and of every other table. Some are not hashes of blobs.
 * @throws PipelineError `SERVICE_UNAVAILABLE` when PostgreSQL does not answer.
 */
export async function findRoots(
  pool: Pick<pg.Pool, 'query'>,
  { snapshots, runsSince, recordedSince }: RetentionPolicy,
): Promise<ReadonlySet<string>> {
  try {
    const queries: Query[] = [
      { text: keptSnapshots, values: [snapshots, recordedSince] },
      { text: stepsOfKeptRuns, values: [runsSince] },
      ...ofRuns.map((table) => ({ text: rowsOfKeptRuns(table), values: [runsSince] })),
      ...(await wholeTables(pool)).map((table) => ({ text: hashesIn(`${table} t`), values: [] })),
    ];
    const roots = new Set<string>();
    for (const query of queries) for (const hash of await hashesOf(pool, query)) roots.add(hash);
    return roots;
  } catch (fault) {
    throw asDatabaseFault(fault);
  }
}
