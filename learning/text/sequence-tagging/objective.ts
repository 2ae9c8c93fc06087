import type { Objective } from '../../numeric/optimize/index.js';
import { backward, chainBuffers, exponentiate, forward, type ChainBuffers, type Lattice } from './lattice.js';

/**
 * Training sentences as blocks of feature numbers. Tokens share blocks, so that the scores of a block are computed once
 * for all its tokens, and its gradient is spread over its features once.
 */
export interface ChainData {
  /** (sentences + 1,) first token of each sentence. */
  readonly sentences: Int32Array;
  /** (tokens · blocksPerToken,) the blocks of each token; 0 = an empty one. */
  readonly blocks: Int32Array;
  readonly blocksPerToken: number;
  /** (blocks + 2,) features of block b are at `blockStarts[b]` … `blockStarts[b + 1] − 1`; block 0 has none. */
  readonly blockStarts: Int32Array;
  /** Feature numbers from 1. */
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

/** Score of each block and label: the sum of its features' weights. @param scores - (blocks + 1, labels), set. */
function scoreBlocks({ data, pairs, lattice }: CrfProblem, x: Float64Array, scores: Float64Array): void {
  const { blockStarts, features } = data;
  const { starts, labels } = pairs;
  scores.fill(0);
  for (let block = 1; block + 1 < blockStarts.length; block++) {
    const row = block * lattice.labelCount;
    for (let k = blockStarts[block]!; k < blockStarts[block + 1]!; k++) {
      const end = starts[features[k]! + 1]!;
      for (let pair = starts[features[k]!]!; pair < end; pair++) scores[row + labels[pair]!]! += x[pair]!;
    }
  }
}

/** Adds the mass of each block and label to the pairs of its features. @param mass - (blocks + 1, labels). */
function spreadBlocks({ data, pairs, lattice }: CrfProblem, mass: Float64Array, counts: Float64Array): void {
  const { blockStarts, features } = data;
  const { starts, labels } = pairs;
  for (let block = 1; block + 1 < blockStarts.length; block++) {
    const row = block * lattice.labelCount;
    for (let k = blockStarts[block]!; k < blockStarts[block + 1]!; k++) {
      const end = starts[features[k]! + 1]!;
      for (let pair = starts[features[k]!]!; pair < end; pair++) counts[pair]! += mass[row + labels[pair]!]!;
    }
  }
}

/** Room for one value a block and label; block 0 is empty. */
const blockRows = ({ data, lattice }: CrfProblem): Float64Array =>
  new Float64Array((data.blockStarts.length - 1) * lattice.labelCount);

/** Observed count of each weight's feature under the annotated labels: the constant part of the gradient. */
function observedCounts(problem: CrfProblem): Float64Array {
  const { data, pairs, lattice } = problem;
  const counts = new Float64Array(pairs.labels.length + lattice.from.length);
  const mass = blockRows(problem);
  const border = lattice.labelCount;
  const step = (a: number, b: number, weight: number): void => {
    counts[pairs.labels.length + lattice.edgeOf[a * (border + 1) + b]!]! += weight;
  };
  for (let s = 0; s + 1 < data.sentences.length; s++) {
    const weight = data.weights[s]!;
    let before = border;
    for (let token = data.sentences[s]!; token < data.sentences[s + 1]!; token++) {
      const label = data.labels[token]!;
      const first = token * data.blocksPerToken;
      for (let place = first; place < first + data.blocksPerToken; place++)
        mass[data.blocks[place]! * border + label]! += weight;
      step(before, label, weight);
      before = label;
    }
    step(before, border, weight);
  }
  spreadBlocks(problem, mass, counts);
  return counts;
}

interface Pass {
  readonly problem: CrfProblem;
  readonly buffers: ChainBuffers;
  readonly gradient: Float64Array;
  /** (edges,) exp of each transition weight. */
  readonly steps: Float64Array;
  /** (edges,) */
  readonly edgeSums: Float64Array;
  /** (blocks + 1, labels) */
  readonly scores: Float64Array;
  /** (blocks + 1, labels) expected number of each block's tokens with each label. */
  readonly mass: Float64Array;
}

/** Emission scores of a sentence's tokens: the sums of their blocks' scores. */
function gatherEmissions({ problem, buffers, scores }: Pass, first: number, end: number): void {
  const { labelCount } = problem.lattice;
  const { blocks, blocksPerToken } = problem.data;
  const { emissions } = buffers;
  emissions.fill(0, 0, (end - first) * labelCount);
  let place = first * blocksPerToken;
  for (let row = 0; row < (end - first) * labelCount; row += labelCount)
    for (const until = place + blocksPerToken; place < until; place++) {
      const from = blocks[place]! * labelCount;
      for (let l = 0; l < labelCount && from > 0; l++) emissions[row + l]! += scores[from + l]!;
    }
}

/** Adds a sentence's label marginals to the mass of its tokens' blocks. Overwrites alpha with them. */
function addMarginals({ problem, buffers, mass }: Pass, s: number): void {
  const { data, lattice } = problem;
  const { labelCount } = lattice;
  const { blocks, blocksPerToken } = data;
  const [first, end, weight] = [data.sentences[s]!, data.sentences[s + 1]!, data.weights[s]!];
  const { alpha, beta } = buffers;
  for (let i = 0; i < (end - first) * labelCount; i++) alpha[i]! *= beta[i]! * weight;
  let place = first * blocksPerToken;
  for (let row = 0; row < (end - first) * labelCount; row += labelCount)
    for (const until = place + blocksPerToken; place < until; place++) {
      const into = blocks[place]! * labelCount;
      for (let l = 0; l < labelCount && into > 0; l++) mass[into + l]! += alpha[row + l]!;
    }
}

/** Adds the expected counts of the steps from and to the border. Must run before `addMarginals`, which overwrites alpha. */
function expectedBorders({ problem, buffers, gradient }: Pass, tokens: number, weight: number): void {
  const { labelCount: labels, from, into, edgeOf } = problem.lattice;
  const { alpha, beta } = buffers;
  const offset = problem.pairs.labels.length;
  for (let b = 0; b < labels; b++) {
    const edge = edgeOf[labels * (labels + 1) + b]!;
    if (edge >= 0) gradient[offset + edge]! += weight * alpha[b]! * beta[b]!;
  }
  const last = (tokens - 1) * labels;
  for (let edge = into[labels]!; edge < into[labels + 1]!; edge++) {
    const a = from[edge]!;
    gradient[offset + edge]! += weight * alpha[last + a]! * beta[last + a]!;
  }
}

/** Adds one sentence's expected counts. @returns weight · log Z. */
function sentenceTerm(pass: Pass, s: number): number {
  const { problem, buffers, steps } = pass;
  const { data, lattice } = problem;
  const [first, end, weight] = [data.sentences[s]!, data.sentences[s + 1]!, data.weights[s]!];
  const tokens = end - first;
  if (tokens === 0) return 0;
  gatherEmissions(pass, first, end);
  const maxima = exponentiate(buffers.emissions, tokens, lattice.labelCount);
  const logarithm = maxima + forward(lattice, steps, tokens, buffers);
  backward(lattice, steps, buffers, { tokens, edges: { sums: pass.edgeSums, weight } });
  expectedBorders(pass, tokens, weight);
  addMarginals(pass, s);
  return weight * logarithm;
}

const longestSentence = ({ sentences }: ChainData): number =>
  sentences.reduce((longest, start, s) => Math.max(longest, (sentences[s + 1] ?? start) - start), 1);

/** Negative log-likelihood without the observed part; writes the expected counts into the gradient. */
function expectations(pass: Pass, x: Float64Array): number {
  const { problem, gradient, steps, edgeSums, scores, mass } = pass;
  const { data, pairs } = problem;
  gradient.fill(0);
  mass.fill(0);
  edgeSums.fill(0);
  scoreBlocks(problem, x, scores);
  let value = 0;
  for (let s = 0; s + 1 < data.sentences.length; s++) value += sentenceTerm(pass, s);
  spreadBlocks(problem, mass, gradient);
  const offset = pairs.labels.length;
  for (let edge = 0; edge < steps.length; edge++) gradient[offset + edge]! += edgeSums[edge]! * steps[edge]!;
  return value;
}

/**
 * Negative log-likelihood of a linear-chain conditional random field with an L2 penalty (Lafferty, McCallum & Pereira
 * 2001; Sutton & McCallum 2012, §5). Weights: one per pair, then one per edge. One call takes
 * O(features of all blocks · labels per feature + tokens · (blocks per token · labels + edges)).
 */
export function crfObjective(problem: CrfProblem): Objective {
  const { data, lattice, l2, pairs } = problem;
  const observed = observedCounts(problem);
  const buffers = chainBuffers(longestSentence(data), lattice.labelCount);
  const [scores, mass] = [blockRows(problem), blockRows(problem)];
  const edgeSums = new Float64Array(lattice.from.length);
  return (x, gradient) => {
    const steps = x.subarray(pairs.labels.length).map(Math.exp);
    let value = expectations({ problem, buffers, gradient, steps, edgeSums, scores, mass }, x);
    for (let i = 0; i < x.length; i++) {
      value += x[i]! * (0.5 * l2 * x[i]! - observed[i]!);
      gradient[i]! += l2 * x[i]! - observed[i]!;
    }
    return value;
  };
}
