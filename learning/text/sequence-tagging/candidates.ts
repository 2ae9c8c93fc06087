import { betaOfSpanEnd, type ForwardBackward } from './forward-backward.js';
import { typeLabels, type LabelSet, type TokenSpan } from './labels.js';

/** A possible entity of a sentence. */
export interface Candidate extends TokenSpan {
  /** Marginal probability that the sentence has exactly this span with this type. */
  readonly probability: number;
}

const cellOf = ({ set }: { readonly set: LabelSet }, token: number, label: number): number =>
  token * set.labels.length + label;

/** Scaled weight of the step from label `from` to label `to` at `token`, emission included. */
function transitionFactor({ model, buffers, steps }: ForwardBackward, from: number, to: number, token: number): number {
  const edge = model.lattice.edgeOf[from * (model.set.labels.length + 1) + to]!;
  return (steps[edge]! * buffers.emissions[cellOf(model, token, to)]!) / buffers.scale[token]!;
}

/** Spans of one type that begin at `first`; probabilities by constrained forward–backward (Culotta & McCallum 2004). */
function candidatesFrom(chain: ForwardBackward, type: number, first: number, minimumProbability: number): Candidate[] {
  const { model, buffers, tokens } = chain;
  const { single, begin, inside, end } = typeLabels(model.set, type);
  const candidates: Candidate[] = [];
  const addCandidate = (last: number, probability: number): void => {
    if (probability >= minimumProbability) candidates.push({ type: model.set.types[type]!, first, last, probability });
  };
  addCandidate(first, buffers.alpha[cellOf(model, first, single)]! * betaOfSpanEnd(chain, first, single));
  let mass = buffers.alpha[cellOf(model, first, begin)]!;
  let previous = begin;
  for (let i = first + 1; i < tokens; i++) {
    // The mass of all paths still inside the entity bounds the probability of every longer span.
    if (mass * buffers.beta[cellOf(model, i - 1, previous)]! < minimumProbability) break;
    addCandidate(i, mass * transitionFactor(chain, previous, end, i) * betaOfSpanEnd(chain, i, end));
    mass *= transitionFactor(chain, previous, inside, i);
    previous = inside;
  }
  return candidates;
}

/**
 * Every span and type with at least this probability, ordered by first token. O(tokens · types) after forward–backward.
 * @param minimumProbability - greater than 0.
 */
export function candidateSpans(chain: ForwardBackward, minimumProbability: number): Candidate[] {
  const types = [...chain.model.set.types.keys()];
  const candidates: Candidate[] = [];
  for (let first = 0; first < chain.tokens; first++)
    for (const type of types) candidates.push(...candidatesFrom(chain, type, first, minimumProbability));
  return candidates;
}

/** Marginal probability that the sentence has exactly this span; its type is one of the set's. */
export function spanProbability(chain: ForwardBackward, { type, first, last }: TokenSpan): number {
  const candidates = candidatesFrom(chain, chain.model.set.types.indexOf(type), first, Number.MIN_VALUE);
  return candidates.find((candidate) => candidate.last === last)?.probability ?? 0;
}

/**
 * The non-overlapping candidates with the largest sum of (probability − threshold), by weighted interval scheduling
 * (Kleinberg & Tardos 2005, §6.1). With the threshold at half of the optimal F1 they maximise expected F1 (Lewis 1995;
 * Lipton, Elkan & Narayanaswamy 2014); the Viterbi path maximises the probability of the whole sequence instead.
 */
export function bestCandidates(candidates: readonly Candidate[], tokens: number, threshold: number): Candidate[] {
  const endingAt = Array.from({ length: tokens }, (): Candidate[] => []);
  for (const candidate of candidates) if (candidate.probability > threshold) endingAt[candidate.last]!.push(candidate);
  const gain = new Float64Array(tokens + 1);
  const bestEndingAt = endingAt.map((ending, last) => {
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
  const selected: Candidate[] = [];
  for (let end = tokens - 1; end >= 0;) {
    const candidate = bestEndingAt[end] ?? null;
    if (candidate) selected.push(candidate);
    end = candidate ? candidate.first - 1 : end - 1;
  }
  return selected.reverse();
}
