import type { SnapshotTables } from '../../../contracts/backend.js';
import type { RowsByUser, RowsConclusion, RowsOfUsers, SnapshotMoment } from '../../../contracts/model-definition.js';
import type { EncodedValues, Table } from '../../../contracts/table.js';
import { DAY_MS } from '../../../feature-store/definitions/event-index.js';
import { rowsOfAll } from '../../../feature-store/definitions/rows-by-user.js';
import { utcOffsetHours } from '../../../learning/time-series/calendar/index.js';
import {
  columnOf,
  encodedColumn,
  numberColumn,
  selectRows,
  snapshotTable,
  textColumn,
  timestampColumn,
  withColumn,
} from '../../../learning/table.js';
import { columnNames } from './columns.js';
import { counterpartyColumns, customerTable, type LabelledTransactions, named } from './context-table.js';
import { stateColumns } from './states/read-rows.js';

/** Days after which a transaction counts as labelled, since disputes arrive late. */
export const MATURING_DAYS = 30;

/** The customers' clocks by the currency of their account in a snapshot that names no zone; other currencies keep UTC. */
const utcOffsetHoursOf: Readonly<Record<string, number>> = { INR: 5.5 };

interface Feedback {
  readonly verdict: number;
  readonly at: number;
}

/** The latest verdict of an analyst on each transaction. */
function feedbackOf(table: Table | undefined): ReadonlyMap<string, Feedback> {
  const found = new Map<string, Feedback>();
  if (table === undefined) return found;
  const [models, kinds] = [textColumn(table, 'model'), textColumn(table, 'entity_kind')];
  const [ids, verdicts] = [textColumn(table, 'entity_id'), textColumn(table, 'verdict')];
  timestampColumn(table, 'created_at').forEach((at, row) => {
    const id = ids[row] ?? '';
    if (models[row] !== 'anomaly-detector' || kinds[row] !== 'transaction') return;
    if (at < (found.get(id)?.at ?? -Infinity)) return;
    const verdict = verdicts[row] === 'confirmed' ? 1 : verdicts[row] === 'dismissed' ? 0 : Number.NaN;
    found.set(id, { verdict, at });
  });
  return found;
}

/** The earlier of dispute and confirmation; NaN when there was neither. */
function misuseKnownAt(disputedAt: number, feedback: Feedback | undefined): number {
  const confirmedAt = feedback?.verdict === 1 ? feedback.at : Number.NaN;
  if (Number.isNaN(disputedAt) || Number.isNaN(confirmedAt)) return Number.isNaN(disputedAt) ? confirmedAt : disputedAt;
  return Math.min(disputedAt, confirmedAt);
}

/**
 * The merchant, else the description without its numbers (references, dates differ from booking to booking).
 */
function parties(table: Table): EncodedValues {
  const merchants = encodedColumn(table, 'merchant');
  const descriptions = textColumn(table, 'description');
  const words = [...merchants.words];
  const positions = new Map(words.map((word, position) => [word, position]));
  const codes = merchants.codes.slice();
  for (let row = 0; row < codes.length; row++) {
    const description = descriptions[row] ?? null;
    if (codes[row]! >= 0 || description === null) continue;
    const party = description.replace(/\d+/g, '');
    const position = positions.get(party) ?? words.push(party) - 1;
    positions.set(party, position);
    codes[row] = position;
  }
  return { codes, words };
}

/** Hours that the customers' clock was ahead of UTC; of the zone, else by the currency of the account. */
function clocksOf(table: Table, timeZone: string | undefined): Float64Array {
  const currencies = encodedColumn(table, 'currency');
  const zones = currencies.words.map((word) => utcOffsetHoursOf[word] ?? 0);
  return timestampColumn(table, 'booked_at').map((time, row) =>
    utcOffsetHours(timeZone ?? zones[currencies.codes[row]!] ?? 0, time),
  );
}

/** What analysts said of each row's transaction, and when misuse became known. */
function reviews(table: Table, feedback: ReadonlyMap<string, Feedback>) {
  const disputed = timestampColumn(table, 'disputed_at');
  const verdict = new Float64Array(table.rowCount).fill(Number.NaN);
  const misuseKnown = new Float64Array(table.rowCount);
  const ids = feedback.size === 0 ? [] : textColumn(table, 'id');
  for (let row = 0; row < table.rowCount; row++) {
    const reviewed = feedback.get(ids[row] ?? '');
    verdict[row] = reviewed?.verdict ?? Number.NaN;
    misuseKnown[row] = misuseKnownAt(disputed[row]!, reviewed);
  }
  return { verdict, misuseKnownAt: misuseKnown, label: disputed.map((at) => (Number.isNaN(at) ? 0 : 1)) };
}

