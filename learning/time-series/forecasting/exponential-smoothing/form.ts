/**
 * One member of the exponential smoothing family in the usual notation: error additive or multiplicative, trend none,
 * additive or additive damped, season none, additive or multiplicative. Multiplicative trends are left out, as R's
 * `ets` does by default: they explode.
 */
export interface EtsForm {
  readonly error: 'A' | 'M';
  readonly trend: 'N' | 'A' | 'Ad';
  readonly season: 'N' | 'A' | 'M';
}

/** For instance `ETS(A,Ad,N)`. */
export const formName = ({ error, trend, season }: EtsForm): string => `ETS(${error},${trend},${season})`;

/** Reads what `formName` wrote; null for another text. */
export function readForm(name: string): EtsForm | null {
  const match = /^ETS\(([AM]),(N|A|Ad),([NAM])\)$/.exec(name);
  if (!match) return null;
  return { error: match[1], trend: match[2], season: match[3] } as EtsForm;
}

const trends = ['N', 'A', 'Ad'] as const;

/**
 * Forms worth trying. Additive error with multiplicative season is unstable and left out (as in R's `ets`).
 * @param positive - whether every value is above 0; multiplicative parts divide by the level.
 * @param period - steps in the season, 1 = none.
 * @param brief - few forms only, for short series: what they cannot tell apart need not be fitted.
 */
export function candidateForms(positive: boolean, period: number, brief: boolean): EtsForm[] {
  const form = (text: string): EtsForm => readForm(`ETS(${text})`)!;
  if (brief) {
    const plain = ['A,N,N', 'A,Ad,N', ...(positive ? ['M,N,N'] : [])];
    const seasonal = period > 1 ? ['A,N,A', ...(positive ? ['M,N,M'] : [])] : [];
    return [...plain, ...seasonal].map(form);
  }
  const plain = trends.flatMap((trend) => [`A,${trend},N`, ...(positive ? [`M,${trend},N`] : [])]);
  if (period === 1) return plain.map(form);
  const seasonal = trends.flatMap((trend) => [`A,${trend},A`, ...(positive ? [`M,${trend},A`, `M,${trend},M`] : [])]);
  return [...plain, ...seasonal].map(form);
}
