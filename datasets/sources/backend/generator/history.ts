/** Month by month, what a lender could read from the statements; oldest first. */
export interface History {
  readonly income: number[];
  readonly spending: number[];
  readonly lowestBalance: number[];
  /** Share of the card's limit in use at the end of the month; NaN without a card. */
  readonly utilisation: number[];
  /** Due moments of instalments that were paid 6 to 30 days late. */
  readonly late: number[];
  /** Due moments of instalments that were more than 30 days late or never paid. */
  readonly missed: number[];
}

export const emptyHistory = (): History => ({
  income: [],
  spending: [],
  lowestBalance: [],
  utilisation: [],
  late: [],
  missed: [],
});

/** Mean of the last `count` values; NaN when there is none. */
export function recentMean(values: readonly number[], count: number): number {
  const recent = values.slice(-count);
  return recent.length === 0 ? Number.NaN : recent.reduce((sum, value) => sum + value, 0) / recent.length;
}

/** Standard deviation of the last `count` values over their mean; 0 for fewer than two. */
export function recentVariation(values: readonly number[], count: number): number {
  const recent = values.slice(-count);
  const mean = recentMean(values, count);
  if (recent.length < 2 || mean <= 0) return 0;
  const square = recent.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (recent.length - 1);
  return Math.sqrt(square) / mean;
}
