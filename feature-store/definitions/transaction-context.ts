import type { FeatureField } from '../../contracts/feature-view.js';
import type { EncodedValues } from '../../contracts/table.js';
import { HOUR_MS, localDay, localHour, weekdayOf } from '../../learning/time-series/calendar/index.js';
import { ratio } from './arithmetic.js';
import { DAY_MS, lowerBound, sortByEntity, type SortedEvents } from './event-index.js';
import {
  countBefore,
  type CounterpartyPast,
  counterpartyPastOf,
  emptyTimeline,
  groupTimed,
  hourOf,
  noCounterpartyPast,
  type PastTransaction,
  type Timeline,
  timelineOf,
  type Transaction,
} from './transaction-timeline.js';

export type { PastTransaction, Transaction } from './transaction-timeline.js';

/** Days of the customer's history that the features use, and that a caller has to send. */
export const HISTORY_DAYS = 90;
/** Counterparty windows end this many days before the transaction, because misuse labels arrive late. */
export const LABEL_DELAY_DAYS = 7;
/** Days of the counterparty's history that the features use. */
export const COUNTERPARTY_DAYS = LABEL_DELAY_DAYS + 30;
/** Two payments whose time of day differs by at most this many hours count as the same habit. */
const HABIT_HOURS = 2;
const NIGHT_ENDS = 6;
const SATURDAY = 5;

type Field = Omit<FeatureField, 'name'>;
const field = (unit: FeatureField['unit'], description: string): Field => ({ unit, description });

/** Features of a transaction and its customer's past, in this order; NaN = unknown. Windows end strictly before it. */
const customerFields = {
  amount: field('INR', 'Size of the transaction, without sign.'),
  moneyIn: field('flag', '1 = money in, 0 = money out.'),
  amountToMean30Days: field('ratio', "Amount over the customer's mean of the last 30 days, same direction."),
  amountToCategoryMean90Days: field('ratio', "Amount over the customer's mean in its category, last 90 days."),
  amountToMaximum90Days: field('ratio', "Amount over the customer's largest of the last 90 days, same direction."),
  count1Hour: field('count', "The customer's transactions of the last hour, same direction."),
  count1Day: field('count', "The customer's transactions of the last day, same direction."),
  count7Days: field('count', "The customer's transactions of the last 7 days, same direction."),
  count30Days: field('count', "The customer's transactions of the last 30 days, same direction."),
  mean1Day: field('INR', "Mean of the customer's transactions of the last day, same direction."),
  mean7Days: field('INR', "Mean of the customer's transactions of the last 7 days, same direction."),
  mean30Days: field('INR', "Mean of the customer's transactions of the last 30 days, same direction."),
  counterpartyVisits90Days: field('count', "The customer's transactions with this counterparty, last 90 days."),
  newCounterparty: field(
    'flag',
    '1 = none with this counterparty in 90 days; unknown without counterparty or history.',
  ),
  repeats1Day: field('count', 'Same counterparty and same amount by this customer within the last day.'),
  hour: field('code', "Hour of the day on the customer's clock, 0 to 24, with fraction."),
  night: field('flag', "1 = between midnight and 6:00 on the customer's clock."),
  weekend: field('flag', "1 = Saturday or Sunday on the customer's clock."),
  hourShare90Days: field('share', "Share of the customer's last 90 days within two hours of this time of day."),
} as const satisfies Record<string, Field>;

/** Features of the counterparty's past, in this order. */
const counterpartyFields = {
  counterpartyCount1Day: field('count', "The counterparty's transactions of one day, ending 7 days earlier."),
  counterpartyCount7Days: field('count', "The counterparty's transactions of 7 days, ending 7 days earlier."),
  counterpartyCount30Days: field('count', "The counterparty's transactions of 30 days, ending 7 days earlier."),
  counterpartyRisk1Day: field('share', 'Share of them known as misuse by now, one day ending 7 days earlier.'),
  counterpartyRisk7Days: field('share', 'Share of them known as misuse by now, 7 days ending 7 days earlier.'),
  counterpartyRisk30Days: field('share', 'Share of them known as misuse by now, 30 days ending 7 days earlier.'),
} as const satisfies Record<string, Field>;

/** Features of a transaction, in this order; NaN = unknown. Windows end strictly before the transaction. */
export const transactionFields = { ...customerFields, ...counterpartyFields } as const;

