import type { ColumnSpec } from '../../../../contracts/dataset.js';
import type { Table } from '../../../../contracts/table.js';
import { mean } from '../../../../learning/numeric/statistics/mean.js';
import { numberColumn, withColumn } from '../../../../learning/table.js';

/** Ratios and counts over the eighteen monthly columns, known at the same moment as these. */
export const derivedColumns: readonly ColumnSpec[] = [
  { name: 'billToLimit', type: 'number', nullable: true, description: 'Bill of September over the limit.' },
  { name: 'billToLimitMean', type: 'number', nullable: true, description: 'Mean bill over the limit.' },
  { name: 'billToLimitMaximum', type: 'number', nullable: true, description: 'Highest bill over the limit.' },
  { name: 'paidShareLatest', type: 'number', nullable: true, description: "September's payment over August's bill." },
  { name: 'paidShareMean', type: 'number', nullable: true, description: 'Mean payment over the bill before it.' },
  { name: 'paymentToLimit', type: 'number', nullable: true, description: 'Mean payment over the limit.' },
  { name: 'lateMonths', type: 'number', description: 'Months of six with a late payment.' },
  { name: 'worstDelayMonths', type: 'number', description: 'Longest delay of the six months, in months.' },
];

const MONTHS = 6;
/** Larger payment ratios are capped here. */
const MOST_PAID = 5;

/** NaN when nothing was owed. */
const paidShare = (payment: number, bill: number): number => (bill > 0 ? Math.min(MOST_PAID, payment / bill) : NaN);

function derive(limit: number, status: readonly number[], bills: readonly number[], payments: readonly number[]) {
  const known = (value: number): number => (limit > 0 ? value : NaN);
  const shares = payments.slice(0, MONTHS - 1).map((payment, i) => paidShare(payment, bills[i + 1]!));
  return [
    known(bills[0]! / limit),
    known(mean(bills) / limit),
    known(Math.max(...bills) / limit),
    shares[0]!,
    mean(shares.filter((share) => !Number.isNaN(share))),
    known(mean(payments) / limit),
    status.filter((months) => months > 0).length,
    Math.max(0, ...status),
  ];
}

/** Adds the derived columns. @throws PipelineError `MISSING_COLUMN`. */
export function addDerived(table: Table): Table {
  const columns = Array.from({ length: 23 }, (_, i) => numberColumn(table, `X${i + 1}`));
  const months = (from: number, row: number): number[] =>
    columns.slice(from, from + MONTHS).map((values) => values[row]!);
  const rows = Array.from({ length: table.rowCount }, (_, row) =>
    derive(columns[0]![row]!, months(5, row), months(11, row), months(17, row)),
  );
  return derivedColumns.reduce(
    (sum, { name }, i) => withColumn(sum, name, { kind: 'number', values: Float64Array.from(rows, (row) => row[i]!) }),
    table,
  );
}
