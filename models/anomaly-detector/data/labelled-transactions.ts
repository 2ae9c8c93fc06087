import type { SnapshotTables } from '../../../contracts/backend.js';
import type { LabelledRows, SnapshotMoment } from '../../../contracts/model-definition.js';
import type { Table } from '../../../contracts/table.js';
import { DAY_MS } from '../../../feature-store/definitions/event-index.js';
import { transactionFeatureNames } from '../../../feature-store/definitions/transaction-context.js';
import { utcOffsetHours } from '../../../learning/time-series/calendar/index.js';
import { numberColumn, snapshotTable, textColumn, timestampColumn, withColumn } from '../../../learning/table.js';
import { columnNames } from './columns.js';
import { contextTable, type LabelledTransaction } from './context-table.js';
import { stateTable } from './states/read-rows.js';

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

/** The merchant, else the description without its numbers (references, dates differ from booking to booking). */
const partyOf = (merchant: string | null, description: string | null): string | null =>
  merchant ?? description?.replace(/\d+/g, '') ?? null;

/** The columns that a transaction is read from. */
function readColumns(table: Table) {
  return {
    ids: textColumn(table, 'id'),
    users: textColumn(table, 'user_id'),
    merchants: textColumn(table, 'merchant'),
    descriptions: textColumn(table, 'description'),
    categories: textColumn(table, 'category'),
    amounts: numberColumn(table, 'amount'),
    currencies: textColumn(table, 'currency'),
    times: timestampColumn(table, 'booked_at'),
    disputed: timestampColumn(table, 'disputed_at'),
  };
}

/** The earlier of dispute and confirmation; NaN when there was neither. */
function misuseKnownAt(disputedAt: number, feedback: Feedback | undefined): number {
  const confirmedAt = feedback?.verdict === 1 ? feedback.at : Number.NaN;
  if (Number.isNaN(disputedAt) || Number.isNaN(confirmedAt)) return Number.isNaN(disputedAt) ? confirmedAt : disputedAt;
  return Math.min(disputedAt, confirmedAt);
}

const unnamed = (text: string | null | undefined): string => text ?? '';

function readTransactions(
  table: Table,
  feedback: ReadonlyMap<string, Feedback>,
  timeZone: string | undefined,
): LabelledTransaction[] {
  const { ids, users, merchants, descriptions, categories, amounts, currencies, times, disputed } = readColumns(table);
  return Array.from(times, (bookedAt, row): LabelledTransaction => {
    const id = unnamed(ids[row]);
    const reviewed = feedback.get(id);
    return {
      id,
      customer: unnamed(users[row]),
      counterparty: partyOf(merchants[row]!, descriptions[row]!),
      category: categories[row]!,
      bookedAt,
      amount: amounts[row]!,
      utcOffsetHours: utcOffsetHours(timeZone ?? utcOffsetHoursOf[unnamed(currencies[row])] ?? 0, bookedAt),
      misuseKnownAt: misuseKnownAt(disputed[row]!, reviewed),
      label: Number.isNaN(disputed[row]) ? 0 : 1,
      verdict: reviewed?.verdict ?? Number.NaN,
    };
  });
}

function describe(rows: readonly LabelledTransaction[], open: number): string[] {
  const count = (of: (row: LabelledTransaction) => boolean): number => rows.filter(of).length;
  const confirmed = count(({ verdict }) => verdict === 1);
  const dismissed = count(({ verdict }) => verdict === 0);
  return [
    `${count(({ label }) => label === 1)} of ${rows.length} transactions were disputed: the label`,
    `${open} transactions of the last ${MATURING_DAYS} days are left out: their disputes have not arrived yet`,
    `analysts confirmed ${confirmed} and dismissed ${dismissed} alerts: learned from once known, never judged by`,
  ];
}

/** Labels become unknown: a source that records neither disputes nor verdicts does not say that there was no fraud. */
function withoutLabels(rows: readonly LabelledTransaction[]): LabelledTransaction[] {
  return rows.map((row) => ({ ...row, label: Number.NaN }));
}

/** Time of the newest transaction: a source without newer rows has no newer disputes either. */
const newestOf = (rows: readonly LabelledTransaction[]): number =>
  rows.reduce((newest, { bookedAt }) => Math.max(newest, bookedAt), -Infinity);

const transactionsOf = (tables: SnapshotTables, timeZone: string | undefined): LabelledTransaction[] =>
  readTransactions(snapshotTable(tables, 'transactions'), feedbackOf(tables.prediction_feedback), timeZone);

/**
 * Every transaction, also those whose dispute may still come: what the states of customers and counterparties are built
 * from. @throws PipelineError `DATASET_NOT_FOUND`, `MISSING_COLUMN`.
 */
export const allTransactions = (tables: SnapshotTables, { timeZone }: Pick<SnapshotMoment, 'timeZone'>): Table =>
  stateTable(transactionsOf(tables, timeZone));

/**
 * The backend's rows: every transaction old enough for its dispute to have arrived, with the features known strictly
 * before it. Label: disputed. Verdicts of analysts are kept beside it for training.
 * @throws PipelineError `DATASET_NOT_FOUND` without transactions; `MISSING_COLUMN`.
 */
export function labelledTransactions(tables: SnapshotTables, snapshot: Omit<SnapshotMoment, 'source'>): LabelledRows {
  const history = transactionsOf(tables, snapshot.timeZone);
  const end = Math.min(snapshot.asOf, newestOf(history));
  const matured = history.filter(({ bookedAt }) => bookedAt < end - MATURING_DAYS * DAY_MS);
  const labelled = matured.some(({ misuseKnownAt, verdict }) => misuseKnownAt > 0 || verdict >= 0);
  const rows = labelled ? matured : withoutLabels(matured);
  const table = contextTable(rows, history, transactionFeatureNames);
  const named = withColumn(table, 'entity_id', table.columns[columnNames.customer]!);
  return {
    table: withColumn(named, 'as_of', table.columns[columnNames.time]!),
    notes: labelled
      ? describe(rows, history.length - rows.length)
      : ['the source records neither disputes nor verdicts'],
  };
}
