import type { ColumnSpec } from './dataset.js';
import type { Table } from './table.js';

/** Tables of the source system, schema `backend`. Every one has `source` and a text `id` beside its own columns. */
export const backendTables = [
  'users',
  'accounts',
  'transactions',
  'loans',
  'loan_payments',
  'credit_applications',
  'chat_messages',
  'entity_annotations',
  'prediction_feedback',
] as const;
export type BackendTable = (typeof backendTables)[number];

/**
 * A table as the pipeline extracts it: `datasets/sources/backend/queries/<table>.sql` returns exactly these columns,
 * keyed by `id` in ascending order.
 */
export interface TableSpec {
  readonly name: BackendTable;
  readonly columns: readonly ColumnSpec[];
  /** When a row became known; rows at or after `asOf` are not extracted. Null for slowly changing tables. */
  readonly eventTime: string | null;
  /** Column → table whose `id` it must hold. */
  readonly foreignKeys: Readonly<Record<string, BackendTable>>;
}

/** Columns of tables that something reads; nothing else of the tables is loaded for it. */
export type TableColumns = Readonly<Partial<Record<BackendTable, readonly string[]>>>;

/** The tables of one snapshot that a caller loaded. */
export type SnapshotTables = Readonly<Partial<Record<BackendTable, Table>>>;
