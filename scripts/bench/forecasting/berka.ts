import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { defaultCandidates, fitOrNull, movingAverage, type Forecaster } from '../../../learning/forecasting/index.js';
import { quantile } from '../../../learning/metrics/index.js';
import {
  expectPayments,
  findItems,
  firstDayOf,
  monthOfDay,
  type Payment,
} from '../../../learning/recurring-items/index.js';
import { benchmarkRow, type BenchmarkContext, type BenchmarkRow } from '../report/suite.js';

const FEWEST_MONTHS = 12;
const ORIGINS = 3;
/** Share of the simple methods' error that must be saved. */
const GAIN = 0.02;
const DAY = 86_400_000;

/** One account's money out: month by month, and by payee. */
interface Account {
  readonly first: number;
  readonly months: number[];
  readonly streams: Map<string, Payment[]>;
}

interface Line {
  readonly account: string;
  readonly day: number;
  readonly out: boolean;
  readonly payment: Payment;
  readonly stream: string;
}

function parseLine(text: string): Line {
  const cells = text.trim().replaceAll('"', '').split(';');
  const [, account = '', date = '', type, operation = '', amount, , symbol = '', bank = '', partner = ''] = cells;
  const [year, month, dayOfMonth] = [0, 2, 4].map((at) => Number(date.slice(at, at + 2)));
  const day = Date.UTC(1900 + year!, month! - 1, dayOfMonth) / DAY;
  const payment = { day, amount: Number(amount) };
  // Everything but PRIJEM leaves: VYDAJ and VYBER, which is a withdrawal in cash.
  return { account, day, out: type !== 'PRIJEM', payment, stream: [operation, symbol, bank, partner].join('|') };
}

function accountOf(lines: readonly Line[]): Account {
  const months = lines.map(({ day }) => monthOfDay(day));
  const first = Math.min(...months);
  const account: Account = {
    first,
    months: new Array<number>(Math.max(...months) - first + 1).fill(0),
    streams: new Map(),
  };
  for (const { out, payment, stream } of lines) {
    if (!out) continue;
    account.months[monthOfDay(payment.day) - first]! += payment.amount;
    account.streams.set(stream, [...(account.streams.get(stream) ?? []), payment]);
  }
  return account;
}

function readAccounts(file: string): Account[] {
  const lines = gunzipSync(readFileSync(file)).toString('latin1').trim().split('\n').slice(1).map(parseLine);
  const byAccount = new Map<string, Line[]>();
  for (const line of lines) {
    const own = byAccount.get(line.account);
    if (own) own.push(line);
    else byAccount.set(line.account, [line]);
  }
  return [...byAccount.values()].map(accountOf).filter(({ months }) => months.length >= FEWEST_MONTHS);
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const median = (values: readonly number[]): number =>
  quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );

/** Simple exponential smoothing, its constant chosen by the one-step squared error. */
function smoothed(values: readonly number[]): number {
  let best = { error: Infinity, level: 0 };
  for (let alpha = 0.05; alpha < 1; alpha += 0.05) {
    let [level, error] = [mean(values.slice(0, 3)), 0];
    for (const value of values) {
      error += (value - level) ** 2;
      level += alpha * (value - level);
    }
    if (error < best.error) best = { error, level };
  }
  return best.level;
}

const theta = defaultCandidates('month').find(({ name }) => name === 'theta')!;

function oneStep(forecaster: Forecaster, values: readonly number[]): number {
  const state = fitOrNull(forecaster, { frequency: 'month', start: Date.UTC(1993, 0, 1), values });
  return state === null ? mean(values) : forecaster.predict(state, 1).mean[0]!;
}

/**
 * The middle one of several simple forecasts. Chosen on earlier origins (months 4 to 6 from the end); one year of an
 * account shows no season, and the months are full of outliers that no mean bears.
 */
const middleForecast = (values: readonly number[]): number =>
  median([
    mean(values.slice(-6)),
    median(values.slice(-6)),
    mean(values.slice(-3)),
    smoothed(values),
    oneStep(theta, values),
  ]);

/** Bills recognised before the month, and the middle forecast of the rest. */
function withBills({ first, months, streams }: Account, at: number): number {
  const asOf = firstDayOf(first + at);
  const rest = months.slice(0, at);
  let owed = 0;
  for (const stream of streams.values())
    for (const { item, payments } of findItems(stream, { asOf })) {
      owed += expectPayments(item, { from: first + at, count: 1 }).reduce((sum, { amount }) => sum + amount, 0);
      for (const { day, amount } of payments)
        if (day < asOf) rest[monthOfDay(day) - first] = Math.max(0, rest[monthOfDay(day) - first]! - amount);
    }
  return owed + middleForecast(rest);
}

type Method = (account: Account, at: number) => number;

/** Median over accounts of Σ|error| / Σ amount over the last origins, one month ahead; percent. */
function medianWape(accounts: readonly Account[], method: Method): number {
  const wapes = accounts.flatMap((account) => {
    let [error, size] = [0, 0];
    for (let at = account.months.length - ORIGINS; at < account.months.length; at++) {
      error += Math.abs(method(account, at) - account.months[at]!);
      size += account.months[at]!;
    }
    return size > 0 ? [error / size] : [];
  });
  return 100 * median(wapes);
}

/** Monthly outgoings of real accounts: below the six-month mean and exponential smoothing by 2 % of their error. */
export function berkaRows({ dataFolder, onProgress }: BenchmarkContext): Promise<BenchmarkRow[]> {
  const file = join(dataFolder, 'backend-db/berka/trans.asc.gz');
  if (!existsSync(file)) {
    onProgress(`no ${file}: the Czech accounts are left out`);
    return Promise.resolve([]);
  }
  const accounts = readAccounts(file);
  onProgress(`Czech bank: ${accounts.length} accounts with a year of rows`);
  const average = movingAverage(6);
  const six = medianWape(accounts, ({ months }, at) => oneStep(average, months.slice(0, at)));
  const smoothing = medianWape(accounts, ({ months }, at) => smoothed(months.slice(0, at)));
  const ours = medianWape(accounts, withBills);
  const row = (name: string, value: number) => ({
    name: `Berka monthly outgoings, median WAPE against ${name}`,
    value: ours,
    unit: '%',
    target: { atMost: (1 - GAIN) * value },
    peer: { name, value },
  });
  return Promise.resolve([
    benchmarkRow(row('6-month mean', six)),
    benchmarkRow(row('exponential smoothing', smoothing)),
  ]);
}
