import { fitProphet, predictProphet, prophetLogPosterior } from '../../learning/time-series/forecasting/index.js';
import { logPosterior } from '../../learning/time-series/forecasting/prophet/model.js';
import { meanAbsoluteError } from '../../learning/evaluation/metrics/forecast.js';
import { cpuSeconds } from '../support/cpu.js';
import { benchmarkRow, type BenchmarkRow } from '../report/suite.js';
import { AUGURS, runAugurs, type AugursItem, type AugursLine, type StanFit } from './augurs.js';
import { loadPeyton } from './public-series.js';

/** Error of Python's prophet 1.5.0 (cmdstan) on the same 90 days. */
const PYTHON_MAE = 0.389;
const HOLDOUT = 90;
/** The last three years of history. */
const DAILY_YEARS = 3 * 365 + 1;
const RUNS = 5;

/** Our log posterior of Stan's solution on Stan's own data, whatever the order of its columns. */
export function stanLogPosterior({ data, k, m, sigma, delta, beta }: StanFit): number {
  const width = data.sigmas.length;
  const cells = data.X.flat();
  const features = data.sigmas.map((prior, j) => ({
    prior,
    mode: data.s_m[j] === 1 ? ('multiplicative' as const) : ('additive' as const),
    values: Float64Array.from(data.y, (_, row) => cells[row * width + j]!),
  }));
  const design = {
    growth: 'linear' as const,
    features,
    changepoints: data.t_change,
    tau: data.tau,
    plan: { seasonalities: [], holidays: [], regressors: [] },
    gaps: [],
    t: Float64Array.from(data.t),
    y: Float64Array.from(data.y),
    origin: 0,
    span: 1,
    scale: 1,
    floor: 0,
    cap: 0,
  };
  return logPosterior(design, Float64Array.from([k, m, ...delta, ...beta]), sigma);
}

async function askStan(items: readonly AugursItem[]): Promise<AugursLine[]> {
  return runAugurs({ task: 'stan', season: 1, horizon: 1, items });
}

function maeRow(mae: number): BenchmarkRow {
  const peer = { name: 'Python Prophet 1.5.0 (recorded)', value: PYTHON_MAE };
  const target = { atMost: 1.01 * PYTHON_MAE };
  return benchmarkRow({ name: 'Peyton Manning, last 90 days, MAE', value: mae, unit: 'log views', target, peer });
}

function posteriorRow(ours: number, stan: number | null): BenchmarkRow {
  const name = 'Peyton Manning, log posterior above Stan';
  if (stan === null) return benchmarkRow({ name, value: NaN, unit: 'Stan gave no answer' });
  const peer = { name: `Stan (${AUGURS}), log posterior`, value: stan };
  return benchmarkRow({ name, value: ours - stan, unit: 'nats', target: { atLeast: 0 }, peer });
}

function costRow(seconds: number, stan: readonly number[]): BenchmarkRow {
  const name = '3 years of days, CPU of a fit relative to Stan';
  if (stan.length === 0) return benchmarkRow({ name, value: seconds, unit: 'CPU s' });
  const theirs = Math.min(...stan);
  const peer = { name: `Stan (${AUGURS}), CPU s`, value: theirs };
  return benchmarkRow({ name, value: seconds / theirs, unit: 'ratio', target: { atMost: 0.5 }, peer });
}

/** Error, posterior and CPU of our Prophet with its default settings on a daily series. */
export async function peytonRows(dataFolder: string): Promise<BenchmarkRow[]> {
  const { days, values } = loadPeyton(dataFolder);
  const cut = days.length - HOLDOUT;
  const history = { days: days.slice(0, cut), values: values.slice(0, cut), future: days.slice(cut) };
  const recent = { ...history, days: history.days.slice(-DAILY_YEARS), values: history.values.slice(-DAILY_YEARS) };
  const state = fitProphet(history);
  const mae = meanAbsoluteError(values.slice(cut), predictProphet(state, { days: history.future }).mean);
  const seconds = cpuSeconds(RUNS, () => void fitProphet(recent));
  const [first, ...repeats] = await askStan([history, ...Array.from({ length: RUNS }, () => recent)]);
  const stanSeconds = repeats.filter(({ stan }) => stan).map((line) => line.cpuSeconds);
  return [
    maeRow(mae),
    posteriorRow(prophetLogPosterior(history, {}, state), first?.stan ? stanLogPosterior(first.stan) : null),
    costRow(seconds, stanSeconds),
  ];
}
