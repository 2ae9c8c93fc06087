import { PipelineError } from '../../../contracts/errors.js';
import type { Table } from '../../../contracts/table.js';
import { hashFraction } from '../../numeric/hash/murmur.js';
import { textColumn } from '../../table.js';

/** Columns that name a row and, under a rule by group, its group. */
export interface RowNames {
  /** Unique key of a row. */
  readonly key: string;
  /** Null where rows of one group may be on both sides. */
  readonly group: string | null;
}

/**
 * Which rows a version was trained on, without the rows: sorted 53-bit hashes of their keys and of their groups. Two
 * sets of a million and a hundred thousand names share a hash by chance once in 90,000 runs.
 */
export interface TrainingRows {
  readonly keys: Float64Array;
  readonly groups: Float64Array;
}

function namesOf(table: Table, name: string): readonly string[] {
  const column = table.columns[name];
  if (column !== undefined && column.kind !== 'text') return Array.from(column.values, String);
  return textColumn(table, name).map((value) => value ?? '');
}

const hashesOf = (salt: string, names: Iterable<string>): Float64Array =>
  Float64Array.from(new Set(names), (name) => hashFraction(salt, name)).sort();

const [KEY_SALT, GROUP_SALT] = ['training row', 'training group'];

/** @param table - the training rows. @throws PipelineError `MISSING_COLUMN`. */
export const trainingRowsOf = (table: Table, { key, group }: RowNames): TrainingRows => ({
  keys: hashesOf(KEY_SALT, namesOf(table, key)),
  groups: group === null ? new Float64Array(0) : hashesOf(GROUP_SALT, namesOf(table, group)),
});

/** The union: what a version has learned that continues another one. */
export const mergeTrainingRows = (one: TrainingRows, other: TrainingRows): TrainingRows => ({
  keys: Float64Array.from(new Set([...one.keys, ...other.keys])).sort(),
  groups: Float64Array.from(new Set([...one.groups, ...other.groups])).sort(),
});

/** Whether a sorted array holds a value. */
function holds(sorted: Float64Array, value: number): boolean {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === value;
}

/** True for each row of a table whose key, or whose group, is among the training rows. */
function learnedMask(table: Table, { key, group }: RowNames, { keys, groups }: TrainingRows): boolean[] {
  const known = namesOf(table, key).map((name) => holds(keys, hashFraction(KEY_SALT, name)));
  if (group === null) return known;
  return namesOf(table, group).map((name, row) => known[row]! || holds(groups, hashFraction(GROUP_SALT, name)));
}

/** Rows of a table that a version was not trained on, nor on others of their group, ascending. */
export function unseenRows(table: Table, names: RowNames, rows: TrainingRows): number[] {
  const learned = learnedMask(table, names, rows);
  return [...learned.keys()].filter((row) => !learned[row]);
}

/** Number of rows of a table that a version was trained on, or whose group it was trained on; 0 = no leak. */
export const findLeak = (table: Table, names: RowNames, rows: TrainingRows): number =>
  learnedMask(table, names, rows).filter(Boolean).length;

/** Layout: number of keys as float64, then keys, then groups, all little-endian. */
export function encodeTrainingRows({ keys, groups }: TrainingRows): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * (1 + keys.length + groups.length)));
  [keys.length, ...keys, ...groups].forEach((value, i) => view.setFloat64(8 * i, value, true));
  return new Uint8Array(view.buffer);
}

/** @throws PipelineError `BLOB_CORRUPT` for bytes of another layout. */
export function decodeTrainingRows(bytes: Uint8Array): TrainingRows {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = Float64Array.from({ length: Math.floor(bytes.length / 8) }, (_, i) => view.getFloat64(8 * i, true));
  const count = values[0] ?? -1;
  if (bytes.length % 8 === 0 && Number.isInteger(count) && count >= 0 && count < values.length)
    return { keys: values.slice(1, 1 + count), groups: values.slice(1 + count) };
  throw new PipelineError('BLOB_CORRUPT', `${bytes.length} bytes are no record of training rows`);
}
