import type { BackendTable, TableSpec } from '../../../contracts/backend.js';
import type { ExpectationFile, WrittenExpectation } from '../../../contracts/expectations.js';
import { DAY_MS } from '../../../learning/time-series/calendar/index.js';
import type { BlobStore } from '../../../platform/blobs/blob-store.js';
import { withDuckDb } from '../../snapshots/duckdb.js';
import { loadSnapshot } from '../../snapshots/load-snapshot.js';
import { snapshotFiles } from '../../snapshots/read-snapshot.js';
import { isKeyColumn } from '../../sources/backend/column-types.js';
import { tableSpecs } from '../../sources/backend/tables.js';
import { parseExpectations } from '../expectations/parse-expectations.js';
import { type ColumnProfile, profileTable, type TableProfile } from './profile-table.js';

/** Of fewer rows nothing is suggested: they say little about the next. */
const FEWEST_ROWS = 100;
/** A range is widened to both sides by this share of its length. */
const MARGIN = 0.5;

const warn = { severity: 'warn' } as const;

/** A bound with two significant digits, away from the data. */
function outward(value: number, round: (value: number) => number): number {
  if (value === 0) return 0;
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 1);
  return Number((round(value / unit) * unit).toPrecision(12));
}

function rangeOf({ column, range }: ColumnProfile): WrittenExpectation[] {
  if (range === null || !Number.isFinite(range.minimum) || !Number.isFinite(range.maximum)) return [];
  const margin = (range.maximum - range.minimum) * MARGIN;
  const lowest = range.minimum >= 0 ? Math.max(0, range.minimum - margin) : range.minimum - margin;
  const minimum = outward(lowest, Math.floor);
  return [{ rule: 'range', column, minimum, maximum: outward(range.maximum + margin, Math.ceil), ...warn }];
}

function ofColumn({ columns }: TableSpec, profile: ColumnProfile): WrittenExpectation[] {
  const { column, kind, missingShare, values } = profile;
  const spec = columns.find(({ name }) => name === column)!;
  const complete = spec.nullable === true && missingShare === 0;
  return [
    ...(complete ? [{ rule: 'not-null' as const, column, ...warn }] : []),
    ...(kind === 'number' && spec.type !== 'flag' ? rangeOf(profile) : []),
    // The list of a category is in its spec.
    ...(values !== null && spec.type === 'text'
      ? [{ rule: 'set' as const, column, values: [...values], ...warn }]
      : []),
  ];
}

/** Twice the present distance of the newest event, and a day. */
function freshnessOf({ eventTime }: TableSpec, { columns }: TableProfile, asOf: number): WrittenExpectation[] {
  const newest = columns.find(({ column }) => column === eventTime)?.range?.maximum;
  if (eventTime === null || newest === undefined) return [];
  const maxAgeDays = Math.ceil((2 * Math.max(0, asOf - newest)) / DAY_MS) + 1;
  return [{ rule: 'freshness', column: eventTime, maxAgeDays, ...warn }];
}

/** Rules that the rows of a profile keep, with room to both sides; all of them warn. */
export function suggestRules(spec: TableSpec, profile: TableProfile, asOf: number): WrittenExpectation[] {
  if (profile.rows < FEWEST_ROWS) return [];
  const steady: WrittenExpectation = {
    rule: 'row-count',
    minimum: Math.floor(profile.rows / 2),
    tolerance: 0.5,
    ...warn,
  };
  return [steady, ...freshnessOf(spec, profile, asOf), ...profile.columns.flatMap((column) => ofColumn(spec, column))];
}

/** A snapshot's tables and the rules that they suggest. */
export interface SnapshotProfile {
  readonly tables: readonly TableProfile[];
  /** Accepted as a file of expectations. */
  readonly suggested: ExpectationFile;
}

/**
 * Describes every table of a snapshot: missing values, numbers of different values, ranges; and drafts expectations from
 * it. Keys are not listed, nor texts that few rows have.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`.
 */
export async function profileSnapshot(blobs: BlobStore, hash: string): Promise<SnapshotProfile> {
  const manifest = await loadSnapshot(blobs, hash);
  const tables: TableProfile[] = [];
  const suggested: Partial<Record<BackendTable, WrittenExpectation[]>> = {};
  await withDuckDb(async (connection) => {
    for (const { table } of manifest.tables) {
      const spec = tableSpecs[table];
      const files = await snapshotFiles(blobs, manifest, table);
      const keys = new Set(spec.columns.filter(isKeyColumn).map(({ name }) => name));
      const profile = await profileTable(connection, files, { table, specs: spec.columns, keys });
      tables.push(profile);
      const rules = suggestRules(spec, profile, manifest.asOf);
      if (rules.length > 0) suggested[table] = rules;
    }
  });
  return { tables, suggested: await parseExpectations({ tables: suggested }, 'the draft') };
}