/** Name of a transaction feature. */
export type TransactionFeature = keyof typeof transactionFields;
/** One value for each feature. */
export type TransactionFeatures = Readonly<Record<TransactionFeature, number>>;
/** Feature names in the order of `transactionFields`. */
export const transactionFeatureNames = Object.keys(transactionFields) as readonly TransactionFeature[];
/** Those of the transaction and its customer, the first of them. */
export const customerFeatureNames = Object.keys(customerFields) as readonly TransactionFeature[];
/** Those of the counterparty, the last of them. */
export const counterpartyFeatureNames = Object.keys(counterpartyFields) as readonly TransactionFeature[];

/** Counts and sums over the customer's history, added in order of time. */
interface CustomerSums {
  past: number;
  count1Hour: number;
  count1Day: number;
  sum1Day: number;
  count7Days: number;
  sum7Days: number;
  count30Days: number;
  sum30Days: number;
  categoryCount: number;
  categorySum: number;
  maximum: number;
  nearHour: number;
  visits: number;
  repeats: number;
}

// A plain literal, because one is created for each row and object spreads cost several times as much.
const noSums = (): CustomerSums => ({
  past: 0,
  count1Hour: 0,
  count1Day: 0,
  sum1Day: 0,
  count7Days: 0,
  sum7Days: 0,
  count30Days: 0,
  sum30Days: 0,
  categoryCount: 0,
  categorySum: 0,
  maximum: 0,
  nearHour: 0,
  visits: 0,
  repeats: 0,
});

/** Circular distance of two times of day in hours: 23:00 and 1:00 are two hours apart. */
const clockDistance = (a: number, b: number): number => {
  const distance = Math.abs(a - b);
  return Math.min(distance, 24 - distance);
};

function addWindows(sums: CustomerSums, age: number, size: number): void {
  if (age > 30 * DAY_MS) return;
  sums.count30Days += 1;
  sums.sum30Days += size;
  if (age > 7 * DAY_MS) return;
  sums.count7Days += 1;
  sums.sum7Days += size;
  if (age > DAY_MS) return;
  sums.count1Day += 1;
  sums.sum1Day += size;
  if (age <= HOUR_MS) sums.count1Hour += 1;
}

/** A transaction with the values derived from it that each comparison uses. */
interface CurrentTransaction {
  readonly bookedAt: number;
  readonly size: number;
  readonly moneyIn: number;
  readonly hour: number;
  readonly weekday: number;
  /** Codes of the customer's timeline; −1 = unknown, below = none of its own. */
  readonly counterparty: number;
  readonly category: number;
}

const UNKNOWN = -1;
/** Of a name that the customer's past does not have. */
const NEW = -2;

/** The code of a name in the customer's past. */
function codeOf(name: string | null, { words }: EncodedValues): number {
  if (name === null) return UNKNOWN;
  const code = words.indexOf(name);
  return code < 0 ? NEW : code;
}

function toCurrent(now: Transaction, past: Timeline): CurrentTransaction {
  const { bookedAt, amount, counterparty, category } = now;
  return {
    bookedAt,
    size: Math.abs(amount),
    moneyIn: amount > 0 ? 1 : 0,
    hour: hourOf(now),
    weekday: weekdayOf(localDay(bookedAt, now.utcOffsetHours)),
    counterparty: codeOf(counterparty, past.counterparty),
    category: codeOf(category, past.category),
  };
}

function addPast(sums: CustomerSums, past: Timeline, i: number, now: CurrentTransaction): void {
  const age = now.bookedAt - past.time[i]!;
  const size = past.size[i]!;
  addWindows(sums, age, size);
  sums.past += 1;
  if (now.category !== UNKNOWN && past.category.codes[i] === now.category) {
    sums.categoryCount += 1;
    sums.categorySum += size;
  }
  if (size > sums.maximum) sums.maximum = size;
  if (clockDistance(past.hour[i]!, now.hour) <= HABIT_HOURS) sums.nearHour += 1;
  if (now.counterparty === UNKNOWN || past.counterparty.codes[i] !== now.counterparty) return;
  sums.visits += 1;
  if (age <= DAY_MS && size === now.size) sums.repeats += 1;
}

function customerSums(past: Timeline, now: CurrentTransaction): CustomerSums {
  const sums = noSums();
  const end = lowerBound(past.time, now.bookedAt);
  for (let i = lowerBound(past.time, now.bookedAt - HISTORY_DAYS * DAY_MS); i < end; i++)
    if (past.moneyIn[i] === now.moneyIn) addPast(sums, past, i, now);
  return sums;
}

