import type { EncodedValues } from '../../contracts/table.js';
import { encode } from '../../learning/encoded-text.js';
import { localHour } from '../../learning/time-series/calendar/index.js';
import { lowerBound } from './event-index.js';
import { groupBy } from '../../learning/group-by.js';

/** The fields of a transaction that its features use. */
export interface Transaction {
  readonly customer: string;
  /** Merchant, terminal or payee; null = unknown. */
  readonly counterparty: string | null;
  readonly category: string | null;
  /** Milliseconds since the epoch. */
  readonly bookedAt: number;
  /** Negative = money out. Only transactions of the same direction are compared with each other. */
  readonly amount: number;
  /** UTC offset of the customer's time zone, in hours. */
  readonly utcOffsetHours: number;
}

/** A transaction of the history, with its label. */
export interface PastTransaction extends Transaction {
  /** When it became known as misuse, milliseconds since the epoch; NaN = not known. */
  readonly misuseKnownAt: number;
}

/** One customer's transactions in order of time, equal times in input order; all arrays are (n,). */
export interface Timeline {
  readonly time: Float64Array;
  /** Amount without sign. */
  readonly size: Float64Array;
  readonly moneyIn: Uint8Array;
  /** Local time of day in hours. */
  readonly hour: Float64Array;
  readonly counterparty: EncodedValues;
  readonly category: EncodedValues;
}

/** Time of day in the customer's time zone, in hours from 0 to 24. */
export const hourOf = ({ bookedAt, utcOffsetHours }: Transaction): number => localHour(bookedAt, utcOffsetHours);

const inOrder = <Row extends Transaction>(rows: readonly Row[]): Row[] =>
  [...rows].sort((a, b) => a.bookedAt - b.bookedAt);

/** A timeline of one owner's transactions, in any order. */
export function timelineOf(unordered: readonly Transaction[]): Timeline {
  const rows = inOrder(unordered);
  return {
    time: Float64Array.from(rows, ({ bookedAt }) => bookedAt),
    size: Float64Array.from(rows, ({ amount }) => Math.abs(amount)),
    moneyIn: Uint8Array.from(rows, ({ amount }) => (amount > 0 ? 1 : 0)),
    hour: Float64Array.from(rows, hourOf),
    counterparty: encode(rows.map(({ counterparty }) => counterparty)),
    category: encode(rows.map(({ category }) => category)),
  };
}

export const emptyTimeline = timelineOf([]);

/** Everybody's transactions with one counterparty, in order of time. */
export interface CounterpartyPast {
  /** Moments at which transactions were booked, ascending. */
  readonly time: Float64Array;
  /** Number of transactions before each moment, and of all of them at the end; null: one a moment. */
  readonly before: Float64Array | null;
  /** When those were booked that are ever known as misuse, ascending; they are few. */
  readonly misusedAt: Float64Array;
  /** When each of them became known. */
  readonly misuseKnownAt: Float64Array;
}

/** One counterparty's transactions, in any order. */
export function counterpartyPastOf(unordered: readonly PastTransaction[]): CounterpartyPast {
  const rows = inOrder(unordered);
  const misused = rows.filter(({ misuseKnownAt }) => !Number.isNaN(misuseKnownAt));
  return {
    time: Float64Array.from(rows, ({ bookedAt }) => bookedAt),
    before: null,
    misusedAt: Float64Array.from(misused, ({ bookedAt }) => bookedAt),
    misuseKnownAt: Float64Array.from(misused, ({ misuseKnownAt }) => misuseKnownAt),
  };
}

export const noCounterpartyPast = counterpartyPastOf([]);

/** Number of the counterparty's transactions strictly before `bound`. O(log n). */
export function countBefore({ time, before }: CounterpartyPast, bound: number): number {
  const index = lowerBound(time, bound);
  return before === null ? index : before[index]!;
}

/** What `build` makes of each owner's rows; rows without a time or an owner are ignored. */
export function groupTimed<Row extends Transaction, Built>(
  rows: readonly Row[],
  ownerOf: (row: Row) => string | null,
  build: (rows: readonly Row[]) => Built,
): ReadonlyMap<string, Built> {
  const groups = groupBy(rows, (row) => (Number.isNaN(row.bookedAt) ? null : ownerOf(row)));
  return new Map(Array.from(groups, ([owner, own]) => [owner, build(own)]));
}
