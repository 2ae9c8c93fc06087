import type { ColumnDrift, DriftResult, RankedDrift } from './types.js';

/** How far a column has moved in units of its threshold; 0 where nothing was decided. */
function relativeEffect({ decided, effect, threshold, pValue, statistic }: ColumnDrift): number {
  if (!decided) return 0;
  if (effect !== null) return effect.value / threshold;
  if (pValue === null) return statistic / threshold;
  // Without an effect the order of magnitude of the p-value has to do.
  return pValue > threshold ? threshold / pValue : 1 + Math.log10(threshold / Math.max(pValue, Number.MIN_VALUE));
}

/**
 * The columns by drift × importance: drifted ones first, then by the product of the relative effect and the importance, then by
 * the effect.
 * @param importance - by column, ≥ 0, in any unit; columns it does not name count 0. Empty = all the same.
 */
export function rankByImportance(result: DriftResult, importance: Readonly<Record<string, number>>): RankedDrift[] {
  const total = Object.values(importance).reduce((sum, value) => sum + value, 0);
  const shareOf = (name: string): number =>
    total > 0 ? (Object.hasOwn(importance, name) ? importance[name]! / total : 0) : 1 / result.columns.length;
  const scored = result.columns.map((column) => {
    const share = shareOf(column.of);
    return { ...column, importance: share, score: relativeEffect(column) * share };
  });
  scored.sort(
    (a, b) => Number(b.drifted) - Number(a.drifted) || b.score - a.score || relativeEffect(b) - relativeEffect(a),
  );
  return scored.map((column, i) => ({ ...column, rank: i + 1 }));
}
