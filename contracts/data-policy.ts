import { z } from 'zod';
import { type BackendTable, backendTables } from './backend.js';

/**
 * What extraction does with a column. `mask`: typed tokens such as `[PHONE]` in the place of personal data in texts;
 * `hash`: a keyed pseudonym, the same for the same value; `drop`: every value becomes empty.
 */
export const columnActions = ['keep', 'mask', 'hash', 'drop'] as const;
export type ColumnAction = (typeof columnActions)[number];
const changes = ['mask', 'hash', 'drop'] as const satisfies readonly ColumnAction[];
export type ColumnChange = (typeof changes)[number];

/** What is done with columns by their name; those that are not named are kept. */
export const columnChanges = z.record(z.string(), z.enum(changes));
export type ColumnChanges = Readonly<Record<string, ColumnChange>>;

const columnPolicy = z.record(z.string(), z.enum(columnActions));

/** A policy as a user writes it. Columns and tables that are not named are kept. */
export const dataPolicy = z.strictObject({
  /** By table of the source and column. */
  tables: z.partialRecord(z.enum(backendTables), columnPolicy).default({}),
  /** Of files, by line and column. */
  lines: z.record(z.string(), columnPolicy).default({}),
});
export type DataPolicy = z.infer<typeof dataPolicy>;

/** The policy of a snapshot: every column that was changed. */
export const snapshotPolicy = z.strictObject({
  tables: z.partialRecord(z.enum(backendTables), columnChanges),
  /** Version of the key of the pseudonyms; null: nothing is hashed. */
  keyVersion: z.int().positive().nullable(),
});
export type SnapshotPolicy = z.infer<typeof snapshotPolicy>;

/** What is done with the columns of one table, and the key of its pseudonyms. */
export const tablePolicy = z.strictObject({
  changes: columnChanges,
  keyVersion: snapshotPolicy.shape.keyVersion,
});
export type TablePolicy = z.infer<typeof tablePolicy>;

/** Columns that something reads, with the changes under which it learns and answers as well. */
export type ColumnNeeds = Readonly<Partial<Record<BackendTable, Readonly<Record<string, readonly ColumnChange[]>>>>>;

/** Needs of columns that have to be as they are in the source. */
export const unchanged = (...columns: readonly string[]): Readonly<Record<string, readonly ColumnChange[]>> =>
  Object.fromEntries(columns.map((name) => [name, []]));
