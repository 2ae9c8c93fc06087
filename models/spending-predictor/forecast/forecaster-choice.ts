import { atOnce } from '../../../learning/artefact/index.js';
import {
  backtest,
  type Forecaster,
  searchingBestBelow,
  type Series,
} from '../../../learning/time-series/forecasting/index.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';
import { alternatives, type Champions, COLD_START_MONTHS, customerSeries } from './customer-forecast.js';
import { type History, historyBefore, monthsKnown } from './history.js';
import type { LearnedModel } from './learned-model.js';
import { divideHistory } from './recurring.js';

/**
 * A choice holds for a calendar year: it can be kept between answers, and a forecast does not change its method from month
 * to month. Choosing once, at the end of the training data, is not more accurate (ADR 0204).
 */
const CHOICE_MONTHS = 12;
/** Smallest share of the origins at which a candidate must be at least as accurate as the default to replace it. */
const BETTER_SHARE = 0.8;
/** Smallest number of origins on which a candidate can replace the default. */
const FEWEST_ORIGINS = 6;
/** Smallest share of a customer's free spending with which a category is worth the cost of a backtest. */
const LEAST_SHARE = 0.05;

/** The month before which the history decides on the forecasters of a month: the last January. */
export const choiceMonth = (month: number): number => month - (month % CHOICE_MONTHS);

type ChoosingModel = Pick<LearnedModel, 'seasonality' | 'memory' | 'choice'>;

/**
 * The candidate that is better than the default by the margin on average and at nearly all origins, else undefined.
 * Few candidates come near the margin, so most are given up early.
 */
function* betterCandidate(
  series: Series,
  byDefault: Forecaster,
  { origins, margin }: ChoosingModel['choice'],
): Generator<void, string | undefined, void> {
  const [result] = backtest(series, [byDefault], { horizon: 1, origins });
  const errors = result!.forecasts.map(({ actual, mean }) => Math.abs(actual[0]! - mean[0]!));
  if (errors.length < Math.min(origins, FEWEST_ORIGINS)) return undefined;
  yield;
  const best = yield* searchingBestBelow(series, alternatives, { origins, limit: (1 - margin) * sum(errors) });
  const better = best?.errors.filter((error, i) => error <= errors[i]!).length ?? 0;
  return better >= BETTER_SHARE * errors.length ? best?.forecaster : undefined;
}

/** The pooled season for every series. */
export const NO_CHAMPIONS: Champions = { categories: {} };

/**
 * Selects the forecaster of each of a customer's series by rolling-origin backtest, one month ahead, from the history
 * before the month's `choiceMonth`. A function of history and model alone: training, evaluation and answers call it.
 * @param month - month from which on is forecast.
 */
export function chooseForecasters(history: History, month: number, model: ChoosingModel): Champions {
  return atOnce(choosingForecasters(history, month, model));
}

/** `chooseForecasters` in steps of one series each, of a long one several, so that a caller may let others go on. */
export function* choosingForecasters(
  history: History,
  month: number,
  model: ChoosingModel,
): Generator<void, Champions, void> {
  const until = choiceMonth(month);
  if (monthsKnown(history, until) < COLD_START_MONTHS) return NO_CHAMPIONS;
  const known = historyBefore(history, until);
  const { free } = divideHistory(known, { from: until, count: 1 });
  const { categories, series, defaults, total, totalDefault } = customerSeries(free, known.first!, model);
  const least = LEAST_SHARE * sum(total.values);
  const chosen: [category: string, forecaster: string][] = [];
  for (const [k, category] of categories.entries()) {
    if (sum(series[k]!.values) < least) continue;
    yield;
    const name = yield* betterCandidate(series[k]!, defaults[k]!, model.choice);
    if (name !== undefined) chosen.push([category, name]);
  }
  if (categories.length === 0) return NO_CHAMPIONS;
  yield;
  const ofTotal = yield* betterCandidate(total, totalDefault, model.choice);
  return { ...(ofTotal === undefined ? {} : { total: ofTotal }), categories: Object.fromEntries(chosen) };
}

/** Choices of one customer by the month before which the history decided on them. */
export type ChoicesByMonth = Readonly<Record<string, Champions>>;

/** The choices for all months from `from` to before `until`. */
export function choicesBetween(
  history: History,
  [from, until]: readonly [number, number],
  model: ChoosingModel,
): ChoicesByMonth {
  const months = Array.from({ length: until - from }, (_, i) => choiceMonth(from + i));
  return Object.fromEntries([...new Set(months)].map((month) => [month, chooseForecasters(history, month, model)]));
}

/** The choice for a month; none for a month that no choice was made for. */
export const choiceFor = (choices: ChoicesByMonth | undefined, month: number): Champions =>
  choices?.[choiceMonth(month)] ?? NO_CHAMPIONS;
