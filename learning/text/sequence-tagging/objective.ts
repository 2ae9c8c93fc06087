import type { Objective } from '../../numeric/optimize/index.js';
import { backward, chainBuffers, exponentiate, forward, type ChainBuffers, type Lattice } from './lattice.js';

/** Training sentences as feature numbers in concatenated arrays. */
export interface ChainData {
  /** (sentences + 1,) first token of each sentence. */
  readonly sentences: Int32Array;
  /** (tokens + 1,) first feature of each token. */
  readonly tokens: Int32Array;
  /** Feature numbers; 0 = unknown. */
  readonly features: Int32Array;
  /** (tokens,) */
  readonly labels: Uint8Array;
  /** (sentences,) number of copies that each sentence counts for. */
  readonly weights: Float64Array;
}

/**
 * The labels that each feature has weights for: those it occurs with in training. Weights of other pairs ("unsupported
 * features", Sutton & McCallum 2012, §2.5) would stay near zero and take most of the time.
 */
export interface Pairs {
  /** (features + 2,) weights of feature f are `starts[f]` … `starts[f + 1] − 1`; feature 0 has none. */
  readonly starts: Int32Array;
  readonly labels: Uint8Array;
}

/** Inputs of the training objective. */
export interface CrfProblem {
  readonly data: ChainData;
  readonly pairs: Pairs;
  readonly lattice: Lattice;
  /** L2 penalty: λ/2 · ‖w‖². */
  readonly l2: number;
}

/** Adds the weights of a token's features to `scores` from `row` on. @param x - all weights, pairs first. */
function addEmissions(
  { data, pairs }: CrfProblem,
  x: Float64Array,
  token: number,
  target: { readonly scores: Float64Array; readonly row: number },
): void {
  const { scores, row } = target;
  for (let k = data.tokens[token]!; k < data.tokens[token + 1]!; k++) {
    const feature = data.features[k]!;
    for (let pair = pairs.starts[feature]!; pair < pairs.starts[feature + 1]!; pair++)
      scores[row + pairs.labels[pair]!]! += x[pair]!;
  }
}

/** Counts a token's features with its annotated label. */
function countPairs(
  { data, pairs }: Pick<CrfProblem, 'data' | 'pairs'>,
  token: number,
  counts: Float64Array,
  weight: number,
): void {
  const label = data.labels[token];
  for (let k = data.tokens[token]!; k < data.tokens[token + 1]!; k++) {
    const feature = data.features[k]!;
    for (let pair = pairs.starts[feature]!; pair < pairs.starts[feature + 1]!; pair++)
      if (pairs.labels[pair] === label) counts[pair]! += weight;
  }
}

/** Observed count of each weight's feature under the annotated labels: the constant part of the gradient. */
function observedCounts({ data, pairs, lattice }: CrfProblem): Float64Array {
  const counts = new Float64Array(pairs.labels.length + lattice.from.length);
  const border = lattice.labelCount;
  const step = (a: number, b: number, weight: number): void => {
    counts[pairs.labels.length + lattice.edgeOf[a * (border + 1) + b]!]! += weight;
  };
  for (let s = 0; s + 1 < data.sentences.length; s++) {
    const weight = data.weights[s]!;
    let before = border;
    for (let token = data.sentences[s]!; token < data.sentences[s + 1]!; token++) {
      const label = data.labels[token]!;
      countPairs({ data, pairs }, token, counts, weight);
      step(before, label, weight);
      before = label;
    }
    step(before, border, weight);
  }
  return counts;
}

interface Pass {
  readonly problem: CrfProblem;
  readonly buffers: ChainBuffers;
  readonly x: Float64Array;
  readonly gradient: Float64Array;
  readonly steps: Float64Array;
}

