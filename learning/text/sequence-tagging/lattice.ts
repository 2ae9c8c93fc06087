import { allowedTransitions, type LabelSet } from './labels.js';

/** The allowed transitions of a label set, indexed for the forward and backward passes. */
export interface Lattice {
  readonly labelCount: number;
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  /** (labels + 2,) the edges into label b are `into[b]` … `into[b + 1] − 1`; the last label is the border. */
  readonly into: Int32Array;
  /** (labels,) end of the edges into label b that come from a label; the one from the border, if any, is at it. */
  readonly fromLabelsEnd: Int32Array;
  /** ((labels + 1)²,) number of the edge from a to b at `a · (labels + 1) + b`; −1 where it is not allowed. */
  readonly edgeOf: Int32Array;
}

/** Builds the lattice of a label set. */
export function lattice(set: LabelSet): Lattice {
  const { from, to } = allowedTransitions(set);
  const labelCount = set.labels.length;
  const into = new Int32Array(labelCount + 2);
  for (const b of to) into[b + 1]! += 1;
  for (let b = 0; b <= labelCount; b++) into[b + 1]! += into[b]!;
  const edgeOf = new Int32Array((labelCount + 1) ** 2).fill(-1);
  from.forEach((a, edge) => (edgeOf[a * (labelCount + 1) + to[edge]!] = edge));
  const fromLabelsEnd = into.slice(1, labelCount + 1).map((end) => (from[end - 1] === labelCount ? end - 1 : end));
  return { labelCount, from, to, into, fromLabelsEnd, edgeOf };
}

/** Reusable buffers of the forward and backward passes for sentences of up to `tokens` tokens. */
export interface ChainBuffers {
  readonly tokens: number;
  /** (tokens, labels) exp(score − largest score of the token). */
  readonly emissions: Float64Array;
  /** (tokens, labels) forward variables. */
  readonly alpha: Float64Array;
  /** (tokens, labels) backward variables. */
  readonly beta: Float64Array;
  /** (tokens,) scaling factors. */
  readonly scale: Float64Array;
}

/** Allocates the buffers. @param tokens - length of the longest sentence. */
export function chainBuffers(tokens: number, labels: number): ChainBuffers {
  const make = (): Float64Array => new Float64Array(tokens * labels);
  return { tokens, emissions: make(), alpha: make(), beta: make(), scale: new Float64Array(tokens) };
}

/** Replaces scores by exp(score − largest score of the token), in place. @returns the sum of the largest scores. */
export function exponentiate(scores: Float64Array, tokens: number, labels: number): number {
  let sum = 0;
  for (let t = 0; t < tokens; t++) {
    const row = t * labels;
    let largest = -Infinity;
    for (let l = 0; l < labels; l++) if (scores[row + l]! > largest) largest = scores[row + l]!;
    for (let l = 0; l < labels; l++) scores[row + l] = Math.exp(scores[row + l]! - largest);
    sum += largest;
  }
  return sum;
}

/** Divides a token's row by its sum, in place. @returns the sum. */
function normalise(values: Float64Array, row: number, labels: number): number {
  let sum = 0;
  for (let l = 0; l < labels; l++) sum += values[row + l]!;
  const inverse = 1 / sum;
  for (let l = 0; l < labels; l++) values[row + l]! *= inverse;
  return sum;
}

/** exp-weight of the step from the border to label b; 0 where it is not allowed. */
const firstStep = ({ labelCount, edgeOf }: Lattice, steps: Float64Array, b: number): number => {
  const edge = edgeOf[labelCount * (labelCount + 1) + b]!;
  return edge < 0 ? 0 : steps[edge]!;
};

