import { z } from 'zod';
import {
  daysInMonth,
  firstDayOf,
  isoDate,
  isoMonth,
  monthOfDay,
} from '../../../learning/time-series/calendar/index.js';
import { boundsAt, type ConformalBounds, type ConformalState } from '../../../learning/evaluation/conformal/index.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';
import { naiveScale } from '../../../learning/evaluation/metrics/forecast.js';
import { categoryScale, bandScale, totalScale } from '../forecast/calibration.js';
import { addDays, dailyAmounts, sumDays } from '../forecast/days.js';
import { type CustomerForecast } from '../forecast/customer-forecast.js';
import { monthlyAmounts, totalIn } from '../forecast/history.js';
import type { LearnedModel } from '../forecast/learned-model.js';
import { committedCategories } from '../data/vocabulary.js';
import type { KnownHistory } from './known-history.js';

const amount = z.number();
const banded = z.strictObject({ mean: amount, low80: amount, high80: amount, low95: amount, high95: amount });
export type Banded = z.infer<typeof banded>;

const month = z.strictObject({
  month: z.string().describe('YYYY-MM'),
  from: z.iso.date().describe('first day that is forecast'),
  days: z.int().describe('days of the month that are forecast'),
  total: banded,
  /** Spending in categories that are not committed, see `data/vocabulary.ts`. */
  discretionary: amount,
  /** Recurring bills, part of the total. */
  recurring: amount,
  lastYear: amount.nullable().describe('what was spent in the same month a year before; null = not known'),
  categories: z.record(z.string(), banded),
});
const week = z.strictObject({
  from: z.iso.date(),
  days: z.int(),
  total: banded,
  categories: z.record(z.string(), amount),
});
const day = z.strictObject({ date: z.iso.date(), ...banded.shape });
const billSchema = z.strictObject({
  category: z.string(),
  payee: z.string().nullable(),
  everyMonths: z.int(),
  day: z.int(),
  amount,
  next: z.string().nullable().describe('YYYY-MM of the next one within the horizon'),
  lastPaid: z.iso.date().nullable().describe('day of the last payment before asOf; null = none yet'),
  standing: z.enum(['regular', 'overdue', 'loan']),
});

/** A forecast. Amounts are money out, positive, in the unit of the transactions. */
export const output = z.strictObject({
  asOf: z.iso.date(),
  customerKnown: z.boolean().describe('false = no stored history; what was sent is all there is'),
  knownTo: z.iso.date().nullable().describe('last day of the known history; null = nothing is known'),
  notes: z.array(z.string()).describe('what was left out, and days that are neither known nor asked for'),
  /** True with too little history: the forecast is based on similar customers. */
  coldStart: z.boolean(),
  historyMonths: z.int(),
  /** Strength of the common seasons for the customer; 1 = that of all customers. */
  seasonStrength: z.number(),
  /** Series → name of its forecaster. */
  forecasters: z.record(z.string(), z.string()),
  /** Mean absolute change from month to month so far, by category and for `total` and `discretionary`: scale of MASE. */
  monthToMonth: z.record(z.string(), z.number()),
  monthly: z.array(month),
  weekly: z.array(week),
  daily: z.array(day),
  bills: z.array(billSchema),
});
export type SpendingAnswer = z.infer<typeof output>;
type MonthAnswer = SpendingAnswer['monthly'][number];

const cents = (value: number): number => Math.round(value * 100) / 100;

/** Forecast whose band is looked up. */
interface BandQuery {
  readonly mean: number;
  readonly scale: number;
  readonly horizon: number;
  readonly group?: string;
}

/** Bounds of the two levels that an answer has. */
interface FoundBounds {
  readonly narrow: ConformalBounds;
  readonly wide: ConformalBounds;
}

/** Bounds by model part, group and horizon: an answer asks for hundreds of them, most of which it has asked for before. */
const knownBounds = new WeakMap<ConformalState, Map<string, FoundBounds>>();

function findBounds(state: ConformalState, horizon: number, group: string): FoundBounds {
  let known = knownBounds.get(state);
  if (known === undefined) knownBounds.set(state, (known = new Map<string, FoundBounds>()));
  const key = `${group} ${horizon}`;
  let found = known.get(key);
  if (found === undefined) {
    const bounds = boundsAt(state, horizon, group);
    const at = (level: number): ConformalBounds => bounds.find((bound) => bound.level === level)!;
    known.set(key, (found = { narrow: at(0.8), wide: at(0.95) }));
  }
  return found;
}

