import { daysInMonth, firstDayOf } from '../calendar/index.js';
import { assignMonths, type Occurrence, type Payment, usualDay } from './occurrences.js';
import { changesOf, median, priceIn, priceOf, type Price } from './price.js';

/** Months from one payment to the next. */
export type Period = 1 | 3 | 6 | 12;

/** A recurring payment by agreement: rent, instalment, subscription, insurance premium. */
export interface RecurringItem {
  readonly period: Period;
  /** Usual day of the month, 1 … 31. */
  readonly day: number;
  readonly price: Price;
  /** Month of the last payment, see `calendar/months.ts`. */
  readonly lastMonth: number;
  readonly payments: number;
  /** Periods between the first and the last payment that have none. */
  readonly missed: number;
  /** Payments more than a week after their usual day. */
  readonly late: number;
  /** `overdue`: the last period has no payment. `ended`: the last two periods have none. */
  readonly standing: 'regular' | 'overdue' | 'ended';
}

export interface RecurringOptions {
  /** First day after the known payments. */
  readonly asOf: number;
  /** Prior knowledge of the period (premiums are yearly), with which one payment is sufficient. @default null */
  readonly hint?: Period | null;
  /**
   * Log growth of prices in a year, as similar items have it: a yearly item is expected to follow it until it shows two
   * steps of its own. @default 0
   */
  readonly usualGrowth?: number;
}

/** Conditions under which payments recur with a period. */
interface PeriodRule {
  readonly period: Period;
  /** Smallest number of payments. */
  readonly least: number;
  /** Largest circular standard deviation of the day of the month, in days. */
  readonly spread: number;
}

const periodRules: readonly PeriodRule[] = [
  { period: 1, least: 3, spread: 4.5 },
  { period: 3, least: 3, spread: 6 },
  { period: 6, least: 3, spread: 6 },
  { period: 12, least: 3, spread: 8 },
];

/** Smallest share of the steps between payments that must have the length of the period. */
const REGULAR_SHARE = 0.75;
/** Largest median absolute log change between payments of a monthly item; it grows with the root of the period. */
const LARGEST_CHANGE = 0.08;
/** Number of latest payments from which the price is estimated. */
const PRICE_WINDOW = 25;
/** Days after the usual day from which a payment counts as late. */
const LATE_DAYS = 7;
/** Probability of a payment after one that is overdue. */
const OVERDUE_SHARE = 0.5;

/** Sums several payments for one month, for instance a missed rent that is paid with the next. */
function mergeByMonth(occurrences: readonly Occurrence[]): Occurrence[] {
  const months = new Map<number, Occurrence>();
  for (const occurrence of occurrences) {
    const before = months.get(occurrence.month);
    months.set(occurrence.month, before ? { ...before, amount: before.amount + occurrence.amount } : occurrence);
  }
  return [...months.values()];
}

/** Number of steps with the length of the period, and of periods without a payment. */
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

/** Whether several payments a month are frequent, as for purchases. */
const hasSeveralPerMonth = (payments: readonly Payment[], occurrences: readonly Occurrence[]): boolean =>
  payments.length > 1.25 * occurrences.length + 1;

function standingOf(last: Occurrence, period: Period, asOf: number): RecurringItem['standing'] {
  const overdueFrom = firstDayOf(last.month + period + 1);
  if (asOf < overdueFrom) return 'regular';
  return asOf < firstDayOf(last.month + 2 * period + 1) ? 'overdue' : 'ended';
}

/** Payments that recur with a period. */
interface Candidate {
  readonly period: Period;
  /** Usual day of the month. */
  readonly day: number;
  readonly occurrences: readonly Occurrence[];
  readonly missed: number;
}

/** Payments with their usual day of the month; the occurrences are the same for every rule. */
interface Described {
  readonly payments: readonly Payment[];
  readonly day: number;
  readonly spread: number;
  readonly occurrences: readonly Occurrence[];
}

/** Largest spread of all rules: payments beyond it fit none, and are not assigned to months. */
const LARGEST_SPREAD = Math.max(...periodRules.map(({ spread }) => spread));
const FEWEST_PAYMENTS = Math.min(...periodRules.map(({ least }) => least));

const occurrencesOf = (payments: readonly Payment[], day: number): Occurrence[] =>
  mergeByMonth(assignMonths(payments, day));