/** Number of transactions in the window of `days` days that ends `LABEL_DELAY_DAYS` before now. */
function delayedCount(past: CounterpartyPast, now: number, days: number): number {
  const end = now - LABEL_DELAY_DAYS * DAY_MS;
  return countBefore(past, end) - countBefore(past, end - days * DAY_MS);
}

/** Share of the counterparty's transactions in that window that are known as misuse now. */
function delayedRisk(past: CounterpartyPast, now: number, days: number): number {
  const end = now - LABEL_DELAY_DAYS * DAY_MS;
  const last = lowerBound(past.misusedAt, end);
  let known = 0;
  for (let i = lowerBound(past.misusedAt, end - days * DAY_MS); i < last; i++)
    if (past.misuseKnownAt[i]! < now) known += 1;
  return known === 0 ? 0 : known / delayedCount(past, now, days);
}

function isNewCounterparty(now: CurrentTransaction, { past, visits }: CustomerSums): number {
  if (now.counterparty === UNKNOWN || past === 0) return Number.NaN;
  return visits === 0 ? 1 : 0;
}

/** Values in the order of `customerFields`. */
function customerValues(now: CurrentTransaction, past: Timeline): readonly number[] {
  const sums = customerSums(past, now);
  const mean30Days = ratio(sums.sum30Days, sums.count30Days);
  return [
    now.size,
    now.moneyIn,
    ratio(now.size, mean30Days),
    ratio(now.size, ratio(sums.categorySum, sums.categoryCount)),
    ratio(now.size, sums.maximum),
    sums.count1Hour,
    sums.count1Day,
    sums.count7Days,
    sums.count30Days,
    ratio(sums.sum1Day, sums.count1Day),
    ratio(sums.sum7Days, sums.count7Days),
    mean30Days,
    sums.visits,
    isNewCounterparty(now, sums),
    sums.repeats,
    now.hour,
    now.hour < NIGHT_ENDS ? 1 : 0,
    now.weekday >= SATURDAY ? 1 : 0,
    ratio(sums.nearHour, sums.past),
  ];
}

/** Values in the order of `counterpartyFields`. @param now - milliseconds. */
const counterpartyValues = (past: CounterpartyPast, now: number): readonly number[] => [
  delayedCount(past, now, 1),
  delayedCount(past, now, 7),
  delayedCount(past, now, 30),
  delayedRisk(past, now, 1),
  delayedRisk(past, now, 7),
  delayedRisk(past, now, 30),
];

/**
 * Features of one transaction from those strictly before it: of training rows, of requests that send their past, and of
 * those that are answered from stored states.
 * @param customer - the customer's transactions of at least the last {@link HISTORY_DAYS} days.
 * @param counterparty - everybody's transactions with the counterparty, at least the last {@link COUNTERPARTY_DAYS} days.
 */
export function featuresOfTransaction(
  transaction: Transaction,
  customer: Timeline,
  counterparty: CounterpartyPast,
): TransactionFeatures {
  const now = toCurrent(transaction, customer);
  const past = now.counterparty === UNKNOWN ? noCounterpartyPast : counterparty;
  const values = [...customerValues(now, customer), ...counterpartyValues(past, now.bookedAt)];
  return Object.fromEntries(transactionFeatureNames.map((name, i) => [name, values[i]!])) as TransactionFeatures;
}

/** Transactions of some customers; all arrays are (n,). */
export interface TransactionColumns {
  readonly customer: EncodedValues;
  readonly counterparty: EncodedValues;
  readonly category: EncodedValues;
  /** Milliseconds since the epoch. */
  readonly bookedAt: Float64Array;
  /** Negative = money out. */
  readonly amount: Float64Array;
  readonly utcOffsetHours: Float64Array;
}

const pick = (codes: Int32Array, rows: Int32Array): Int32Array => Int32Array.from(rows, (row) => codes[row]!);

/** All customers' transactions in the order of `rows`, of which each customer's are a range. */
function orderedTimeline(all: TransactionColumns, { rows, times }: SortedEvents): Timeline {
  return {
    time: times,
    size: Float64Array.from(rows, (row) => Math.abs(all.amount[row]!)),
    moneyIn: Uint8Array.from(rows, (row) => (all.amount[row]! > 0 ? 1 : 0)),
    hour: Float64Array.from(rows, (row) => localHour(all.bookedAt[row]!, all.utcOffsetHours[row]!)),
    counterparty: { codes: pick(all.counterparty.codes, rows), words: all.counterparty.words },
    category: { codes: pick(all.category.codes, rows), words: all.category.words },
  };
}

