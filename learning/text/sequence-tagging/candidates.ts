import { endsThere, type Passed } from './forward-backward.js';
import { typeLabels, type LabelSet, type TokenSpan } from './labels.js';

/** An entity that a sentence may hold. */
export interface Candidate extends TokenSpan {
  /** That the sentence holds exactly this span with this type. */
  readonly probability: number;
}

const at = ({ set }: { readonly set: LabelSet }, token: number, label: number): number =>
  token * set.labels.length + label;

/** Factor by which a path's share changes when it goes on from `from` to `to` at `token`. */
function move({ model, buffers, steps }: Passed, from: number, to: number, token: number): number {
  const edge = model.lattice.edgeOf[from * (model.set.labels.length + 1) + to]!;
  return (steps[edge]! * buffers.emissions[at(model, token, to)]!) / buffers.scale[token]!;
}

/** Spans of one type that begin at `first`, each by the constrained forward–backward of Culotta & McCallum (2004). */
function spansFrom(passed: Passed, type: number, first: number, least: number): Candidate[] {
  const { model, buffers, tokens } = passed;
  const { alone, opening, inside, closing } = typeLabels(model.set, type);
  const found: Candidate[] = [];
  const offer = (last: number, probability: number): void => {
    if (probability >= least) found.push({ type: model.set.types[type]!, first, last, probability });
  };
  offer(first, buffers.alpha[at(model, first, alone)]! * endsThere(passed, first, alone));
  let reached = buffers.alpha[at(model, first, opening)]!;
  let before = opening;
  for (let i = first + 1; i < tokens; i++) {
    // All paths that are still inside: no longer span is likelier than they are together.
    if (reached * buffers.beta[at(model, i - 1, before)]! < least) break;
    offer(i, reached * move(passed, before, closing, i) * endsThere(passed, i, closing));
    reached *= move(passed, before, inside, i);
    before = inside;
  }
  return found;
}

/**
 * Every span and type with at least this probability, by their beginnings. One pass along the sentence and back, and
 * O(tokens · types) more.
 * @param least - greater than 0.
 */
export function candidateSpans(passed: Passed, least: number): Candidate[] {
  const types = [...passed.model.set.types.keys()];
  const found: Candidate[] = [];
  for (let first = 0; first < passed.tokens; first++)
    for (const type of types) found.push(...spansFrom(passed, type, first, least));
  return found;
}

/**
 * The candidates without overlap whose probabilities exceed the threshold by most in sum: with the threshold at half of
 * the F1 that can be had, those with the greatest expected F1 (Lewis 1995; Lipton, Elkan & Narayanaswamy 2014), unlike the
 * most likely path, which is right as a whole or not at all. Weighted interval scheduling (Kleinberg & Tardos 2005, §6.1).
 */
export function bestCandidates(candidates: readonly Candidate[], tokens: number, threshold: number): Candidate[] {
  const endingAt = Array.from({ length: tokens }, (): Candidate[] => []);
  for (const candidate of candidates) if (candidate.probability > threshold) endingAt[candidate.last]!.push(candidate);
  const gain = new Float64Array(tokens + 1);
  const chosen = endingAt.map((ending, last) => {
    let best: Candidate | null = null;
    gain[last + 1] = gain[last]!;
    for (const candidate of ending) {
      const sum = gain[candidate.first]! + candidate.probability - threshold;
      if (sum <= gain[last + 1]!) continue;
      gain[last + 1] = sum;
      best = candidate;
    }
    return best;
  });
  const taken: Candidate[] = [];
  for (let end = tokens - 1; end >= 0;) {
    const candidate = chosen[end] ?? null;
    if (candidate) taken.push(candidate);
    end = candidate ? candidate.first - 1 : end - 1;
  }
  return taken.reverse();
}
