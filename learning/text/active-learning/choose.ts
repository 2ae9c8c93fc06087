import type { SparseRow } from '../linear-text/index.js';

/** An unlabelled text with the model's margin and its features. */
export interface Candidate {
  /** Probability of the best class minus that of the second best. */
  readonly margin: number;
  /** Features of the text, for similarity. */
  readonly row: SparseRow;
}

/** Options of `chooseInformative`. */
export interface ChoiceOptions {
  /** Number of texts to choose. */
  readonly count: number;
  /** The `count` · `breadth` texts with the smallest margins are candidates. @default 5 */
  readonly breadth?: number;
}

const norm = ({ values }: SparseRow): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

/** Cosine of two sparse rows with ascending columns; 0 when either is empty. */
export function cosine(a: SparseRow, b: SparseRow): number {
  let [i, j, sum] = [0, 0, 0];
  while (i < a.indices.length && j < b.indices.length) {
    const [left, right] = [a.indices[i]!, b.indices[j]!];
    if (left === right) sum += a.values[i]! * b.values[j]!;
    if (left <= right) i += 1;
    if (right <= left) j += 1;
  }
  const scale = norm(a) * norm(b);
  return scale > 0 ? sum / scale : 0;
}

/** Greedy selection by uncertainty times dissimilarity to the texts selected so far. */
function selectDiverse(candidates: readonly Candidate[], pool: number[], count: number): number[] {
  const chosen: number[] = [];
  const nearest = new Map(pool.map((row) => [row, 0]));
  const scoreOf = (row: number): number => (1 - candidates[row]!.margin) * (1 - nearest.get(row)!);
  while (chosen.length < count && nearest.size > 0) {
    const best = [...nearest.keys()].reduce((a, b) => (scoreOf(b) > scoreOf(a) ? b : a));
    nearest.delete(best);
    chosen.push(best);
    for (const [row, similarity] of nearest)
      nearest.set(row, Math.max(similarity, cosine(candidates[row]!.row, candidates[best]!.row)));
  }
  return chosen;
}

/**
 * Chooses the most informative texts to label: small margins (margin sampling, Scheffer et al. 2001), and dissimilar to
 * the texts already chosen, so that copies are chosen once. Deterministic; ties go to the earlier text.
 * O(n log n + count² · breadth).
 * @returns positions, most informative first; fewer than `count` when there are fewer candidates.
 */
export function chooseInformative(candidates: readonly Candidate[], { count, breadth = 5 }: ChoiceOptions): number[] {
  const byMargin = [...candidates.keys()].sort((a, b) => candidates[a]!.margin - candidates[b]!.margin || a - b);
  return selectDiverse(candidates, byMargin.slice(0, count * breadth), count);
}