/** Null for payments that fit no rule: too few, or on too different days. */
function describe(payments: readonly Payment[]): Described | null {
  if (payments.length < FEWEST_PAYMENTS) return null;
  const { day, spread } = usualDay(payments);
  return spread > LARGEST_SPREAD ? null : { payments, day, spread, occurrences: occurrencesOf(payments, day) };
}

/** The payments as a candidate when they fulfil the rule, else null. */
function matchRule({ payments, day, spread, occurrences }: Described, rule: PeriodRule): Candidate | null {
  const { period, least } = rule;
  if (payments.length < least || spread > rule.spread) return null;
  if (occurrences.length < least || hasSeveralPerMonth(payments, occurrences)) return null;
  const { fitting, missed } = countSteps(occurrences, period);
  if (fitting < REGULAR_SHARE * (occurrences.length - 1)) return null;
  return { period, day, occurrences, missed };
}

/** The payments as a candidate when all steps are compatible with the hinted period, else null. */
function matchHint(payments: readonly Payment[], period: Period): Candidate | null {
  const { day } = usualDay(payments);
  const occurrences = occurrencesOf(payments, day);
  const { fitting, missed } = countSteps(occurrences, period);
  if (fitting + missed < occurrences.length - 1) return null;
  return { period, day, occurrences, missed };
}

/** The candidate as an item; null when its amounts change too much. */
function toItem({ period, day, occurrences, missed }: Candidate, options: RecurringOptions): RecurringItem | null {
  const recent = occurrences.slice(-PRICE_WINDOW);
  const changes = changesOf(recent).map(Math.abs);
  if (median(changes) > LARGEST_CHANGE * Math.sqrt(period)) return null;
  const last = occurrences.at(-1)!;
  return {
    period,
    day,
    price: priceOf(recent, { period, usualGrowth: options.usualGrowth ?? 0 }),
    lastMonth: last.month,
    payments: occurrences.length,
    missed,
    late: occurrences.filter(({ delay }) => delay > LATE_DAYS).length,
    standing: standingOf(last, period, options.asOf),
  };
}

/**
 * Recognises a payment that recurs monthly, quarterly, half-yearly or yearly at a nearly constant price: at least three
 * payments (one with a hint) with steps of that period, similar days of the month and similar consecutive amounts. Price
 * steps and single late or missed payments are allowed. Deterministic, O(n log n).
 * @param payments - one stream (a payee in a category), in any order; those at or after `asOf` are ignored.
 * @returns null when the payments do not recur.
 */
export function findRecurring(payments: readonly Payment[], options: RecurringOptions): RecurringItem | null {
  const { asOf, hint = null } = options;
  const known = payments.filter(({ day, amount }) => day < asOf && amount > 0).sort((a, b) => a.day - b.day);
  if (known.length === 0) return null;
  const described = describe(known);
  for (const rule of described === null ? [] : periodRules) {
    const candidate = matchRule(described!, rule);
    if (candidate !== null) return toItem(candidate, options);
  }
  const candidate = hint === null ? null : matchHint(known, hint);
  return candidate === null ? null : toItem(candidate, options);
}

/** An expected payment. */
export interface ExpectedPayment {
  readonly month: number;
  /** Day of the month. */
  readonly day: number;
  /** Price times the probability of the payment. */
  readonly amount: number;
}

/**
 * Expected payments of an item.
 * @param months - first month and number of months.
 * @returns one entry for each month in which a payment is due; none for an item that ended.
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

/** Groups payments of similar amounts: a payee may be paid for several items. @param tolerance - relative. */
function clusterAmounts(payments: readonly Payment[], tolerance = 0.01): Payment[][] {
  const sorted = [...payments].sort((a, b) => a.amount - b.amount || a.day - b.day);
  const clusters: Payment[][] = [];
  for (const payment of sorted) {
    const open = clusters.at(-1);
    if (open !== undefined && payment.amount <= open[0]!.amount * (1 + tolerance)) open.push(payment);
    else clusters.push([payment]);
  }
  return clusters;
}

/** An item with its payments. */
export interface FoundItem {
  readonly item: RecurringItem;
  readonly payments: readonly Payment[];
}

/**
 * All items of a stream: the whole stream, or else each group of similar amounts in it that recurs.
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
