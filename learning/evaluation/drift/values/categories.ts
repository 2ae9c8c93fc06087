import type { EncodedValues } from '../../../../contracts/table.js';
import type { DriftWords } from '../types.js';

/** Rows by category. */
export interface CategoryCounts {
  readonly counts: ReadonlyMap<string, number>;
  /** Rows of categories that a sketch no longer tells apart; 0 when every category is counted. */
  readonly other: number;
  /** Sum of the counts and `other`. */
  readonly rows: number;
  readonly missing: number;
}

const isEncoded = (values: DriftWords): values is EncodedValues => 'codes' in values;

function countCodes({ codes, words }: EncodedValues): CategoryCounts {
  const byCode = new Int32Array(words.length);
  let missing = 0;
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (code < 0) missing++;
    else byCode[code]! += 1;
  }
  const counts = new Map<string, number>();
  byCode.forEach((count, code) => count > 0 && counts.set(words[code]!, (counts.get(words[code]!) ?? 0) + count));
  return { counts, other: 0, rows: codes.length - missing, missing };
}

/** Counts the rows of each category. O(n). */
export function categoryCounts(values: DriftWords): CategoryCounts {
  if (isEncoded(values)) return countCodes(values);
  const counts = new Map<string, number>();
  let missing = 0;
  for (const value of values) {
    if (value === null) missing++;
    else counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return { counts, other: 0, rows: values.length - missing, missing };
}

/** Number of rows. */
export const wordRows = (values: DriftWords): number => (isEncoded(values) ? values.codes.length : values.length);

/** The texts that are not missing, in order. */
export function* presentWords(values: DriftWords): Generator<string> {
  if (!isEncoded(values)) {
    for (const value of values) if (value !== null) yield value;
    return;
  }
  for (const code of values.codes) if (code >= 0) yield values.words[code]!;
}

/** Counts of two sides over the same cells. */
export interface PairedCounts {
  /** (k,) ≥ 0. */
  readonly reference: readonly number[];
  /** (k,) ≥ 0. */
  readonly current: readonly number[];
}

/** The counts of both sides over the categories of either, in the order of the names, so that sums do not depend on rows. */
export function pairCounts(reference: CategoryCounts, current: CategoryCounts): PairedCounts {
  const names = [...new Set([...reference.counts.keys(), ...current.counts.keys()])].sort();
  return {
    reference: names.map((name) => reference.counts.get(name) ?? 0),
    current: names.map((name) => current.counts.get(name) ?? 0),
  };
}

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

/**
 * Counts of a side over names, where it may not tell all apart. Of a category that it does not name it had at most as many rows
 * as of the rarest it names; within that bound the share of the opposite side is assumed, so that only what cannot be
 * explained by truncation shows as a difference. The last cell holds the rest.
 */
function fillTruncated(side: CategoryCounts, opposite: CategoryCounts, names: readonly string[]): number[] {
  const bound = side.other === 0 ? 0 : Math.min(...side.counts.values());
  const scale = side.rows / opposite.rows;
  const assumed = names.map((name) =>
    side.counts.has(name) ? 0 : Math.min(bound, (opposite.counts.get(name) ?? 0) * scale),
  );
  const shrink = Math.min(1, side.other / (total(assumed) || 1));
  const cells = names.map((name, i) => side.counts.get(name) ?? assumed[i]! * shrink);
  return [...cells, Math.max(0, side.rows - total(cells))];
}

/** The counts of both sides where one may not tell all its categories apart. */
export function pairTruncated(reference: CategoryCounts, current: CategoryCounts): PairedCounts {
  if (reference.other + current.other === 0) return pairCounts(reference, current);
  const names = [...new Set([...reference.counts.keys(), ...current.counts.keys()])].sort();
  return { reference: fillTruncated(reference, current, names), current: fillTruncated(current, reference, names) };
}
