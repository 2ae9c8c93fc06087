import { daysInMonth, firstDayOf, monthOfDay } from '../calendar/index.js';
import { assignMonths, type Occurrence, type Payment, usualDay } from './occurrences.js';
import { changesOf, median, priceIn, priceOf, type Price } from './price.js';

/** Months from one payment to the next. */
export type Period = 1 | 3 | 6 | 12;

/** A payment that comes again by agreement: rent, instalment, subscription, premium. */
export interface RecurringItem {
  readonly period: Period;
  /** Usual day of the month, 1 … 31. */
  readonly day: number;
  readonly price: Price;
  /** Month of the last payment, see `calendar/months.ts`. */
  readonly lastMonth: number;
  readonly payments: number;
  /** Periods between first and last payment without any. */
  readonly missed: number;
  /** Payments more than a week after their usual day. */
  readonly late: number;
  /** `overdue`: the last period has no payment; then the next is as likely as not. */
  readonly standing: 'regular' | 'overdue' | 'ended';
}

export interface RecurringOptions {
  /** First day that is not known yet. */
  readonly asOf: number;
  /** A period known from elsewhere (premiums are yearly), which one payment then suffices for. @default null */
  readonly hint?: Period | null;
}

interface Rhythm {
  readonly period: Period;
  /** Fewest payments that prove it. */
  readonly least: number;
  /** Days that a payment may lie off its usual day, as a standard deviation. */
  readonly spread: number;
}

const rhythms: readonly Rhythm[] = [
  { period: 1, least: 3, spread: 4.5 },
  { period: 3, least: 3, spread: 6 },
  { period: 6, least: 3, spread: 6 },
  { period: 12, least: 3, spread: 8 },
];

/** Share of the steps from payment to payment that must fit the period. */
const REGULAR_SHARE = 0.75;
/** Median change from one payment to the next above which a bill is no fixed one. */
const LARGEST_CHANGE = 0.08;
/** Prices are looked at over so many payments only: what was dear two years ago is history. */
const PRICE_WINDOW = 25;
const LATE_DAYS = 7;
/** A payment expected after one that did not come: as likely as not. */
const OVERDUE_SHARE = 0.5;

/** Several payments for one month count as one of their sum, as when a missed rent is paid with the next. */
function oneAMonth(occurrences: readonly Occurrence[]): Occurrence[] {
  const months = new Map<number, Occurrence>();
  for (const occurrence of occurrences) {
    const before = months.get(occurrence.month);
    months.set(occurrence.month, before ? { ...before, amount: before.amount + occurrence.amount } : occurrence);
  }
  return [...months.values()];
}

/** Steps of the period's length, and whole periods that were skipped. */
function countSteps(occurrences: readonly Occurrence[], period: Period): { readonly fitting: number; missed: number } {
  let [fitting, missed] = [0, 0];
  for (let i = 1; i < occurrences.length; i++) {
    const months = occurrences[i]!.month - occurrences[i - 1]!.month;
    if (months % period !== 0) continue;
    if (months === period) fitting += 1;
    else missed += months / period - 1;
  }
  return { fitting, missed };
}

/** Double payments in a month: a purchase habit, not a bill. */
const isCrowded = (payments: readonly Payment[], occurrences: readonly Occurrence[]): boolean =>
  payments.length > 1.25 * occurrences.length + 1;

function standingOf(last: Occurrence, period: Period, asOf: number): RecurringItem['standing'] {
  // The period is over when its month and a late payer's margin have gone by.
  const overdueFrom = firstDayOf(last.month + period + 1);
  if (asOf < overdueFrom) return 'regular';
  return asOf < firstDayOf(last.month + 2 * period + 1) ? 'overdue' : 'ended';
}

interface Candidate {
  readonly rhythm: Rhythm;
  readonly usual: { readonly day: number; readonly spread: number };
  readonly occurrences: readonly Occurrence[];
  readonly missed: number;
}

function fits(payments: readonly Payment[], rhythm: Rhythm): Candidate | null {
  if (payments.length < rhythm.least) return null;
  const usual = usualDay(payments);
  if (usual.spread > rhythm.spread) return null;
  const occurrences = oneAMonth(assignMonths(payments, usual.day));
  if (occurrences.length < rhythm.least || isCrowded(payments, occurrences)) return null;
  const { fitting, missed } = countSteps(occurrences, rhythm.period);
  if (fitting < REGULAR_SHARE * (occurrences.length - 1)) return null;
  return { rhythm, usual, occurrences, missed };
}

