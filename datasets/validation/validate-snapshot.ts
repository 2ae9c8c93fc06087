import type { DuckDBConnection } from '@duckdb/node-api';
import type { BackendTable, TableSpec } from '../../contracts/backend.js';
import type { DataQuality } from '../../contracts/dataset.js';
import { type ExpectationFile, isTableRule, type RowRule, type TableRule } from '../../contracts/expectations.js';
import type { SchemaReaction } from '../../contracts/schema-changes.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { type ReportStep, unreported } from '../../platform/child-process/report-step.js';
import type { QuarantineDecisions } from '../quarantine/decisions.js';
import { leaveOut } from '../quarantine/leave-out.js';
import { withDuckDb } from '../snapshots/duckdb.js';
import { loadSnapshot } from '../snapshots/load-snapshot.js';
import type { SnapshotManifest } from '../snapshots/manifest.js';
import { snapshotFiles } from '../snapshots/read-snapshot.js';
import { builtInExpectations } from '../sources/backend/expectations.js';
import { tableSpecs } from '../sources/backend/tables.js';
import type { TableReport } from './check-ledger.js';
import { rowOfPart } from './check-table.js';
import { checkTableRules, formerRowCounts, type TableFault } from './expectations/table-rules.js';
import { CREATE_FAULTS } from './files/check-file.js';
import { checkStoredTable, type TableCheck } from './files/check-files.js';
import { isAccepted, reportQuality, withTableFaults } from './quality-report.js';
import { schemaFaults } from './schema-changes.js';

/** Changes of the source's columns are not reported. */
export const NO_REACTION: SchemaReaction = { added: 'ignore', dropped: 'ignore', retyped: 'ignore' };

/** The checks that a table's spec states, in the order of reports. */
export function specChecks(spec: TableSpec, asOf: number): TableCheck[] {
  const { columns, foreignKeys, eventTime } = spec;
  return [
    ...columns.map((column) => ({ kind: 'column' as const, spec: column })),
    ...columns.flatMap(({ name, unique }) => (unique === true ? [{ kind: 'unique' as const, column: name }] : [])),
    ...Object.entries(foreignKeys).map(([column, target]) => ({ kind: 'foreign-key' as const, column, target })),
    ...(eventTime === null ? [] : [{ kind: 'before-as-of' as const, column: eventTime, asOf }]),
  ];
}

/** How a report names a snapshot. */
export const snapshotSubject = (hash: string): string => `snapshot ${hash}`;

/** Files by table. */
async function filesOf(blobs: BlobStore, manifest: SnapshotManifest): Promise<Map<BackendTable, readonly string[]>> {
  const files = new Map<BackendTable, readonly string[]>();
  for (const { table } of manifest.tables) files.set(table, await snapshotFiles(blobs, manifest, table));
  return files;
}

/** What is asked of the tables beside their specs. */
export interface Rules {
  readonly rows: readonly RowRule[];
  readonly table: readonly TableRule[];
}

/** Rules of the source and of the user. */
export function rulesOf(source: string, table: BackendTable, own: ExpectationFile['tables']): Rules {
  const all = [...builtInExpectations(source, table), ...(own[table] ?? [])];
  return { rows: all.filter((rule): rule is RowRule => !isTableRule(rule)), table: all.filter(isTableRule) };
}

interface Validation {
  readonly connection: DuckDBConnection;
  readonly manifest: SnapshotManifest;
  readonly files: ReadonlyMap<BackendTable, readonly string[]>;
  readonly former: readonly ReadonlyMap<string, number>[];
  readonly maxRejectedShare: number;
  /** Of the source's columns, by table. */
  readonly ofSchema: ReadonlyMap<string, readonly TableFault[]>;
  readonly onStep: ReportStep;
}

interface Checked {
  readonly report: TableReport;
  /** A rule on the whole table does not hold. */
  readonly failed: boolean;
}

