import type { LabelSet } from './labels.js';
import { backward, chainBuffers, exponentiate, forward, type ChainBuffers, type Lattice } from './lattice.js';

/** A linear chain: the labels, the allowed transitions and the weight of each transition. */
export interface ChainModel {
  readonly set: LabelSet;
  readonly lattice: Lattice;
  /** (edges,) */
  readonly steps: Float64Array;
}

/** Forward and backward variables of one sentence. */
export interface ForwardBackward {
  readonly model: ChainModel;
  readonly buffers: ChainBuffers;
  /** (edges,) exp of each transition weight. */
  readonly steps: Float64Array;
  readonly tokens: number;
}

/**
 * Runs the forward–backward algorithm on one sentence (Rabiner 1989, §III.A, with scaling).
 * @param scores - (tokens, labels), left unchanged.  @param tokens - at least 1.
 */
export function forwardBackward(model: ChainModel, scores: Float64Array, tokens: number): ForwardBackward {
  const { lattice } = model;
  const buffers = chainBuffers(tokens, lattice.labelCount);
  buffers.emissions.set(scores);
  exponentiate(buffers.emissions, tokens, lattice.labelCount);
  const steps = model.steps.map(Math.exp);
  forward(lattice, steps, tokens, buffers);
  backward(lattice, steps, buffers, { tokens });
  return { model, buffers, steps, tokens };
}

/** The `bio` labels are numbered in pairs B, I from 1. */
const insideLabelOf = (label: number): number => (label % 2 === 1 ? label + 1 : label);

/** The backward variable of `label` at `last`, restricted to paths in which the entity ends at `last`. */
export function betaOfSpanEnd({ model, buffers, steps, tokens }: ForwardBackward, last: number, label: number): number {
  const { set, lattice } = model;
  const labels = lattice.labelCount;
  const total = buffers.beta[last * labels + label]!;
  const inside = set.scheme === 'bio' ? insideLabelOf(label) : -1;
  if (inside < 0 || last + 1 >= tokens) return total;
  const edge = lattice.edgeOf[label * (labels + 1) + inside]!;
  const next = (last + 1) * labels + inside;
  return total - (steps[edge]! * buffers.emissions[next]! * buffers.beta[next]!) / buffers.scale[last + 1]!;
}
