import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { fitOrNull, movingAverage, type Forecaster } from '../../../learning/forecasting/index.js';
import { quantile } from '../../../learning/metrics/index.js';
import { type MonthlyAccount, pooledForecasts } from './pooled-income.js';
import { benchmarkRow, type BenchmarkContext, type BenchmarkRow } from '../report/suite.js';

const FEWEST_MONTHS = 12;
const ORIGINS = 3;
/** Share of the simple methods' error that must be saved. */
const GAIN = 0.02;

interface Line {
  readonly account: string;
  readonly month: number;
  readonly out: boolean;
  readonly amount: number;
}

function parseLine(text: string): Line {
  const [, account = '', date = '', type, , amount] = text.trim().replaceAll('"', '').split(';');
  const month = (1900 - 1970 + Number(date.slice(0, 2))) * 12 + Number(date.slice(2, 4)) - 1;
  // Everything but PRIJEM leaves: VYDAJ and VYBER, which is a withdrawal in cash.
  return { account, month, out: type !== 'PRIJEM', amount: Number(amount) };
}

function accountOf(lines: readonly Line[]): MonthlyAccount {
  const first = Math.min(...lines.map(({ month }) => month));
  const length = Math.max(...lines.map(({ month }) => month)) - first + 1;
  const [months, income] = [new Array<number>(length).fill(0), new Array<number>(length).fill(0)];
  for (const { month, out, amount } of lines) (out ? months : income)[month - first]! += amount;
  return { first, months, income };
}

function readAccounts(file: string): MonthlyAccount[] {
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

function oneStep(forecaster: Forecaster, values: readonly number[]): number {
  const state = fitOrNull(forecaster, { frequency: 'month', start: Date.UTC(1993, 0, 1), values });
  return state === null ? mean(values) : forecaster.predict(state, 1).mean[0]!;
}

type Method = (account: MonthlyAccount, at: number) => number;

/** Median over accounts of Σ|error| / Σ amount over the last origins, one month ahead; percent. */
function medianWape(accounts: readonly MonthlyAccount[], method: Method): number {
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

/** The pooled forecast, each month's made once from what all accounts had shown before it. */
function pooledMethod(accounts: readonly MonthlyAccount[]): Method {
  const known = new Map<number, Map<MonthlyAccount, number>>();
  return (account, at) => {
    const month = account.first + at;
    let forecasts = known.get(month);
    if (!forecasts) known.set(month, (forecasts = pooledForecasts(accounts, month)));
    return forecasts.get(account)!;
  };
}

/**
 * Monthly outgoings of real accounts: below the six-month mean and exponential smoothing by 2 % of their error.
 * Signals and strengths of the pooled forecast were chosen on the months September to December 1993 alone.
 */
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
  const ours = medianWape(accounts, pooledMethod(accounts));
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
