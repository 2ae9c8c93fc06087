import { hashFraction } from '../../../learning/numeric/hash/murmur.js';
import type { ChampionSelection, FittedModel } from '../forecast/backtest.js';
import type { LearnedModel } from '../forecast/learned-model.js';

/**
 * The .632 rule (Efron and Tibshirani 1997): errors of months that were learned from are too small, errors of months
 * that were left out are too large, since two years of which one calendar month is missing know it half as well. So
 * many are left out, the others are not.
 */
const LEFT_OUT_SHARE = 0.632;

const isLeftOut = (customer: string, month: number): boolean =>
  hashFraction('left-out', `${customer} ${month}`) < LEFT_OUT_SHARE;

/**
 * What the forecasts that calibrate one customer's bands may rest on, month by month.
 * @param modelAt - learned without the month.  @param start - learned from all months.
 */
export function bootstrap632(
  customer: string,
  { champions, without }: ChampionSelection,
  modelAt: (month: number) => LearnedModel,
  start: Pick<LearnedModel, 'seasonality'>,
): (month: number) => FittedModel {
  return (month) =>
    isLeftOut(customer, month)
      ? { model: modelAt(month), champions: without(month) }
      : { model: { ...modelAt(month), seasonality: start.seasonality }, champions };
}