const rangeOf = (all: Timeline, from: number, to: number): Timeline => ({
  time: all.time.subarray(from, to),
  size: all.size.subarray(from, to),
  moneyIn: all.moneyIn.subarray(from, to),
  hour: all.hour.subarray(from, to),
  counterparty: { codes: all.counterparty.codes.subarray(from, to), words: all.counterparty.words },
  category: { codes: all.category.codes.subarray(from, to), words: all.category.words },
});

const currentAt = (past: Timeline, i: number, utcOffsetHours: number): CurrentTransaction => ({
  bookedAt: past.time[i]!,
  size: past.size[i]!,
  moneyIn: past.moneyIn[i]!,
  hour: past.hour[i]!,
  weekday: weekdayOf(localDay(past.time[i]!, utcOffsetHours)),
  counterparty: past.counterparty.codes[i]!,
  category: past.category.codes[i]!,
});

/**
 * Features of each transaction from those of its customer strictly before it: the columns of `customerFeatureNames`, in
 * the order of the rows. Rows without a customer or a time have NaN.
 * @returns (features, n)
 */
export function customerFeatures(all: TransactionColumns): Float64Array[] {
  const sorted = sortByEntity(all.customer, all.bookedAt);
  const timeline = orderedTimeline(all, sorted);
  const columns = customerFeatureNames.map(() => new Float64Array(all.bookedAt.length).fill(Number.NaN));
  for (let k = 0; k < all.customer.words.length; k++) {
    const from = sorted.starts[k]!;
    const past = rangeOf(timeline, from, sorted.starts[k + 1]!);
    for (let i = 0; i < past.time.length; i++) {
      const row = sorted.rows[from + i]!;
      const values = customerValues(currentAt(past, i, all.utcOffsetHours[row]!), past);
      for (let j = 0; j < values.length; j++) columns[j]![row] = values[j]!;
    }
  }
  return columns;
}

/**
 * Features of each transaction from all earlier ones with its counterparty: one array for each of
 * `counterpartyFeatureNames`.
 * @param times - (n,) of all transactions with one counterparty, ascending.
 * @param misuseKnownAt - (n,) NaN = not known.
 * @param into - (features, n) to be filled.
 */
export function counterpartyFeatures(
  times: Float64Array,
  misuseKnownAt: Float64Array,
  into: readonly Float64Array[],
): void {
  const misused = (_: number, i: number): boolean => !Number.isNaN(misuseKnownAt[i]);
  const past = {
    time: times,
    before: null,
    misusedAt: times.filter(misused),
    misuseKnownAt: misuseKnownAt.filter(misused),
  };
  for (let i = 0; i < times.length; i++) {
    const values = counterpartyValues(past, times[i]!);
    for (let j = 0; j < values.length; j++) into[j]![i] = values[j]!;
  }
}

/** `counterpartyFeatures` of a transaction without a counterparty. */
export const withoutCounterparty: readonly number[] = counterpartyValues(noCounterpartyPast, 0);

/**
 * Indexes past transactions and returns the function that computes one transaction's features from those strictly
 * before it. Training passes the whole history, serving the customer's last {@link HISTORY_DAYS} days and the
 * counterparty's last {@link COUNTERPARTY_DAYS} days: older transactions are not used and sums run in order of time, so
 * both give the same bits. O(n log n) for the index, O(rows in the windows) for one transaction. Pure.
 * @param history - in any order; rows without a time are ignored.
 * @param counterpartyHistory - transactions of the counterparties. @default history
 */
export function transactionContext(
  history: readonly PastTransaction[],
  counterpartyHistory: readonly PastTransaction[] = history,
): (now: Transaction) => TransactionFeatures {
  const byCustomer = groupTimed(history, ({ customer }) => customer, timelineOf);
  const byCounterparty = groupTimed(counterpartyHistory, ({ counterparty }) => counterparty, counterpartyPastOf);
  return (transaction) =>
    featuresOfTransaction(
      transaction,
      byCustomer.get(transaction.customer) ?? emptyTimeline,
      byCounterparty.get(transaction.counterparty ?? '') ?? noCounterpartyPast,
    );
}
