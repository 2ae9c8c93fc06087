import { mean } from '../../../../learning/numeric/statistics/mean.js';
import { sum } from '../../../../learning/numeric/statistics/sum.js';

/** Monthly figures that a lender can read from account statements, oldest first. */
export interface History {
  readonly income: number[];
  readonly spending: number[];
  readonly lowestBalance: number[];
  /** Share of the card's limit in use at the end of the month; NaN without a card. */
  readonly utilisation: number[];
  /** Due times of instalments that were paid 6 to 30 days late. */
  readonly late: number[];
  /** Due times of instalments that were more than 30 days late or never paid. */
  readonly missed: number[];
}

/** The history of a new customer. */
export const emptyHistory = (): History => ({
  income: [],
  spending: [],
  lowestBalance: [],
  utilisation: [],
  late: [],
  missed: [],
});

/** Mean of the last `count` values; NaN for no values. */
export const recentMean = (values: readonly number[], count: number): number => mean(values.slice(-count));

/** Sample standard deviation of the last `count` values over their mean; 0 for fewer than two values. */
export function recentVariation(values: readonly number[], count: number): number {
  const recent = values.slice(-count);
  const centre = mean(recent);
  if (recent.length < 2 || centre <= 0) return 0;
  const variance = sum(recent.map((value) => (value - centre) ** 2)) / (recent.length - 1);
  return Math.sqrt(variance) / centre;
}
