import { backward, chainBuffers, exponentiate, forward, type ChainBuffers, type Lattice } from './lattice.js';
import { decodeLabels, labelsOfSpan, type LabelSet, type TokenSpan } from './labels.js';
import { viterbi } from './decode.js';

/** An entity with the log-odds that exactly this span and type is right. */
export interface ScoredTokenSpan extends TokenSpan {
  /** Uncalibrated; finite. */
  readonly margin: number;
}

/** The labels of a set, which may follow which, and at what weight. */
export interface ChainModel {
  readonly set: LabelSet;
  readonly lattice: Lattice;
  /** (edges,) */
  readonly steps: Float64Array;
}

/** Keeps margins finite when the model is as sure as floating point can be. */
const SUREST = 1e-9;

const logOdds = (probability: number): number => {
  const inside = Math.min(1 - SUREST, Math.max(SUREST, probability));
  return Math.log(inside / (1 - inside));
};

interface Passed {
  readonly model: ChainModel;
  readonly buffers: ChainBuffers;
  readonly steps: Float64Array;
  readonly tokens: number;
}

/** Of the paths that end a span at `last` with `label`, those that do not go on with the same entity. */
function endsThere({ model, buffers, steps, tokens }: Passed, last: number, label: number): number {
  const { set, lattice } = model;
  const labels = lattice.labelCount;
  const whole = buffers.beta[last * labels + label]!;
  const inside = set.scheme === 'bio' ? continuation(label) : -1;
  if (inside < 0 || last + 1 >= tokens) return whole;
  const edge = lattice.edgeOf[label * (labels + 1) + inside]!;
  const next = (last + 1) * labels + inside;
  return whole - (steps[edge]! * buffers.emissions[next]! * buffers.beta[next]!) / buffers.scale[last + 1]!;
}

/** In `bio` labels come in pairs B, I from 1 on. */
const continuation = (label: number): number => (label % 2 === 1 ? label + 1 : label);

/** Probability that the path carries exactly this entity: the constrained forward–backward of Culotta & McCallum 2004. */
function spanProbability(passed: Passed, span: TokenSpan): number {
  const { model, buffers, steps } = passed;
  const labels = model.lattice.labelCount;
  const path = labelsOfSpan(model.set, span);
  let probability = buffers.alpha[span.first * labels + path[0]!]!;
  for (let i = 1; i < path.length; i++) {
    const row = (span.first + i) * labels;
    const edge = model.lattice.edgeOf[path[i - 1]! * (labels + 1) + path[i]!]!;
    probability *= (steps[edge]! * buffers.emissions[row + path[i]!]!) / buffers.scale[span.first + i]!;
  }
  return probability * endsThere(passed, span.last, path.at(-1)!);
}

/**
 * The best entities of a sentence, each with how sure the model is of it.
 * @param scores - (tokens, labels), not changed.
 */
export function decodeEntities(model: ChainModel, scores: Float64Array, tokens: number): ScoredTokenSpan[] {
  if (tokens === 0) return [];
  const { lattice, set } = model;
  const spans = decodeLabels(set, viterbi(lattice, scores, model.steps, tokens));
  if (spans.length === 0) return [];
  const buffers = chainBuffers(tokens, lattice.labelCount);
  buffers.emissions.set(scores);
  exponentiate(buffers.emissions, tokens, lattice.labelCount);
  const steps = model.steps.map(Math.exp);
  forward(lattice, steps, tokens, buffers);
  backward(lattice, steps, tokens, buffers);
  const passed = { model, buffers, steps, tokens };
  return spans.map((span) => ({ ...span, margin: logOdds(spanProbability(passed, span)) }));
}
