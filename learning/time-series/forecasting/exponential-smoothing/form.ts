/**
 * One member of the exponential smoothing family in the usual notation: error additive or multiplicative, trend none,
 * additive or additive damped, season none, additive or multiplicative. Multiplicative trends are left out, as in R's
 * `ets` by default, because their forecasts grow exponentially.
 */
export interface EtsForm {
  readonly error: 'A' | 'M';
  readonly trend: 'N' | 'A' | 'Ad';
  readonly season: 'N' | 'A' | 'M';
}

/** For instance `ETS(A,Ad,N)`. */
export const formName = ({ error, trend, season }: EtsForm): string => `ETS(${error},${trend},${season})`;

/** The form that `formName` wrote; null for other text. */
export function readForm(name: string): EtsForm | null {
  const match = /^ETS\(([AM]),(N|A|Ad),([NAM])\)$/.exec(name);
  if (!match) return null;
  return { error: match[1], trend: match[2], season: match[3] } as EtsForm;
}

const trends = ['N', 'A', 'Ad'] as const;

/**
 * Forms to fit. Additive error with multiplicative season is numerically unstable and left out (as in R's `ets`).
 * @param positive - whether every value is above 0; multiplicative components divide by the level.
 * @param period - steps in the season, 1 = none.
 * @param short - few forms only, for series that are too short to distinguish more.
 */
export function candidateForms(positive: boolean, period: number, short: boolean): EtsForm[] {
  const form = (text: string): EtsForm => readForm(`ETS(${text})`)!;
  if (short) {
    const plain = ['A,N,N', 'A,Ad,N', ...(positive ? ['M,N,N'] : [])];
    const seasonal = period > 1 ? ['A,N,A', ...(positive ? ['M,N,M'] : [])] : [];
    return [...plain, ...seasonal].map(form);
  }
  const plain = trends.flatMap((trend) => [`A,${trend},N`, ...(positive ? [`M,${trend},N`] : [])]);
  if (period === 1) return plain.map(form);
  const seasonal = trends.flatMap((trend) => [`A,${trend},A`, ...(positive ? [`M,${trend},A`, `M,${trend},M`] : [])]);
  return [...plain, ...seasonal].map(form);
}
