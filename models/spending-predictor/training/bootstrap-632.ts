import { hashFraction } from '../../../learning/numeric/hash/murmur.js';
import type { LearnedModel } from '../forecast/learned-model.js';

/**
 * Share of months that are forecast without having been trained on (.632 rule, Efron and Tibshirani 1997). Errors of
 * months in the training data are too small; errors of left-out months are too large, because without one month only
 * half of the data on that calendar month remain. The mixture is nearly unbiased.
 */
const LEFT_OUT_SHARE = 0.632;

const isLeftOut = (customer: string, month: number): boolean =>
  hashFraction('left-out', `${customer} ${month}`) < LEFT_OUT_SHARE;

/**
 * The model for the forecasts of one customer that calibrate the bands, by month; deterministic.
 * @param modelAt - fitted without the month.  @param start - fitted on all months.
 */
export function bootstrap632(
  customer: string,
  modelAt: (month: number) => LearnedModel,
  start: Pick<LearnedModel, 'seasonality'>,
): (month: number) => LearnedModel {
  return (month) =>
    isLeftOut(customer, month) ? modelAt(month) : { ...modelAt(month), seasonality: start.seasonality };
}
