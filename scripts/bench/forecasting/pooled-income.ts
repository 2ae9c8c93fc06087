import { quantile } from '../../../learning/metrics/index.js';
import { solvePositive } from '../../../learning/forecasting/prophet/linear-system.js';

/** One account month by month; both arrays start at the account's first month. */
export interface MonthlyAccount {
  /** Month since 1970 of the first entry. */
  readonly first: number;
  readonly months: readonly number[];
  readonly income: readonly number[];
}

const WINDOW = 6;
/** Months that decide an account's level while the months' effects are estimated. */
const LEVEL_WINDOW = 8;
const ROUNDS = 10;
const FEWEST_ACCOUNTS = 50;
/** Months an account must have been spending before it teaches the others. */
const SETTLED = 2;
/** Calendar months of the data before the first one that teaches: until then most accounts were just opened. */
const FIRST_TAUGHT = 6;
/** Strength with which the weights are held at the start, the median alone. */
const HELD = 5;
const LARGEST_RATIO = 5;
const SMALLEST_SCALE = 200;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const median = (values: readonly number[]): number =>
  quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );

/** Months before `at` that say something about an account: at most `window`, none before it began to spend. */
function recentMonths({ first, months }: MonthlyAccount, at: number, window: number): number[] {
  const began = months.findIndex((amount) => amount > 0);
  const from = Math.max(first, at - window, Math.min(first + (began < 0 ? Infinity : began) + 1, at - SETTLED));
  return Array.from({ length: at - from }, (_, i) => from + i);
}

const spends = ({ first, months }: MonthlyAccount, before: number): boolean => {
  const began = months.findIndex((amount) => amount > 0);
  return began >= 0 && first + began < before;
};

/**
 * How much more than usual everybody spent in each month before `at`, 1 = the median of the last six: ratio of sums over
 * the accounts' levels, repeated with the levels cleaned of the effects.
 */
export function monthEffects(accounts: readonly MonthlyAccount[], at: number): Map<number, number> {
  const start = Math.min(...accounts.map(({ first }) => first));
  const months = Array.from({ length: at - start }, (_, i) => start + i);
  let effects = new Map(months.map((month) => [month, 1]));
  for (let round = 0; round < ROUNDS; round++) {
    const known = accounts.filter((account) => account.first < at && spends(account, at - 1));
    const levels = known.map((account) =>
      mean(
        recentMonths(account, at, LEVEL_WINDOW).map((m) => account.months[m - account.first]! / (effects.get(m) ?? 1)),
      ),
    );
    const raw = months.map((month) => {
      const taught = [...known.keys()].filter((i) => levels[i]! > 0 && spends(known[i]!, month));
      if (taught.length < FEWEST_ACCOUNTS) return 1;
      const sum = (of: (i: number) => number): number => taught.reduce((total, i) => total + of(i), 0);
      return sum((i) => known[i]!.months[month - known[i]!.first] ?? 0) / sum((i) => levels[i]!);
    });
    const usual = median(raw.slice(-WINDOW));
    effects = new Map(months.map((month, i) => [month, raw[i]! / usual]));
  }
  return effects;
}

interface Signals {
  /** Over the scale: median of recent months without the effects, mean income, last income. */
  readonly values: readonly number[];
  readonly scale: number;
}

function signalsOf(account: MonthlyAccount, at: number, effects: ReadonlyMap<number, number>): Signals {
  const spent = recentMonths(account, at, WINDOW).map((m) => account.months[m - account.first]! / effects.get(m)!);
  const income = account.income.slice(Math.max(0, at - account.first - WINDOW), at - account.first);
  const scale = Math.max(mean(spent), SMALLEST_SCALE);
  return { values: [median(spent) / scale, mean(income) / scale, income.at(-1)! / scale], scale };
}

/** Least absolute deviations by iteratively reweighted least squares, held at the first signal alone. */
function leastAbsolute(x: readonly (readonly number[])[], y: readonly number[]): Float64Array {
  const p = x[0]!.length;
  const held = Float64Array.from({ length: p }, (_, j) => (j === 0 ? 1 : 0));
  let weights: Float64Array = held;
  for (let round = 0; round < 40; round++) {
    const gram = new Float64Array(p * p);
    const moment = held.map((value) => HELD * value);
    for (let j = 0; j < p; j++) gram[j * p + j] = HELD;
    x.forEach((row, i) => {
      const error = Math.abs(y[i]! - row.reduce((sum, value, j) => sum + value * weights[j]!, 0));
      const weight = round === 0 ? 1 : 1 / Math.max(error, 0.02);
      for (let j = 0; j < p; j++) {
        moment[j]! += weight * row[j]! * y[i]!;
        for (let k = 0; k < p; k++) gram[j * p + k]! += weight * row[j]! * row[k]!;
      }
    });
    weights = solvePositive(gram, moment);
  }
  return weights;
}

/** Weights of the signals, learned from what came in all accounts' earlier months. */
function learnWeights(
  accounts: readonly MonthlyAccount[],
  at: number,
  effects: ReadonlyMap<number, number>,
): Float64Array {
  const start = Math.min(...accounts.map(({ first }) => first));
  const [x, y]: [number[][], number[]] = [[], []];
  for (let month = start + FIRST_TAUGHT; month < at; month++)
    for (const account of accounts) {
      if (!spends(account, month - SETTLED)) continue;
      const { values, scale } = signalsOf(account, month, effects);
      const came = account.months[month - account.first]! / effects.get(month)! / scale;
      x.push([...values]);
      y.push(Math.min(LARGEST_RATIO, came));
    }
  return x.length === 0 ? Float64Array.of(1, 0, 0) : leastAbsolute(x, y);
}

/**
 * Forecasts the month `at` of every account from what was known before it: a weighted sum of the account's median month,
 * its mean income and its last income. A month that was unusual for everybody is divided by its effect first, so that it
 * does not lift the next forecasts; weights come from all accounts' earlier months and minimise absolute errors.
 */
export function pooledForecasts(accounts: readonly MonthlyAccount[], at: number): Map<MonthlyAccount, number> {
  const effects = monthEffects(accounts, at);
  const weights = learnWeights(accounts, at, effects);
  return new Map(
    accounts.map((account) => {
      const { values, scale } = signalsOf(account, at, effects);
      return [account, Math.max(0, scale * values.reduce((sum, value, j) => sum + value * weights[j]!, 0))];
    }),
  );
}
