import type { BackendTable } from '../../contracts/backend.js';
import type { SnapshotManifest } from './manifest.js';

/**
 * Columns whose values change without a date: a row is known by its own date, facts that arrive later have a column with
 * the date of their arrival, and these have none (docs/backend-schema.md).
 */
const undatedColumns: Partial<Readonly<Record<BackendTable, readonly string[]>>> = {
  users: ['city', 'employment', 'currency'],
  accounts: ['kind', 'credit_limit'],
  transactions: ['merchant', 'category', 'balance_after'],
  loans: ['annual_rate', 'emi', 'collateral_value'],
  loan_payments: ['amount_due'],
};

/**
 * What a snapshot of a past moment cannot show as it was then, in a sentence for the card; [] for a snapshot of its own
 * present, and for tables in which every change has a date.
 * @param tables - that the data set is made of.
 */
export function retrospectiveNotes(
  { asOf, retrospective }: Pick<SnapshotManifest, 'asOf' | 'retrospective'>,
  tables: readonly BackendTable[],
): readonly string[] {
  if (retrospective !== true) return [];
  const columns = tables.flatMap((table) => (undatedColumns[table] ?? []).map((column) => `${table}.${column}`));
  if (columns.length === 0) return [];
  const day = new Date(asOf).toISOString().slice(0, 10);
  return [
    `as of ${day}, read later: ${columns.sort().join(', ')} have no date of arrival and are as they were when the source was read`,
  ];
}
