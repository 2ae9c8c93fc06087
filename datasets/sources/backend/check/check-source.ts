import type pg from 'pg';
import { type BackendTable, backendTables, type SnapshotTables } from '../../../../contracts/backend.js';
import { messageOf } from '../../../../contracts/errors.js';
import { serviceUnavailable } from '../../../../platform/outage.js';
import { extractionQuery } from '../extraction-query.js';
import { tableSpecs } from '../tables.js';
import { checkRows, type KnownIds } from './check-rows.js';
import type { CategoryCounts } from './counts.js';
import type { SourceFinding } from './finding.js';
import { asSqlFault, connectToSource, faultFinding, QUERY_STOPPED, slowFinding } from './read-fault.js';
import { orderFinding, queryColumns, queryFindings, queryName } from './query-shape.js';
import { readRelation, type Relation } from './relation.js';
import { readSample, type Sample, type SampleLimits } from './sample.js';
import { shapeFindings } from './shape.js';

/** Limits of a check, and who hears of its progress. */
export interface CheckOptions extends SampleLimits {
  readonly maxRejectedShare: number;
  readonly onTable?: (table: BackendTable) => void;
}

/** The database that was checked. */
export interface SourceServer {
  readonly version: string;
  /** Setting `TimeZone` of the session; extraction does not depend on it. */
  readonly timeZone: string;
  readonly database: string;
  readonly user: string;
}

/** What is known of one table. */
export interface TableCheck {
  readonly table: BackendTable;
  /** `query`: a query of BACKEND_QUERIES_DIR. */
  readonly kind: Relation['kind'] | 'query';
  /** Null: it could not be read. */
  readonly rows: {
    /** Of the whole table; an estimate unless `exact`, null without one. */
    readonly total: number | null;
    readonly exact: boolean;
    /** Rows that everything else was counted on. */
    readonly read: number;
    /** First and last moment of the rows read, ISO; null without rows. */
    readonly from: string | null;
    readonly to: string | null;
  } | null;
  readonly categories: readonly CategoryCounts[];
  readonly findings: readonly SourceFinding[];
}

/** The result of a check, and the rows that were read. */
export interface SourceCheck {
  readonly server: SourceServer;
  readonly tables: readonly TableCheck[];
  /** Rows by table; a table that could not be read is absent. */
  readonly samples: SnapshotTables;
  /** Tables of which only the first rows were read. */
  readonly cut: readonly BackendTable[];
}

/** One table before its rows are checked. */
interface Opened {
  readonly relation: Pick<Relation, 'owner'> & { readonly kind: TableCheck['kind'] };
  readonly sample: Sample | null;
  readonly findings: readonly SourceFinding[];
}

/** Nothing is written, no row is hidden silently, no statement runs longer than the limit. */
async function begin(client: pg.ClientBase, seconds: number): Promise<void> {
  await client.query('begin transaction isolation level repeatable read, read only');
  await client.query(`set local statement_timeout = ${Math.round(seconds * 1000)}`);
  await client.query('set local row_security = off');
}

function openTable(client: pg.ClientBase, table: BackendTable, limits: SampleLimits): Promise<Opened> {
  const { queriesFolder = null } = limits;
  return queriesFolder === null
    ? openRelation(client, table, limits)
    : openQuery(client, table, { ...limits, queriesFolder });
}

/** A query of the user's own in the place of a table or view. */
async function openQuery(
  client: pg.ClientBase,
  table: BackendTable,
  limits: SampleLimits & { readonly queriesFolder: string },
): Promise<Opened> {
  const spec = tableSpecs[table];
  const sql = await extractionQuery(table, limits.queriesFolder);
  const relation: Opened['relation'] = { kind: 'query', owner: null };
  try {
    await begin(client, limits.seconds);
    const columns = await queryColumns(client, sql, limits.source);
    const findings = queryFindings(spec, columns);
    if (findings.length > 0) return { relation, sample: null, findings };
    const sample = await readSample(client, spec, limits);
    const order = orderFinding(spec, textValues(sample));
    return { relation, sample, findings: order === null ? [] : [order] };
  } catch (fault) {
    return { relation, sample: null, findings: [findingOf(fault, queryName(spec), relation, limits)] };
  } finally {
    await client.query('rollback').catch(() => undefined); // the fault of the work is reported
  }
}

const textValues = ({ table: { columns } }: Sample): readonly (string | null)[] =>
  columns.id?.kind === 'text' ? columns.id.values : [];

async function openRelation(client: pg.ClientBase, table: BackendTable, limits: SampleLimits): Promise<Opened> {
  const spec = tableSpecs[table];
  const relation = await readRelation(client, table);
  const findings = shapeFindings(spec, relation);
  if (findings.length > 0) return { relation, sample: null, findings };
  const empty = { relation, sample: null };
  try {
    await begin(client, limits.seconds);
    const sample = await readSample(client, spec, limits);
    const hidden = sample.table.rowCount === 0 ? await otherSource(client, table, limits.source) : null;
    return hidden === null ? { relation, sample, findings } : { ...empty, findings: [hidden] };
  } catch (fault) {
    return { ...empty, findings: [findingOf(fault, `backend.${table}`, relation, limits)] };
  } finally {
    await client.query('rollback').catch(() => undefined); // the fault of the work is reported
  }
}

