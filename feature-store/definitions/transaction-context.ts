import type { FeatureField } from '../../contracts/feature-view.js';
import { HOUR_MS, localDay, weekdayOf } from '../../learning/time-series/calendar/index.js';
import { ratio } from './arithmetic.js';
import { DAY_MS, lowerBound } from './event-index.js';
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

/** Features of a transaction, in this order; NaN = unknown. Windows end strictly before the transaction. */
export const transactionFields = {
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
  counterpartyCount1Day: field('count', "The counterparty's transactions of one day, ending 7 days earlier."),
  counterpartyCount7Days: field('count', "The counterparty's transactions of 7 days, ending 7 days earlier."),
  counterpartyCount30Days: field('count', "The counterparty's transactions of 30 days, ending 7 days earlier."),
  counterpartyRisk1Day: field('share', 'Share of them known as misuse by now, one day ending 7 days earlier.'),
  counterpartyRisk7Days: field('share', 'Share of them known as misuse by now, 7 days ending 7 days earlier.'),
  counterpartyRisk30Days: field('share', 'Share of them known as misuse by now, 30 days ending 7 days earlier.'),
} as const satisfies Record<string, Field>;

/** Name of a transaction feature. */
export type TransactionFeature = keyof typeof transactionFields;
/** One value for each feature. */
export type TransactionFeatures = Readonly<Record<TransactionFeature, number>>;
/** Feature names in the order of `transactionFields`. */
export const transactionFeatureNames = Object.keys(transactionFields) as readonly TransactionFeature[];

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
  readonly counterparty: string | null;
  readonly category: string | null;
}

function toCurrent(now: Transaction): CurrentTransaction {
  const { bookedAt, amount, counterparty, category } = now;
  return {
    bookedAt,
    size: Math.abs(amount),
    moneyIn: amount > 0 ? 1 : 0,
    hour: hourOf(now),
    weekday: weekdayOf(localDay(bookedAt, now.utcOffsetHours)),
    counterparty,
    category,
  };
}

function addPast(sums: CustomerSums, past: Timeline, i: number, now: CurrentTransaction): void {
  const age = now.bookedAt - past.time[i]!;
  const size = past.size[i]!;
  addWindows(sums, age, size);
  sums.past += 1;
  if (now.category !== null && past.category[i] === now.category) {
    sums.categoryCount += 1;
    sums.categorySum += size;
  }
  if (size > sums.maximum) sums.maximum = size;
  if (clockDistance(past.hour[i]!, now.hour) <= HABIT_HOURS) sums.nearHour += 1;
  if (now.counterparty === null || past.counterparty[i] !== now.counterparty) return;
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
  if (now.counterparty === null || past === 0) return Number.NaN;
  return visits === 0 ? 1 : 0;
}

function featuresOf(now: CurrentTransaction, sums: CustomerSums, counterparty: CounterpartyPast): TransactionFeatures {
  const mean30Days = ratio(sums.sum30Days, sums.count30Days);
  return {
    amount: now.size,
    moneyIn: now.moneyIn,
    amountToMean30Days: ratio(now.size, mean30Days),
    amountToCategoryMean90Days: ratio(now.size, ratio(sums.categorySum, sums.categoryCount)),
    amountToMaximum90Days: ratio(now.size, sums.maximum),
    count1Hour: sums.count1Hour,
    count1Day: sums.count1Day,
    count7Days: sums.count7Days,
    count30Days: sums.count30Days,
    mean1Day: ratio(sums.sum1Day, sums.count1Day),
    mean7Days: ratio(sums.sum7Days, sums.count7Days),
    mean30Days,
    counterpartyVisits90Days: sums.visits,
    newCounterparty: isNewCounterparty(now, sums),
    repeats1Day: sums.repeats,
    hour: now.hour,
    night: now.hour < NIGHT_ENDS ? 1 : 0,
    weekend: now.weekday >= SATURDAY ? 1 : 0,
    hourShare90Days: ratio(sums.nearHour, sums.past),
    counterpartyCount1Day: delayedCount(counterparty, now.bookedAt, 1),
    counterpartyCount7Days: delayedCount(counterparty, now.bookedAt, 7),
    counterpartyCount30Days: delayedCount(counterparty, now.bookedAt, 30),
    counterpartyRisk1Day: delayedRisk(counterparty, now.bookedAt, 1),
    counterpartyRisk7Days: delayedRisk(counterparty, now.bookedAt, 7),
    counterpartyRisk30Days: delayedRisk(counterparty, now.bookedAt, 30),
  };
}

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
  const now = toCurrent(transaction);
  return featuresOf(now, customerSums(customer, now), now.counterparty === null ? noCounterpartyPast : counterparty);
}

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