/** Adds the expected counts of pairs to the gradient. Overwrites alpha with label marginals. */
function expectedPairs({ problem, buffers, gradient }: Pass, s: number): void {
  const { data, pairs, lattice } = problem;
  const labels = lattice.labelCount;
  const [first, end, weight] = [data.sentences[s]!, data.sentences[s + 1]!, data.weights[s]!];
  const { alpha, beta } = buffers;
  for (let token = first; token < end; token++) {
    const row = (token - first) * labels;
    for (let l = 0; l < labels; l++) alpha[row + l]! *= beta[row + l]! * weight;
    for (let k = data.tokens[token]!; k < data.tokens[token + 1]!; k++) {
      const feature = data.features[k]!;
      for (let pair = pairs.starts[feature]!; pair < pairs.starts[feature + 1]!; pair++)
        gradient[pair]! += alpha[row + pairs.labels[pair]!]!;
    }
  }
}

/** Adds the expected counts of transitions to the gradient. Must run before `expectedPairs`, which overwrites alpha. */
function expectedSteps({ problem, buffers, gradient, steps }: Pass, s: number): void {
  const { data, pairs, lattice } = problem;
  const { labelCount: labels, from, into, edgeOf } = lattice;
  const { alpha, beta, emissions, scale } = buffers;
  const offset = pairs.labels.length;
  const [tokens, weight] = [data.sentences[s + 1]! - data.sentences[s]!, data.weights[s]!];
  for (let b = 0; b < labels; b++) {
    const edge = edgeOf[labels * (labels + 1) + b]!;
    if (edge >= 0) gradient[offset + edge]! += weight * alpha[b]! * beta[b]!;
  }
  for (let t = 1; t < tokens; t++) {
    const [row, before] = [t * labels, (t - 1) * labels];
    for (let b = 0; b < labels; b++) {
      const value = (weight * beta[row + b]! * emissions[row + b]!) / scale[t]!;
      for (let edge = into[b]!; edge < into[b + 1]!; edge++) {
        const a = from[edge]!;
        if (a < labels) gradient[offset + edge]! += alpha[before + a]! * steps[edge]! * value;
      }
    }
  }
  const last = (tokens - 1) * labels;
  for (let edge = into[labels]!; edge < into[labels + 1]!; edge++) {
    const a = from[edge]!;
    gradient[offset + edge]! += weight * alpha[last + a]! * beta[last + a]!;
  }
}

/** Adds one sentence's expected counts to the gradient. @returns weight · log Z. */
function sentenceTerm(pass: Pass, s: number): number {
  const { problem, buffers, x, steps } = pass;
  const { data, lattice } = problem;
  const labels = lattice.labelCount;
  const [first, end] = [data.sentences[s]!, data.sentences[s + 1]!];
  const tokens = end - first;
  if (tokens === 0) return 0;
  buffers.emissions.fill(0, 0, tokens * labels);
  for (let token = first; token < end; token++) {
    addEmissions(problem, x, token, { scores: buffers.emissions, row: (token - first) * labels });
  }
  const maxima = exponentiate(buffers.emissions, tokens, labels);
  const logarithm = maxima + forward(lattice, steps, tokens, buffers);
  backward(lattice, steps, tokens, buffers);
  expectedSteps(pass, s);
  expectedPairs(pass, s);
  return data.weights[s]! * logarithm;
}

const longestSentence = ({ sentences }: ChainData): number =>
  sentences.reduce((longest, start, s) => Math.max(longest, (sentences[s + 1] ?? start) - start), 1);

/**
 * Negative log-likelihood of a linear-chain conditional random field with an L2 penalty (Lafferty, McCallum & Pereira
 * 2001; Sutton & McCallum 2012, §5). Weights: one per pair, then one per edge. One call takes
 * O(features of all tokens · labels per feature + tokens · edges).
 */
export function crfObjective(problem: CrfProblem): Objective {
  const { data, lattice, l2, pairs } = problem;
  const observed = observedCounts(problem);
  const buffers = chainBuffers(longestSentence(data), lattice.labelCount);
  return (x, gradient) => {
    gradient.fill(0);
    const steps = x.subarray(pairs.labels.length).map(Math.exp);
    const pass = { problem, buffers, x, gradient, steps };
    let value = 0;
    for (let s = 0; s + 1 < data.sentences.length; s++) value += sentenceTerm(pass, s);
    for (let i = 0; i < x.length; i++) {
      value += x[i]! * (0.5 * l2 * x[i]! - observed[i]!);
      gradient[i]! += l2 * x[i]! - observed[i]!;
    }
    return value;
  };
}