function findingOf(
  fault: unknown,
  table: string,
  { owner }: Opened['relation'],
  { seconds }: SampleLimits,
): SourceFinding {
  const sqlFault = asSqlFault(fault);
  const finding = sqlFault === null ? null : faultFinding(sqlFault, table, owner);
  if (finding !== null) return finding;
  if (sqlFault?.code === QUERY_STOPPED) return slowFinding(table, seconds);
  throw serviceUnavailable('the source database', messageOf(fault), { details: { table }, cause: fault });
}

/** Rows of which none has the source that is extracted: they would be left out without a word. */
async function otherSource(client: pg.ClientBase, table: string, source: string): Promise<SourceFinding | null> {
  const { rows } = await client.query(`select 1 from backend.${table} where source is distinct from $1 limit 1`, [
    source,
  ]);
  if (rows.length === 0) return null;
  return {
    table: `backend.${table}`,
    column: 'source',
    severity: 'error',
    found: `rows, but none with the source '${source}'`,
    wanted: `the text '${source}' in every row`,
    remedy: `'${source}'::text as source`,
  };
}

async function readServer(client: pg.ClientBase): Promise<SourceServer> {
  const { rows } = await client.query<SourceServer>(
    `select current_setting('server_version') as version, current_setting('TimeZone') as "timeZone",
            current_database()::text as database, current_user::text as "user"`,
  );
  return rows[0]!;
}

function rangeOf({ table }: Sample, eventTime: string | null): { from: string | null; to: string | null } {
  const column = eventTime === null ? undefined : table.columns[eventTime];
  let [from, to] = [Infinity, -Infinity];
  if (column?.kind === 'timestamp')
    for (const time of column.values) {
      if (time < from) from = time;
      if (time > to) to = time;
    }
  const iso = (time: number): string => new Date(time).toISOString();
  return from <= to ? { from: iso(from), to: iso(to) } : { from: null, to: null };
}

function idsOf(opened: ReadonlyMap<BackendTable, Opened>): KnownIds {
  const known = new Map<string, ReadonlySet<string>>();
  for (const [table, { sample }] of opened) {
    const ids = sample?.table.columns.id;
    if (sample?.complete === true && ids?.kind === 'text')
      known.set(table, new Set(ids.values.filter((id) => id !== null)));
  }
  return known;
}

async function describe(
  table: BackendTable,
  { relation, sample, findings }: Opened,
  limits: Parameters<typeof checkRows>[2],
): Promise<TableCheck> {
  if (sample === null) return { table, kind: relation.kind, rows: null, categories: [], findings };
  const spec = tableSpecs[table];
  const checked = await checkRows(spec, sample, limits);
  const { complete: exact, rows: total } = sample;
  const rows = { total, exact, read: sample.table.rowCount, ...rangeOf(sample, spec.eventTime) };
  return { table, kind: relation.kind, rows, ...checked, findings: [...findings, ...checked.findings] };
}

/**
 * Examines all nine tables of a source database as extraction and validation would: rights, columns, types, a reading by
 * the queries of extraction, values, keys, categories. Reads at most `maxRows` rows of a table, in read-only transactions.
 * Time: at most about twice `seconds` for each table. Every fault of the source is a finding, so that all are seen at once.
 * @throws PipelineError `SERVICE_UNAVAILABLE` or `SERVICE_REFUSED` when the database cannot be reached.
 */
export async function checkSource(pool: pg.Pool, options: CheckOptions): Promise<SourceCheck> {
  const client = await connectToSource(pool);
  try {
    const server = await readServer(client);
    const opened = new Map<BackendTable, Opened>();
    for (const table of backendTables) {
      options.onTable?.(table);
      opened.set(table, await openTable(client, table, options));
    }
    const { asOf, maxRejectedShare } = options;
    const limits = { asOf, maxRejectedShare, idsOf: idsOf(opened) };
    const tables: TableCheck[] = [];
    for (const [table, one] of opened) tables.push(await describe(table, one, limits));
    return { server, tables, ...samplesOf(opened) };
  } finally {
    client.release();
  }
}

function samplesOf(opened: ReadonlyMap<BackendTable, Opened>): Pick<SourceCheck, 'samples' | 'cut'> {
  const read = [...opened].filter(([, { sample }]) => sample !== null);
  return {
    samples: Object.fromEntries(read.map(([table, { sample }]) => [table, sample!.table])),
    cut: read.filter(([, { sample }]) => !sample!.complete).map(([table]) => table),
  };
}

/** Each finding once: that of the whole schema is the same for every table. */
export const findingsOf = ({ tables }: Pick<SourceCheck, 'tables'>): readonly SourceFinding[] => {
  const all = tables.flatMap(({ findings }) => findings);
  return all.filter((one, i) => one.table !== 'backend' || all.findIndex(({ table }) => table === 'backend') === i);
};
