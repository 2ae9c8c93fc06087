import type { CategoryCounts } from '../values/categories.js';

/** Categories that are kept; the rows of the others are summed up. */
export const KEPT_CATEGORIES = 2048;

/**
 * The most frequent categories, equal ones by name. What a merge of truncated counts loses of a category is below the count of
 * the last that was kept, at most rows / 2048.
 */
export function keepFrequent(all: CategoryCounts): CategoryCounts {
  if (all.counts.size <= KEPT_CATEGORIES) return all;
  const ranked = [...all.counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const counts = new Map(ranked.slice(0, KEPT_CATEGORIES));
  const dropped = ranked.slice(KEPT_CATEGORIES).reduce((sum, [, rows]) => sum + rows, 0);
  return { ...all, counts, other: all.other + dropped };
}

/** The counts of both together. */
export function mergeCategories(a: CategoryCounts, b: CategoryCounts): CategoryCounts {
  const counts = new Map(a.counts);
  for (const [name, rows] of b.counts) counts.set(name, (counts.get(name) ?? 0) + rows);
  const sums = { other: a.other + b.other, rows: a.rows + b.rows, missing: a.missing + b.missing };
  return keepFrequent({ counts, ...sums });
}