/** Bands around a mean. They are not negative and contain the mean. */
export function bandsOf(state: ConformalState, { mean, scale, horizon, group = '' }: BandQuery): Banded {
  const bounds = findBounds(state, horizon, group);
  const at = ({ low, high }: ConformalBounds): { low: number; high: number } => ({
    low: cents(Math.max(0, Math.min(mean, mean + scale * low))),
    high: cents(Math.max(mean, mean + scale * high)),
  });
  const [narrow, wide] = [at(bounds.narrow), at(bounds.wide)];
  return { mean: cents(mean), low80: narrow.low, high80: narrow.high, low95: wide.low, high95: wide.high };
}

/** A forecast with everything that the answer needs. */
interface AnswerInput {
  readonly known: KnownHistory;
  readonly forecast: CustomerForecast;
  readonly model: LearnedModel;
  readonly days: number;
}

/** (days,) amounts from the first day that is forecast. */
interface Daily {
  readonly categories: ReadonlyMap<string, Float64Array>;
  /** Bills by category. */
  readonly owed: ReadonlyMap<string, Float64Array>;
  /** All bills. */
  readonly recurring: Float64Array;
  readonly total: Float64Array;
}

function dailyOf({ known: { asOf }, forecast, model, days }: AnswerInput): Daily {
  const skipped = asOf - firstDayOf(forecast.span.from);
  const cut = (values: Float64Array): Float64Array => values.subarray(skipped, skipped + days);
  const { free, owed: bills } = dailyAmounts(forecast, model.profile);
  const owed = new Map([...bills].map(([name, values]) => [name, cut(values)]));
  const names = [...new Set([...free.keys(), ...bills.keys()])].sort();
  const categories = new Map(
    names.map((name) => [name, addDays(days, free.get(name)?.subarray(skipped), owed.get(name))]),
  );
  return { categories, owed, recurring: sumDays(owed.values(), days), total: sumDays(categories.values(), days) };
}

const noBills = new Float64Array(0);

const sumBetween = (values: Float64Array, from: number, to: number): number => sum(values.subarray(from, to));

/** Category → banded amount of the days `part`; categories without spending are left out. */
function categoryBands(request: AnswerInput, daily: Daily, part: readonly [number, number], horizon: number) {
  const { model } = request;
  const total = sumBetween(daily.total, ...part);
  const usual = total / Math.max(1, daily.categories.size);
  const entries = [...daily.categories].map(([name, values]) => {
    const mean = sumBetween(values, ...part);
    const owed = sumBetween(daily.owed.get(name) ?? noBills, ...part);
    const place = categoryScale({ category: name, mean, owed, usual });
    return [name, bandsOf(model.bands.category, { mean, horizon, ...place })] as const;
  });
  return Object.fromEntries(entries.filter(([, band]) => band.high95 > 0));
}

/** Actual amount of the same month a year before; null when that month is not in the history. */
function lastYearOf({ known: { history }, forecast }: AnswerInput, number: number): number | null {
  const before = number - 12;
  if (history.first === null || before < history.first || before >= forecast.span.from) return null;
  return cents(totalIn(history, before, () => true));
}

function monthlyAnswer(request: AnswerInput, daily: Daily): MonthAnswer[] {
  const { forecast, model, days } = request;
  const { asOf } = request.known;
  const { span, historyMonths } = forecast;
  const unasked = monthOfDay(asOf) - span.from;
  return Array.from({ length: span.count - unasked }, (_, i) => {
    const h = unasked + i;
    const number = span.from + h;
    const from = Math.max(0, firstDayOf(number) - asOf);
    const to = Math.min(days, firstDayOf(number + 1) - asOf);
    const mean = sumBetween(daily.total, from, to);
    const owed = sumBetween(daily.recurring, from, to);
    const discretionary = [...daily.categories].filter(([name]) => !committedCategories.has(name));
    return {
      month: isoMonth(number),
      from: isoDate(asOf + from),
      days: to - from,
      total: bandsOf(model.bands.month, { mean, horizon: h + 1, ...totalScale({ mean, owed, historyMonths }) }),
      discretionary: cents(sum(discretionary.map(([, values]) => sumBetween(values, from, to)))),
      recurring: cents(owed),
      lastYear: lastYearOf(request, number),
      categories: categoryBands(request, daily, [from, to], h + 1),
    };
  });
}

function weeklyAnswer({ model, known: { asOf }, days }: AnswerInput, daily: Daily): SpendingAnswer['weekly'] {
  const usual = (sumBetween(daily.total, 0, days) / days) * 7;
  return Array.from({ length: Math.ceil(days / 7) }, (_, i) => {
    const [from, to] = [7 * i, Math.min(days, 7 * i + 7)];
    const mean = sumBetween(daily.total, from, to);
    const share = (to - from) / 7;
    const categories = [...daily.categories].map(([name, values]) => [name, cents(sumBetween(values, from, to))]);
    return {
      from: isoDate(asOf + from),
      days: to - from,
      total: bandsOf(model.bands.week, { mean, scale: bandScale(mean, usual * share), horizon: i + 1 }),
      categories: Object.fromEntries(categories) as Record<string, number>,
    };
  });
}

