import type { SparseRow } from '../linear-text/index.js';

/** What is known of an unlabelled text: how sure the model is, and what the text is like. */
export interface Candidate {
  /** Probability of the best class minus that of the second; small = the model hesitates. */
  readonly margin: number;
  readonly row: SparseRow;
}

export interface ChoiceOptions {
  readonly count: number;
  /** Of the texts, the `count` × this with the smallest margins are considered for diversity. @default 5 */
  readonly breadth?: number;
}

const length = ({ values }: SparseRow): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

/** Cosine of two sparse rows with ascending columns; 0 when either is empty. */
export function cosine(a: SparseRow, b: SparseRow): number {
  let [i, j, sum] = [0, 0, 0];
  while (i < a.indices.length && j < b.indices.length) {
    const [left, right] = [a.indices[i]!, b.indices[j]!];
    if (left === right) sum += a.values[i]! * b.values[j]!;
    if (left <= right) i += 1;
    if (right <= left) j += 1;
  }
  const scale = length(a) * length(b);
  return scale > 0 ? sum / scale : 0;
}

/** How much two near-duplicates are worth beside one: nothing at similarity 1. */
function chooseDiverse(candidates: readonly Candidate[], pool: number[], count: number): number[] {
  const chosen: number[] = [];
  const nearest = new Map(pool.map((row) => [row, 0]));
  const worth = (row: number): number => (1 - candidates[row]!.margin) * (1 - nearest.get(row)!);
  while (chosen.length < count && nearest.size > 0) {
    const best = [...nearest.keys()].reduce((a, b) => (worth(b) > worth(a) ? b : a));
    nearest.delete(best);
    chosen.push(best);
    for (const [row, similarity] of nearest)
      nearest.set(row, Math.max(similarity, cosine(candidates[row]!.row, candidates[best]!.row)));
  }
  return chosen;
}

/**
 * The texts whose labels would teach most: the model hesitates between two classes (margin sampling, Scheffer et al.
 * 2001), and none is like one chosen before (greedy, so that fifty copies of one question are asked about once).
 * Deterministic; ties go to the earlier text. O(n log n + count² · breadth).
 * @returns positions, most informative first; fewer when there are fewer.
 */
export function chooseInformative(candidates: readonly Candidate[], { count, breadth = 5 }: ChoiceOptions): number[] {
  const byMargin = [...candidates.keys()].sort((a, b) => candidates[a]!.margin - candidates[b]!.margin || a - b);
  return chooseDiverse(candidates, byMargin.slice(0, count * breadth), count);
}
