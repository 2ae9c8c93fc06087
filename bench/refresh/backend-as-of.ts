import { type BackendTable, backendTables, type SnapshotTables } from '../../contracts/backend.js';
import type { Column, Table } from '../../contracts/table.js';
import { selectRows, timestampColumn, withColumn } from '../../learning/table.js';

/** When a row is known, and which cells are known later: the rules of the extraction queries. */
interface Known {
  readonly at: string;
  /** Time column → columns that are empty before it, besides the time itself. */
  readonly later?: Readonly<Record<string, readonly string[]>>;
}

const knownBy: Readonly<Record<BackendTable, Known>> = {
  users: { at: 'created_at' },
  accounts: { at: 'opened_at' },
  transactions: { at: 'booked_at', later: { disputed_at: [] } },
  loans: { at: 'disbursed_at', later: { closed_at: [], defaulted_at: [] } },
  loan_payments: { at: 'due_at', later: { paid_at: ['amount_paid'] } },
  credit_applications: { at: 'decided_at', later: { outcome_at: ['outcome'] } },
  chat_messages: { at: 'sent_at', later: { intent_labelled_at: ['intent'] } },
  entity_annotations: { at: 'annotated_at' },
  prediction_feedback: { at: 'created_at' },
};

const emptied = (column: Column, isHidden: (row: number) => boolean): Column =>
  column.kind === 'text'
    ? { kind: 'text', values: column.values.map((value, row) => (isHidden(row) ? null : value)) }
    : { kind: column.kind, values: column.values.map((value, row) => (isHidden(row) ? NaN : value)) };

function tableAsOf(table: Table, { at, later = {} }: Known, asOf: number): Table {
  const times = timestampColumn(table, at);
  let known = selectRows(table, [...times.keys()].filter((row) => times[row]! < asOf)); // prettier-ignore
  for (const [time, columns] of Object.entries(later)) {
    const moments = timestampColumn(known, time);
    const isHidden = (row: number): boolean => moments[row]! >= asOf;
    for (const name of [time, ...columns]) known = withColumn(known, name, emptied(known.columns[name]!, isHidden));
  }
  return known;
}

/** The tables as an extraction at `asOf` finds them: earlier rows, without what became known later. */
export const backendAsOf = (tables: SnapshotTables, asOf: number): SnapshotTables =>
  Object.fromEntries(backendTables.map((name) => [name, tableAsOf(tables[name]!, knownBy[name], asOf)]));
