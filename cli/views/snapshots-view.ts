import { checkoutSnapshot, type CheckoutFormat } from '../../datasets/versions/checkout.js';
import type { ColumnDrift } from '../../datasets/versions/column-drift.js';
import {
  diffSnapshots,
  type SchemaDifference,
  type SnapshotDifference,
  type TableDifference,
} from '../../datasets/versions/diff-snapshots.js';
import { findSnapshot } from '../../datasets/versions/find-snapshot.js';
import { overviewOf, type SnapshotOverview } from '../../datasets/versions/snapshot-overview.js';
import { commandActor } from '../../registry/audit/append.js';
import { formatBytes } from '../output/format-bytes.js';
import { formatDecimals, formatTime, shortHash } from '../output/format.js';
import type { CliContext } from '../program/context.js';

export interface SnapshotOptions {
  readonly source?: string;
  readonly limit?: number;
}

const sumOf = (rows: Readonly<Record<string, number>>): number =>
  Object.values(rows).reduce((sum, count) => sum + count, 0);

const snapshotRow = (snapshot: SnapshotOverview): string[] => [
  shortHash(snapshot.hash),
  snapshot.source,
  formatTime(new Date(snapshot.asOf)),
  formatTime(snapshot.recordedAt),
  sumOf(snapshot.rows).toLocaleString('en-US'),
  snapshot.size === null ? '–' : formatBytes(snapshot.size.own),
  snapshot.size === null ? '–' : formatBytes(snapshot.size.shared),
  snapshot.parent === null ? '–' : shortHash(snapshot.parent),
  snapshot.removedAt !== null ? 'removed' : snapshot.lost ? 'lost' : snapshot.pinnedBy.join(', ') || '–',
];

/** Lists snapshots, newest first. */
export async function listSnapshots(cli: CliContext, { limit = 20, source }: SnapshotOptions): Promise<void> {
  const { services } = await cli.connect();
  const records = await services.snapshotLog.list({ limit, ...(source === undefined ? {} : { source }) });
  const snapshots = await overviewOf(services.blobs, records, await services.registry.listVersions({}));
  cli.out.result(snapshots, () => {
    const head = ['snapshot', 'source', 'as of (UTC)', 'taken (UTC)', 'rows', 'own', 'shared', 'parent', 'pinned by'];
    cli.out.table({ head, rows: snapshots.map(snapshotRow), right: ['rows', 'own', 'shared'] });
  });
}

export interface DiffOptions {
  readonly limit?: number;
}

/**
 * Compares two snapshots. @param names - first digits of their hashes, the former one first.
 * @throws PipelineError `INVALID_INPUT`, `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`.
 */
export async function showDifference(
  cli: CliContext,
  names: readonly [string, string],
  { limit = 10 }: DiffOptions,
): Promise<void> {
  const { services } = await cli.connect();
  const { hash: before } = await findSnapshot(services.snapshotLog, names[0]);
  const { hash: after } = await findSnapshot(services.snapshotLog, names[1]);
  const difference = await diffSnapshots(services.blobs, before, after);
  cli.out.result(difference, () => printDifference(cli, difference, limit));
}

const count = (rows: number | null): string => (rows === null ? '–' : rows.toLocaleString('en-US'));

function schemaText({ added, dropped, retyped }: SchemaDifference): string {
  const parts = [
    ...added.map((name) => `+${name}`),
    ...dropped.map((name) => `-${name}`),
    ...retyped.map(({ column, before, after }) => `${column} ${before} → ${after}`),
  ];
  return parts.join(', ') || '–';
}

const changedText = (columns: Readonly<Record<string, number>>): string =>
  Object.entries(columns)
    .sort(([, a], [, b]) => b - a)
    .map(([name, rows]) => `${name} ${rows.toLocaleString('en-US')}`)
    .join(', ') || '–';

const tableRow = ({ table, rows, added, removed, changed, changedColumns, schema }: TableDifference): string[] => [
  table,
  count(rows.before),
  count(rows.after),
  ...[added, removed, changed].map((rows) => count(rows)),
  changedText(changedColumns),
  schemaText(schema),
];

/** Customary bounds of the population stability index. */
const verdictOf = (psi: number): string => (psi < 0.1 ? 'stable' : psi <= 0.25 ? 'watch' : 'shifted');

function driftRow({ table, column, of, psi, standardisedDifference, missing, ...categories }: ColumnDrift): string[] {
  const names = [
    ...categories.newCategories.map((name) => `+${name}`),
    ...categories.goneCategories.map((name) => `-${name}`),
  ];
  const share = (value: number): string => `${(100 * value).toFixed(1)} %`;
  return [
    `${table}.${column}`,
    of,
    formatDecimals(psi),
    verdictOf(psi),
    standardisedDifference === null ? '–' : formatDecimals(standardisedDifference),
    `${share(missing.before)} → ${share(missing.after)}`,
    names.join(', ') || '–',
  ];
}

function printDifference(
  { out }: CliContext,
  { before, after, tables, drift }: SnapshotDifference,
  limit: number,
): void {
  const named = ({ hash, source, asOf }: SnapshotDifference['before']): string =>
    `${shortHash(hash)} (${source}, ${formatTime(new Date(asOf))})`;
  out.line(`from ${named(before)} to ${named(after)}`);
  const changed = tables.filter(({ partsCompared }) => partsCompared > 0);
  if (changed.length === 0) {
    out.line('every table is the same');
    return;
  }
  const right = ['before', 'after', 'added', 'removed', 'changed'];
  const head = ['table', ...right, 'changed rows by column', 'columns'];
  out.table({ head, rows: changed.map(tableRow), right });
  const same = tables.length - changed.length;
  if (same > 0) out.line(`${same} further tables are the same`);
  if (drift.length === 0) return;
  out.line();
  const columns = ['column', 'of', 'PSI', '', 'difference', 'missing', 'categories'];
  out.table({ head: columns, rows: drift.slice(0, limit).map(driftRow), right: ['PSI', 'difference'] });
  if (drift.length > limit) out.line(`${drift.length - limit} further columns with --json`);
}

export interface CheckoutOptions {
  readonly format: CheckoutFormat;
}

/**
 * Writes a snapshot into a folder, with an entry in the audit log, as customers' rows leave the store.
 * @throws PipelineError `INVALID_INPUT` for a folder that is not empty; `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`.
 */
export async function checkout(
  cli: CliContext,
  { snapshot, folder, format }: CheckoutOptions & { readonly snapshot: string; readonly folder: string },
): Promise<void> {
  const { services } = await cli.connect();
  const { hash } = await findSnapshot(services.snapshotLog, snapshot);
  const written = await services.audit.record(async (append) => {
    const done = await checkoutSnapshot(services.blobs, hash, { target: folder, format });
    await append({ actor: commandActor(), action: 'snapshot.checked-out', subject: hash, details: { format } });
    return done;
  });
  cli.out.result(written, () => {
    const rows = written.tables.map(({ table, rows, files }) => [table, rows.toLocaleString('en-US'), String(files)]);
    cli.out.table({ head: ['table', 'rows', 'files'], rows, right: ['rows', 'files'] });
    cli.out.line();
    cli.out.line(`snapshot ${shortHash(hash)} is in ${written.folder}; it holds customers' rows in clear`);
  });
}