async function checkStored(
  { connection, manifest, files: targets, former, maxRejectedShare, ofSchema, onStep }: Validation,
  table: BackendTable,
  rules: Rules,
): Promise<Checked> {
  const { asOf } = manifest;
  const files = targets.get(table) ?? [];
  const ofRules = rules.rows.map((rule) => ({ kind: 'rule' as const, rule }));
  const checks = [...specChecks(tableSpecs[table], asOf), ...ofRules];
  const asked = { table, targets, key: 'id', unnamed: rowOfPart, checks, files };
  const { report, collect } = await checkStoredTable(connection, asked, onStep);
  // Of a table with more faults none is needed: the run ends.
  if (report.rejectedRows > 0 && isAccepted({ tables: [report], maxRejectedShare })) await collect();
  const formerRows = former.flatMap((counts) => counts.get(table) ?? []);
  const facts = { files, asOf, formerRows, rows: report.checkedRows };
  const faults = [...(ofSchema.get(table) ?? []), ...(await checkTableRules(connection, rules.table, facts))];
  return { report: withTableFaults(report, faults), failed: faults.some(({ severity }) => severity === 'fail') };
}

/** Former runs that a band of row counts looks at. */
export const runsOf = ({ table }: Rules): number =>
  Math.max(0, ...table.map((rule) => (rule.rule === 'row-count' && rule.tolerance !== undefined ? rule.runs : 0)));

/**
 * Checks every table of a snapshot against its spec: types, missing values, ranges, categories, infinities, unique ids
 * over all parts, foreign keys, no row dated at or after `asOf`; and against the expectations of its source and of the
 * user. The report (a JSON blob) contains the number of rows and the first row's key for each failed check, and the share
 * of nulls for each column, but no values. The checks are SQL over the Parquet parts; see {@link checkStoredTable} for
 * the memory.
 * With `decisions` the rows that have faults are left out of an accepted snapshot, which is stored under a hash of its
 * own; see {@link leaveOut}.
 * @param input.maxRejectedShare - 0.02 = a table is rejected when more than 2 % of its rows are invalid.
 * @param input.expectations - the user's own, by table. @default none
 * @param input.decisions - about rows in quarantine. @default rows with faults are counted, not left out
 * @param input.schemaReaction - to changes of the source's columns since the snapshot before. @default they are ignored
 * @param input.onStep - called before each part.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`, `CANCELLED`.
 */
export async function validateSnapshot(input: {
  readonly blobs: BlobStore;
  readonly snapshotHash: string;
  readonly maxRejectedShare: number;
  readonly expectations?: ExpectationFile['tables'] | undefined;
  readonly decisions?: QuarantineDecisions | undefined;
  readonly schemaReaction?: SchemaReaction | undefined;
  readonly onStep?: ReportStep;
}): Promise<DataQuality> {
  const { blobs, snapshotHash, maxRejectedShare, expectations = {}, decisions, onStep = unreported } = input;
  const { schemaReaction = NO_REACTION } = input;
  const manifest = await loadSnapshot(blobs, snapshotHash);
  const files = await filesOf(blobs, manifest);
  const rules = new Map([...files.keys()].map((table) => [table, rulesOf(manifest.source, table, expectations)]));
  const former = await formerRowCounts(blobs, manifest, Math.max(0, ...[...rules.values()].map(runsOf)));
  const ofSchema = await schemaFaults(blobs, manifest, schemaReaction);
  return withDuckDb(async (connection) => {
    await connection.run(CREATE_FAULTS);
    const validation = { connection, manifest, files, former, maxRejectedShare, ofSchema, onStep };
    const checked: Checked[] = [];
    for (const [table, asked] of rules) checked.push(await checkStored(validation, table, asked));
    const quality = await reportQuality(blobs, {
      ...{ subject: snapshotSubject(snapshotHash), maxRejectedShare },
      tables: checked.map(({ report }) => report),
      failed: checked.some(({ failed }) => failed),
    });
    if (!quality.passed || decisions === undefined) return quality;
    const accepted = await leaveOut({ connection, blobs, hash: snapshotHash, manifest, files, decisions });
    return accepted === null ? quality : { ...quality, accepted };
  });
}