/** Sums of alpha · step over the labels of the previous token, times the emissions, into row `row`. */
function forwardStep(lat: Lattice, steps: Float64Array, { alpha, emissions }: ChainBuffers, row: number): void {
  const { labelCount, from, into, fromLabelsEnd } = lat;
  const before = row - labelCount;
  for (let b = 0; b < labelCount; b++) {
    let sum = 0;
    const end = fromLabelsEnd[b]!;
    for (let edge = into[b]!; edge < end; edge++) sum += alpha[before + from[edge]!]! * steps[edge]!;
    alpha[row + b] = sum * emissions[row + b]!;
  }
}

/**
 * Forward pass with scaling (Rabiner 1989, §V.A): rows of alpha sum to 1, `scale` holds the factors.
 * @param steps - (edges,) exp of each transition weight.
 * @returns log Z without the largest scores that `exponentiate` subtracted.
 */
export function forward(lat: Lattice, steps: Float64Array, tokens: number, buffers: ChainBuffers): number {
  const { labelCount: labels } = lat;
  const { alpha, emissions, scale } = buffers;
  let logarithm = 0;
  for (let t = 0; t < tokens; t++) {
    const row = t * labels;
    if (t > 0) forwardStep(lat, steps, buffers, row);
    else for (let b = 0; b < labels; b++) alpha[b] = firstStep(lat, steps, b) * emissions[b]!;
    scale[t] = normalise(alpha, row, labels);
    logarithm += Math.log(scale[t]!);
  }
  return logarithm + Math.log(endSum(lat, steps, alpha, (tokens - 1) * labels));
}

/** Sum of alpha · step over the steps from the last token to the border. */
function endSum(lat: Lattice, steps: Float64Array, alpha: Float64Array, row: number): number {
  let sum = 0;
  for (let edge = lat.into[lat.labelCount]!; edge < lat.into[lat.labelCount + 1]!; edge++)
    sum += alpha[row + lat.from[edge]!]! * steps[edge]!;
  return sum;
}

/** Sums of alpha and scaled beta of the edges between labels, which times `steps` are their expected counts. */
interface EdgeSums {
  /** (edges,) added to. */
  readonly sums: Float64Array;
  readonly weight: number;
}

/** One token of the backward pass: from row `row` to the one before. */
function backwardStep(
  lat: Lattice,
  steps: Float64Array,
  { alpha, beta, emissions, scale }: ChainBuffers,
  { token, edges }: { readonly token: number; readonly edges: EdgeSums | null },
): void {
  const { labelCount, from, into, fromLabelsEnd } = lat;
  const row = token * labelCount;
  const before = row - labelCount;
  const inverse = 1 / scale[token]!;
  for (let b = 0; b < labelCount; b++) {
    const value = beta[row + b]! * emissions[row + b]! * inverse;
    if (value === 0) continue;
    const end = fromLabelsEnd[b]!;
    for (let edge = into[b]!; edge < end; edge++) beta[before + from[edge]!]! += steps[edge]! * value;
    if (edges === null) continue;
    const [sums, weighted] = [edges.sums, edges.weight * value];
    for (let edge = into[b]!; edge < end; edge++) sums[edge]! += alpha[before + from[edge]!]! * weighted;
  }
}

/**
 * Backward pass with the factors of `forward`; alpha · beta is then the marginal probability of a label at a token.
 * @param edges - also collects what the expected counts of the edges between labels need.
 */
export function backward(
  lat: Lattice,
  steps: Float64Array,
  buffers: ChainBuffers,
  { tokens, edges = null }: { readonly tokens: number; readonly edges?: EdgeSums | null },
): void {
  const { labelCount: labels, from, into } = lat;
  const { alpha, beta } = buffers;
  beta.fill(0, 0, tokens * labels);
  const last = (tokens - 1) * labels;
  const total = endSum(lat, steps, alpha, last);
  for (let edge = into[labels]!; edge < into[labels + 1]!; edge++) beta[last + from[edge]!] = steps[edge]! / total;
  for (let token = tokens - 1; token > 0; token--) backwardStep(lat, steps, buffers, { token, edges });
}