function dailyAnswer({ model, known: { asOf }, days }: AnswerInput, daily: Daily): SpendingAnswer['daily'] {
  const usual = sumBetween(daily.total, 0, days) / days;
  return Array.from(daily.total, (mean, i) => ({
    date: isoDate(asOf + i),
    ...bandsOf(model.bands.day, { mean, scale: bandScale(mean, usual), horizon: i + 1 }),
  }));
}

type Bill = CustomerForecast['bills'][number];

/** The first expected payment on one of the forecast days. */
function nextPayment({ expected }: Bill, { known: { asOf }, days }: AnswerInput): Bill['expected'][number] | undefined {
  return expected.find(({ month: at, day: on }) => {
    const due = firstDayOf(at) + Math.min(on, daysInMonth(at)) - 1;
    return due >= asOf && due < asOf + days;
  });
}

/** Largest relative distance from a bill's price of a payment to the same payee that is one of the bill's. */
const NEAR_PRICE = 0.25;

/** Day of a bill's last known payment; the history ends before the first day that is forecast. */
function lastPaymentOf({ category, payee, item, price }: Bill, { history }: KnownHistory): number | null {
  let last: number | null = null;
  for (const stream of history.streams.values()) {
    if (stream.category !== category || (item !== null && stream.payee !== payee)) continue;
    for (const { day, amount } of stream.payments)
      if (Math.abs(amount - price) <= NEAR_PRICE * price) last = Math.max(last ?? day, day);
  }
  return last;
}

const standingOf = ({ item }: Bill): SpendingAnswer['bills'][number]['standing'] => {
  if (item === null) return 'loan';
  return item.standing === 'overdue' ? 'overdue' : 'regular';
};

function billAnswer(bill: Bill, request: AnswerInput): SpendingAnswer['bills'][number] {
  const { category, payee, item, period, expected, price } = bill;
  const next = nextPayment(bill, request);
  const payment = next ?? expected[0];
  const lastPaid = lastPaymentOf(bill, request.known);
  return {
    category,
    payee,
    everyMonths: period,
    day: payment?.day ?? item?.day ?? 1,
    amount: cents(payment?.amount ?? price),
    next: next === undefined ? null : isoMonth(next.month),
    lastPaid: lastPaid === null ? null : isoDate(lastPaid),
    standing: standingOf(bill),
  };
}

const billsAnswer = (request: AnswerInput): SpendingAnswer['bills'] =>
  request.forecast.bills
    .filter(({ item, expected }) => item === null || item.standing !== 'ended' || expected.length > 0)
    .map((bill) => billAnswer(bill, request));

/** Series → mean absolute change from month to month. */
function changesSoFar({ known: { history }, forecast }: AnswerInput): Record<string, number> {
  const until = forecast.span.from;
  const changes: [string, number][] = [];
  const [total, discretionary] = [[] as Float64Array[], [] as Float64Array[]];
  for (const category of [...history.months.keys()].sort()) {
    const values = monthlyAmounts(history, category, until);
    changes.push([category, cents(naiveScale(values, 1))]);
    total.push(values);
    if (!committedCategories.has(category)) discretionary.push(values);
  }
  const length = total[0]?.length ?? 0;
  changes.push(['total', cents(naiveScale(sumDays(total, length), 1))]);
  changes.push(['discretionary', cents(naiveScale(sumDays(discretionary, length), 1))]);
  return Object.fromEntries(changes);
}

/** The answer of a forecast; monthly and weekly amounts are sums of the daily ones. */
export function answerOf(request: AnswerInput): SpendingAnswer {
  const { forecast, known } = request;
  const daily = dailyOf(request);
  return {
    asOf: isoDate(known.asOf),
    customerKnown: known.customerKnown,
    knownTo: known.until === null ? null : isoDate(known.until - 1),
    notes: [...known.notes],
    coldStart: forecast.coldStart,
    historyMonths: forecast.historyMonths,
    seasonStrength: Math.round(forecast.strength * 1000) / 1000,
    forecasters: { ...forecast.forecasters },
    monthToMonth: changesSoFar(request),
    monthly: monthlyAnswer(request, daily),
    weekly: weeklyAnswer(request, daily),
    daily: dailyAnswer(request, daily),
    bills: billsAnswer(request),
  };
}
