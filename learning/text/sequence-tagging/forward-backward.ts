import type { LabelSet } from './labels.js';
import { backward, chainBuffers, exponentiate, forward, type ChainBuffers, type Lattice } from './lattice.js';

/** The labels of a set, which may follow which, and at what weight. */
export interface ChainModel {
  readonly set: LabelSet;
  readonly lattice: Lattice;
  /** (edges,) */
  readonly steps: Float64Array;
}

/** A sentence after the passes along it and back. */
export interface Passed {
  readonly model: ChainModel;
  readonly buffers: ChainBuffers;
  /** (edges,) e to the weight of each step. */
  readonly steps: Float64Array;
  readonly tokens: number;
}

/** @param scores - (tokens, labels), not changed.  @param tokens - at least 1. */
export function passAlong(model: ChainModel, scores: Float64Array, tokens: number): Passed {
  const { lattice } = model;
  const buffers = chainBuffers(tokens, lattice.labelCount);
  buffers.emissions.set(scores);
  exponentiate(buffers.emissions, tokens, lattice.labelCount);
  const steps = model.steps.map(Math.exp);
  forward(lattice, steps, tokens, buffers);
  backward(lattice, steps, tokens, buffers);
  return { model, buffers, steps, tokens };
}

/** In `bio` labels come in pairs B, I from 1 on. */
const continuation = (label: number): number => (label % 2 === 1 ? label + 1 : label);

/** Of the paths that end a span at `last` with `label`, those that do not go on with the same entity. */
export function endsThere({ model, buffers, steps, tokens }: Passed, last: number, label: number): number {
  const { set, lattice } = model;
  const labels = lattice.labelCount;
  const whole = buffers.beta[last * labels + label]!;
  const inside = set.scheme === 'bio' ? continuation(label) : -1;
  if (inside < 0 || last + 1 >= tokens) return whole;
  const edge = lattice.edgeOf[label * (labels + 1) + inside]!;
  const next = (last + 1) * labels + inside;
  return whole - (steps[edge]! * buffers.emissions[next]! * buffers.beta[next]!) / buffers.scale[last + 1]!;
}
