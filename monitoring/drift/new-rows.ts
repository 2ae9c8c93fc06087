import type { MonitoredModel } from '../../models/catalogue.js';
import type { DatasetRef, DatasetSchema } from '../../contracts/dataset.js';
import type { SourceFault } from '../../contracts/drift.js';
import type { MonitoredColumn } from '../../contracts/monitored-columns.js';
import type { Table } from '../../contracts/table.js';
import { loadSnapshot } from '../../datasets/snapshots/load-snapshot.js';
import { sampleRows } from '../../datasets/snapshots/sample-rows.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { shapeOf } from './column-shape.js';
import type { ColumnValues } from './column-values.js';
import { heldOutColumns, monitoredColumns } from './held-out-columns.js';
import { type ComparedColumn, findSourceFaults } from './source-faults.js';
import { compareWindow, profileOf } from './statistics.js';

/** How the rows that came since the champion's snapshot differ from the champion's rows. */
export interface NewRowsDrift {
  /** Sentences for the report. */
  readonly notes: string[];
  readonly faults: SourceFault[];
}

const NOTHING: NewRowsDrift = { notes: [], faults: [] };
const AS_OF = 'as_of';
const NO_SCORES: Table = { rowCount: 0, columns: {} };

/** The inputs among the monitored columns: before a training nothing was said about the rows yet. */
const inputsOf = (model: MonitoredModel): readonly MonitoredColumn[] =>
  monitoredColumns(model).filter(({ role }) => role !== 'score');

/** Column with the moment of a row; null: the rows have none. */
function timeColumn({ columns, split }: DatasetSchema): string | null {
  if (columns.some(({ name, type }) => name === AS_OF && type === 'timestamp')) return AS_OF;
  return split.kind === 'time' ? split.column : null;
}

/**
 * Compares the rows of a data set that are newer than the snapshot of another with the rows of that one; of many a sample
 * is taken. Nothing for rows without a date.
 * @param former - of the champion, from a snapshot of the same source.
 */
export async function compareNewRows(
  { blobs, model, mostRows }: { readonly blobs: BlobStore; readonly model: MonitoredModel; readonly mostRows: number },
  { dataset, former }: { readonly dataset: DatasetRef; readonly former: DatasetRef },
): Promise<NewRowsDrift> {
  const { schema } = model.backend;
  const column = timeColumn(schema);
  if (former.origin.kind !== 'snapshot' || column === null) return NOTHING;
  const { asOf: moment } = await loadSnapshot(blobs, former.origin.snapshotHash);
  const { key } = schema;
  const before = await sampleRows(blobs, former.hash, { key, mostRows });
  const added = await sampleRows(blobs, dataset.hash, { key, mostRows, since: { column, moment } });
  const values = ({ table }: { readonly table: Table }) =>
    heldOutColumns(inputsOf(model), { rows: table, scored: NO_SCORES }, mostRows);
  return describe(values(before), values(added), added.rows);
}

function describe(before: readonly ColumnValues[], current: readonly ColumnValues[], rows: number): NewRowsDrift {
  if (rows === 0) return { notes: ["no row since the champion's snapshot"], faults: [] };
  const known = new Map(before.map((values) => [values.column.name, values]));
  const both = current.filter(({ column }) => known.has(column.name));
  const what = `${rows} rows since the champion's snapshot`;
  const reference = { profile: profileOf(before), values: before };
  const { columns, undecided } = compareWindow({ mode: 'default', reference, current: both, importance: null });
  if (undecided !== null) return { notes: [`${what} were not compared for drift: ${undecided}`], faults: [] };
  const compared = both.map((values): ComparedColumn => {
    const { name, role } = values.column;
    return { name, role, reference: shapeOf(known.get(name)!), current: shapeOf(values) };
  });
  const decided = columns.filter((found) => found.decided);
  const drifted = decided.filter((found) => found.drifted).map(({ column }) => column);
  const names = drifted.length === 0 ? '' : `: ${drifted.join(', ')}`;
  const note = `${drifted.length} of ${decided.length} columns drifted in the ${what}${names}`;
  return { notes: [note], faults: findSourceFaults(compared) };
}
