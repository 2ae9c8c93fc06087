import { backendTables, type BackendTable } from '../../contracts/backend.js';
import type { AcceptedSnapshot, DataQuality } from '../../contracts/dataset.js';
import type { ExpectationFile, TableRule } from '../../contracts/expectations.js';
import type { SchemaReaction } from '../../contracts/schema-changes.js';
import { DAY_MS } from '../../learning/time-series/calendar/index.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { contentOfTables } from '../snapshots/content.js';
import { putJsonBlob } from '../snapshots/json-blob.js';
import { loadSnapshot } from '../snapshots/load-snapshot.js';
import type { SnapshotManifest } from '../snapshots/manifest.js';
import { tableSpecs } from '../sources/backend/tables.js';
import { formerRowCounts, rowCountFinding } from './expectations/table-rules.js';
import { restateReport } from './quality-report.js';
import { schemaFaults } from './schema-changes.js';
import { NO_REACTION, rulesOf, runsOf, snapshotSubject } from './validate-snapshot.js';

type StoredTable = SnapshotManifest['tables'][number];

/** What a rule on a whole table finds, as far as the manifests tell; the moment where they do not. */
function findingOf(
  { table, eventTime, rows }: StoredTable,
  rule: TableRule,
  { asOf, formerRows }: { readonly asOf: number; readonly formerRows: readonly number[] },
): number | string | null {
  if (rule.rule === 'row-count') return rowCountFinding(rule, { rows, formerRows });
  if (rule.column !== tableSpecs[table].eventTime || eventTime === null) return asOf;
  return eventTime.to >= asOf - rule.maxAgeDays * DAY_MS ? null : Math.floor((asOf - eventTime.to) / DAY_MS);
}

/**
 * What the validation of a snapshot follows from beside its settings, without the hash of the manifest: the rows; the
 * moment where rows are dated at or after it; what rules on whole tables find; and changes of the source's columns.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_CORRUPT`.
 */
export async function contentOfValidation(
  blobs: BlobStore,
  manifest: SnapshotManifest,
  asked: { readonly expectations?: ExpectationFile['tables']; readonly schemaReaction?: SchemaReaction },
): Promise<Readonly<Record<string, unknown>>> {
  const { asOf, tables, source } = manifest;
  const rules = new Map(tables.map(({ table }) => [table, rulesOf(source, table, asked.expectations ?? {})]));
  const former = await formerRowCounts(blobs, manifest, Math.max(0, ...[...rules.values()].map(runsOf)));
  const faults = await schemaFaults(blobs, manifest, asked.schemaReaction ?? NO_REACTION);
  return {
    ...contentOfTables(manifest, backendTables),
    moment: tables.some(({ eventTime }) => eventTime !== null && eventTime.to >= asOf) ? asOf : null,
    findings: tables.flatMap((one) => {
      const facts = { asOf, formerRows: former.flatMap((counts) => counts.get(one.table) ?? []) };
      return rules.get(one.table)!.table.map((rule) => findingOf(one, rule, facts));
    }),
    columns: [...faults],
  };
}

/** The accepted snapshot of the same rows as taken by another extraction. */
async function restateAccepted(
  blobs: BlobStore,
  snapshotHash: string,
  { hash, ...counts }: AcceptedSnapshot,
): Promise<AcceptedSnapshot> {
  const [manifest, { quarantine, tables }] = [await loadSnapshot(blobs, snapshotHash), await loadSnapshot(blobs, hash)];
  const without = new Map(tables.map((stored): [BackendTable, StoredTable] => [stored.table, stored]));
  const divided = new Set(quarantine!.tables.map(({ table }) => table));
  const kept = manifest.tables.map((stored): StoredTable => {
    if (!divided.has(stored.table)) return stored;
    const { rows, parts, eventTime } = without.get(stored.table)!;
    const remaining = { ...stored, rows, parts, eventTime };
    delete remaining.slices; // as in the snapshot that was accepted first
    return remaining;
  });
  const accepted = { ...manifest, quarantine: { ...quarantine!, from: snapshotHash }, tables: kept };
  return { ...counts, hash: (await putJsonBlob(blobs, accepted)).hash };
}

/**
 * The result of a validation as it is for another snapshot with the same content, without its page: the report names the
 * snapshot, and the accepted snapshot is made of it.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_CORRUPT`.
 */
export async function restateValidation(
  blobs: BlobStore,
  snapshotHash: string,
  { accepted, ...quality }: DataQuality,
): Promise<Omit<DataQuality, 'pageHash'>> {
  delete quality.pageHash;
  const reportHash = await restateReport(blobs, quality.reportHash, snapshotSubject(snapshotHash));
  const restated = { ...quality, reportHash };
  return accepted === undefined
    ? restated
    : { ...restated, accepted: await restateAccepted(blobs, snapshotHash, accepted) };
}
