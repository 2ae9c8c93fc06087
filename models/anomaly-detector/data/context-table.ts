import type { GroupedColumns } from '../../../contracts/model-definition.js';
import type { Column, EncodedValues, Table } from '../../../contracts/table.js';
import {
  counterpartyFeatureNames,
  counterpartyFeatures,
  customerFeatureNames,
  customerFeatures,
  type TransactionColumns,
  type TransactionFeature,
  withoutCounterparty,
} from '../../../feature-store/definitions/transaction-context.js';
import { addGrouped } from '../../../feature-store/definitions/rows-by-user.js';
import { encodedText } from '../../../learning/encoded-text.js';
import { columnNames } from './columns.js';

/** Transactions with their label and review, known later; all arrays are (n,). */
export interface LabelledTransactions extends TransactionColumns {
  readonly id: Column;
  /** When each became known as misuse, milliseconds since the epoch; NaN = not known. */
  readonly misuseKnownAt: Float64Array;
  /** 1 = misuse, 0 = not; NaN = unknown. */
  readonly label: Float64Array;
  /** 1 = alert confirmed, 0 = dismissed, NaN = not reviewed. */
  readonly verdict: Float64Array;
}

/** Names in which a missing one is the empty text. */
export function named({ codes, words }: EncodedValues): EncodedValues {
  if (!codes.includes(-1)) return { codes, words };
  const empty = words.indexOf('');
  const code = empty < 0 ? words.length : empty;
  return { codes: codes.map((own) => (own < 0 ? code : own)), words: empty < 0 ? [...words, ''] : words };
}

const number = (values: Float64Array): Column => ({ kind: 'number', values });
const moment = (values: Float64Array): Column => ({ kind: 'timestamp', values });

/** When each row's customer was first seen. */
function firstSeen({ customer: { codes, words }, bookedAt }: LabelledTransactions): Float64Array {
  const first = new Float64Array(words.length).fill(Infinity);
  for (let row = 0; row < codes.length; row++)
    if (bookedAt[row]! < first[codes[row]!]!) first[codes[row]!] = bookedAt[row]!;
  const since = new Float64Array(codes.length);
  for (let row = 0; row < codes.length; row++) {
    const known = first[codes[row]!] ?? Infinity;
    since[row] = known === Infinity ? Number.NaN : known;
  }
  return since;
}

/** The windows of the counterparties, which are over the transactions of all customers. */
export const counterpartyColumns: GroupedColumns = {
  by: columnNames.counterparty,
  time: columnNames.time,
  value: columnNames.knownAt,
  adds: counterpartyFeatureNames,
  compute: counterpartyFeatures,
  ungrouped: withoutCounterparty,
};

/**
 * The columns of `columnNames` and the features of each transaction that are known of its customer strictly before it.
 * @param rows - all transactions of some customers.
 */
export function customerTable(rows: LabelledTransactions): Table {
  const features = customerFeatures(rows);
  return {
    rowCount: rows.bookedAt.length,
    columns: {
      [columnNames.key]: rows.id,
      [columnNames.customer]: encodedText(rows.customer),
      [columnNames.time]: moment(rows.bookedAt),
      [columnNames.amount]: number(rows.amount),
      [columnNames.counterparty]: encodedText(rows.counterparty),
      [columnNames.category]: encodedText(rows.category),
      [columnNames.clock]: number(rows.utcOffsetHours),
      [columnNames.customerSince]: moment(firstSeen(rows)),
      [columnNames.label]: number(rows.label),
      [columnNames.knownAt]: moment(rows.misuseKnownAt),
      [columnNames.verdict]: number(rows.verdict),
      ...Object.fromEntries(customerFeatureNames.map((name, j) => [name, number(features[j]!)])),
    },
  };
}

/**
 * The training table of all transactions of a file: features as known strictly before each one, and the columns of
 * `columnNames`.
 * @param names - the features wanted, in order.
 */
export function contextTable(rows: LabelledTransactions, names: readonly TransactionFeature[]): Table {
  const { rowCount, columns } = addGrouped(customerTable(rows), counterpartyColumns);
  const features = new Set<string>([...customerFeatureNames, ...counterpartyFeatureNames]);
  const facts = Object.entries(columns).filter(([name]) => !features.has(name));
  const wanted = [...facts, ...names.map((name): [string, Column] => [name, columns[name]!])];
  // Files are checked cell by cell, so their texts are no codes.
  const plain = wanted.map(([name, column]) => [name, { kind: column.kind, values: column.values } as Column]);
  return { rowCount, columns: Object.fromEntries(plain) as Table['columns'] };
}
