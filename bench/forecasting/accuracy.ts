import {
  type Choice,
  ets,
  fitProphet,
  type Forecaster,
  forecastSeries,
  periodDays,
  predictProphet,
  seasonalNaive,
  type SeriesForecast,
} from '../../learning/time-series/forecasting/index.js';
import { meanAbsoluteScaledError, symmetricPercentageError } from '../../learning/evaluation/metrics/forecast.js';
import { benchmarkRow, type BenchmarkContext, type BenchmarkRow } from '../report/suite.js';
import { AUGURS, runAugurs } from './augurs.js';
import type { HoldoutSeries } from './public-series.js';

/** How a set of series is forecast and scored. */
export interface AccuracySet {
  readonly name: string;
  readonly series: readonly HoldoutSeries[];
  /** Lag of the naive method that scales MASE: the competition's choice. */
  readonly lag: number;
  /** Season that the peer's AutoETS is told. */
  readonly season: number;
}

/** Our forecast of one series with the choice it rests on, so that the choice is made once. */
export interface OwnForecast {
  readonly series: HoldoutSeries;
  readonly mean: ArrayLike<number>;
  readonly choice: Choice;
  readonly bands: SeriesForecast['bands'];
}

/** The forecast of `ml forecast`. */
export function ownForecast(series: HoldoutSeries): OwnForecast {
  const { frequency, start, training, future } = series;
  const { mean, choice, bands } = forecastSeries({ values: training, frequency, start }, future.length);
  return { series, mean, choice, bands };
}

interface Score {
  readonly mase: number;
  /** In percent, as the competition reports it. */
  readonly smape: number;
}

function scoreAll(set: AccuracySet, forecasts: readonly ArrayLike<number>[]): Score {
  let [mase, smape] = [0, 0];
  set.series.forEach(({ training, future }, i) => {
    mase += meanAbsoluteScaledError(future, forecasts[i]!, { training, lag: set.lag })!;
    smape += 100 * symmetricPercentageError(future, forecasts[i]!);
  });
  return { mase: mase / set.series.length, smape: smape / set.series.length };
}

async function autoEts({ series, season }: AccuracySet): Promise<readonly ArrayLike<number>[]> {
  const horizon = series[0]!.future.length;
  const items = series.map(({ training }) => ({ values: training }));
  const lines = await runAugurs({ task: 'ets', season, horizon, items });
  // The last value where AutoETS fails, which is rare.
  return lines.map(({ forecast }, i) => forecast ?? series[i]!.future.map(() => series[i]!.training.at(-1)!));
}

/** Prophet with its defaults by Stan; where Stan gives up, the same model solved here. */
async function defaultProphet(
  { series }: AccuracySet,
  context: BenchmarkContext,
): Promise<readonly ArrayLike<number>[]> {
  const items = series.map(({ training, future, ...calendar }) => ({
    values: training,
    days: [...periodDays(calendar, 0, training.length)],
    future: [...periodDays(calendar, training.length, future.length)],
  }));
  const lines = await runAugurs({ task: 'prophet', season: 1, horizon: 1, items });
  const failed = lines.filter(({ forecast }) => !forecast).length;
  if (failed > 0) context.onProgress(`Stan gave up on ${failed} of ${lines.length} series: solved here instead`);
  return lines.map(({ forecast }, i) => {
    const { days, values, future } = items[i]!;
    return forecast ?? predictProphet(fitProphet({ days, values }), { days: future }).mean;
  });
}

/** One method of ours alone on every series. */
function byMethod({ series }: AccuracySet, method: Forecaster): readonly ArrayLike<number>[] {
  return series.map(({ training, future, ...calendar }) => {
    return method.predict(method.fit({ values: training, ...calendar }), future.length).mean;
  });
}

/** Two rows beside one other method. */
function besideRows(set: AccuracySet, ours: Score, other: { name: string; score: Score }): BenchmarkRow[] {
  const row = (metric: keyof Score, unit: string): BenchmarkRow =>
    benchmarkRow({
      name: `${set.name}, ${metric === 'mase' ? 'MASE' : 'sMAPE'} beside ${other.name}`,
      value: ours[metric],
      unit,
      target: { atMost: other.score[metric] },
      peer: { name: other.name, value: other.score[metric] },
    });
  return [row('mase', 'ratio'), row('smape', '%')];
}

/** Our blend beside AutoETS and, with `all`, beside default Prophet and seasonal naive. */
export async function accuracyRows(
  set: AccuracySet,
  own: readonly OwnForecast[],
  context: BenchmarkContext,
  all: boolean,
): Promise<BenchmarkRow[]> {
  const ours = scoreAll(
    set,
    own.map(({ mean }) => mean),
  );
  context.onProgress(`${set.name}: AutoETS of ${AUGURS}`);
  const others = [{ name: 'AutoETS (augurs)', score: scoreAll(set, await autoEts(set)) }];
  if (all) {
    context.onProgress(`${set.name}: default Prophet by Stan (${AUGURS})`);
    others.push({ name: 'default Prophet (augurs)', score: scoreAll(set, await defaultProphet(set, context)) });
    others.push({ name: 'seasonal naive', score: scoreAll(set, byMethod(set, seasonalNaive())) });
  }
  // The peer's AutoETS is poor on seasonal series, so our own ETS is shown as well.
  others.push({ name: 'ETS of this project alone', score: scoreAll(set, byMethod(set, ets())) });
  return others.flatMap((other) => besideRows(set, ours, other));
}