function readTransactions(
  table: Table,
  feedback: ReadonlyMap<string, Feedback>,
  timeZone: string | undefined,
): LabelledTransactions {
  return {
    id: columnOf(table, 'id', 'text'),
    customer: named(encodedColumn(table, 'user_id')),
    counterparty: parties(table),
    category: encodedColumn(table, 'category'),
    bookedAt: timestampColumn(table, 'booked_at'),
    amount: numberColumn(table, 'amount'),
    utcOffsetHours: clocksOf(table, timeZone),
    ...reviews(table, feedback),
  };
}

const countOf = (values: Float64Array, wanted: number): number =>
  values.reduce((count, value) => count + Number(value === wanted), 0);

/** Numbers of rows, of those too new to be labelled, and of what is known of them. */
function countsOf({ label, verdict, misuseKnownAt: known }: LabelledTransactions, open: number): RowsOfUsers['counts'] {
  return {
    rows: label.length,
    open,
    disputed: countOf(label, 1),
    confirmed: countOf(verdict, 1),
    dismissed: countOf(verdict, 0),
    known: known.reduce((count, at, row) => count + Number(at > 0 || verdict[row]! >= 0), 0),
  };
}

function conclude({ rows, open, disputed, confirmed, dismissed, known }: RowsOfUsers['counts']): RowsConclusion {
  // A source that records neither disputes nor verdicts does not say that there was no fraud.
  if (known === 0) return { notes: ['the source records neither disputes nor verdicts'], unknown: [columnNames.label] };
  return {
    notes: [
      `${disputed} of ${rows} transactions were disputed: the label`,
      `${open} transactions of the last ${MATURING_DAYS} days are left out: their disputes have not arrived yet`,
      `analysts confirmed ${confirmed} and dismissed ${dismissed} alerts: learned from once known, never judged by`,
    ],
  };
}

/** Time of the newest transaction: a source without newer rows has no newer disputes either. */
const newestOf = (table: Table): number =>
  timestampColumn(table, 'booked_at').reduce((newest, time) => Math.max(newest, time), -Infinity);

/** Rows old enough for their dispute to have arrived; the others are in no window of theirs. */
function maturedRows(table: Table, { asOf, newestTransaction = newestOf(table) }: SnapshotMoment): Table {
  const before = Math.min(asOf, newestTransaction) - MATURING_DAYS * DAY_MS;
  const times = timestampColumn(table, 'booked_at');
  return selectRows(
    table,
    Int32Array.from(times.keys()).filter((row) => times[row]! < before),
  );
}

function maturedTransactions(tables: SnapshotTables, snapshot: SnapshotMoment): RowsOfUsers {
  const all = snapshotTable(tables, 'transactions');
  const matured = maturedRows(all, snapshot);
  const rows = readTransactions(matured, feedbackOf(tables.prediction_feedback), snapshot.timeZone);
  const table = customerTable(rows);
  const { [columnNames.customer]: customer, [columnNames.time]: time } = table.columns;
  return {
    sections: [withColumn(withColumn(table, 'entity_id', customer!), 'as_of', time!)],
    counts: countsOf(rows, all.rowCount - matured.rowCount),
  };
}

/**
 * Every transaction, also those whose dispute may still come: what the states of customers and counterparties are built
 * from. @throws PipelineError `DATASET_NOT_FOUND`, `MISSING_COLUMN`.
 */
export function allTransactions(tables: SnapshotTables, { timeZone }: Pick<SnapshotMoment, 'timeZone'>): Table {
  const rows = readTransactions(
    snapshotTable(tables, 'transactions'),
    feedbackOf(tables.prediction_feedback),
    timeZone,
  );
  return stateColumns(rows);
}

/**
 * Every transaction old enough for its dispute to have arrived, with the features known strictly before it. Label:
 * disputed. Verdicts of analysts are kept beside it for training. A verdict may name no customer, so that feedback is
 * read whole.
 */
export const rowsByUser: RowsByUser = {
  whole: ['prediction_feedback'],
  rows: maturedTransactions,
  conclude,
  grouped: counterpartyColumns,
};

/**
 * The rows of all customers at once.
 * @throws PipelineError `DATASET_NOT_FOUND` without transactions; `MISSING_COLUMN`.
 */
export const labelledTransactions = rowsOfAll(rowsByUser);