/** From a hint alone: nothing contradicts it. */
function hinted(payments: readonly Payment[], period: Period): Candidate | null {
  const usual = usualDay(payments);
  const occurrences = oneAMonth(assignMonths(payments, usual.day));
  const { fitting, missed } = countSteps(occurrences, period);
  if (fitting + missed < occurrences.length - 1) return null;
  return { rhythm: { period, least: 1, spread: 31 }, usual, occurrences, missed };
}

function toItem({ rhythm, usual, occurrences, missed }: Candidate, asOf: number): RecurringItem | null {
  const recent = occurrences.slice(-PRICE_WINDOW);
  const changes = changesOf(recent).map(Math.abs);
  if (median(changes) > LARGEST_CHANGE * Math.sqrt(rhythm.period)) return null;
  const last = occurrences.at(-1)!;
  return {
    period: rhythm.period,
    day: usual.day,
    price: priceOf(recent),
    lastMonth: last.month,
    payments: occurrences.length,
    missed,
    late: occurrences.filter(({ delay }) => delay > LATE_DAYS).length,
    standing: standingOf(last, rhythm.period, asOf),
  };
}

/**
 * Recognises a payment that recurs monthly, quarterly, half-yearly or yearly at a nearly fixed price: three payments
 * (one with a hint) whose steps fit the period, whose days of the month lie together and whose amounts change little
 * from one to the next. Price steps, single late and missed months are part of it. Deterministic, O(n log n).
 * @param payments - one stream (a payee in a category), any order; those at or after `asOf` are not looked at.
 * @returns null when the stream is no such item.
 */
export function findRecurring(payments: readonly Payment[], options: RecurringOptions): RecurringItem | null {
  const { asOf, hint = null } = options;
  const known = payments.filter(({ day, amount }) => day < asOf && amount > 0).sort((a, b) => a.day - b.day);
  if (known.length === 0) return null;
  for (const rhythm of rhythms) {
    const candidate = fits(known, rhythm);
    if (candidate !== null) return toItem(candidate, asOf);
  }
  const candidate = hint === null ? null : hinted(known, hint);
  return candidate === null ? null : toItem(candidate, asOf);
}

/** One payment that is expected. */
export interface ExpectedPayment {
  readonly month: number;
  /** Day of the month. */
  readonly day: number;
  /** Price times the probability that it comes. */
  readonly amount: number;
}

/**
 * What an item will cost.
 * @param months - first month and how many.
 * @returns one entry a month in which a payment is due; none for an item that ended.
 */
export function expectPayments(
  item: RecurringItem,
  months: { readonly from: number; readonly count: number },
): ExpectedPayment[] {
  if (item.standing === 'ended') return [];
  const share = item.standing === 'overdue' ? OVERDUE_SHARE : 1;
  return Array.from({ length: months.count }, (_, i) => months.from + i)
    .filter((month) => month > item.lastMonth && (month - item.lastMonth) % item.period === 0)
    .map((month) => ({
      month,
      day: Math.min(item.day, daysInMonth(month)),
      amount: share * priceIn(item.price, item.lastMonth, month),
    }));
}

/** Groups payments whose amounts lie within a hundredth of each other: one payee may be paid for several things. */
export function clusterAmounts(payments: readonly Payment[], tolerance = 0.01): Payment[][] {
  const sorted = [...payments].sort((a, b) => a.amount - b.amount || a.day - b.day);
  const clusters: Payment[][] = [];
  for (const payment of sorted) {
    const open = clusters.at(-1);
    if (open !== undefined && payment.amount <= open[0]!.amount * (1 + tolerance)) open.push(payment);
    else clusters.push([payment]);
  }
  return clusters;
}

/** An item with the payments that belong to it. */
export interface FoundItem {
  readonly item: RecurringItem;
  readonly payments: readonly Payment[];
}

/**
 * All items of a stream: the stream itself, else each price in it that recurs. What is left is bought freely.
 * @param payments - one payee in one category.
 */
export function findItems(payments: readonly Payment[], options: RecurringOptions): FoundItem[] {
  const whole = findRecurring(payments, options);
  if (whole !== null) return [{ item: whole, payments }];
  return clusterAmounts(payments).flatMap((cluster) => {
    const item = cluster.length < payments.length ? findRecurring(cluster, { asOf: options.asOf }) : null;
    return item === null ? [] : [{ item, payments: cluster }];
  });
}

/** First day of the month after a day: from when a month is known whole. */
export const nextMonthStart = (day: number): number => firstDayOf(monthOfDay(day) + 1);
