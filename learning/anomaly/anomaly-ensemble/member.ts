import { addAutoencoder, scoreAutoencoder, type AutoencoderState } from '../autoencoder/index.js';
import {
  addDistance,
  neighbourDistance,
  referenceDistance,
  type NeighbourDistanceState,
  type ReferenceDistanceState,
} from '../distance-score/index.js';
import type { Matrix } from '../../numeric/matrix/index.js';
import type { OnnxGraph } from '../../onnx/index.js';
import { addEcod, ecod, type EcodState } from '../ecod/index.js';

/** Candidates beside the forest. */
export type MemberState = ReferenceDistanceState | NeighbourDistanceState | EcodState | AutoencoderState;
export type MemberKind = MemberState['kind'];

/** A member's weight relative to the forest's 1. Fixed in advance, see docs/experiments/anomaly.md. */
export const memberWeights: Readonly<Record<MemberKind, number>> = {
  'reference-distance': 0.5,
  'compressed-reference-distance': 0.5,
  'neighbour-distance': 0.5,
  'tail-score': 0.1,
  autoencoder: 0.1,
};

/** @returns (m,) raw scores, higher = more anomalous, each member in its own unit. */
export function scoreMember(state: MemberState, x: Matrix): Float64Array {
  switch (state.kind) {
    case 'reference-distance':
    case 'compressed-reference-distance':
      return referenceDistance.predict(state, x);
    case 'neighbour-distance':
      return neighbourDistance.predict(state, x);
    case 'tail-score':
      return ecod.predict(state, x);
    case 'autoencoder':
      return scoreAutoencoder(state, x);
  }
}

/** Adds a member's raw score. @returns name of (rows, 1) float64. */
export function addMember(graph: OnnxGraph, features: string, state: MemberState): string {
  const output = `${state.kind}/score`;
  switch (state.kind) {
    case 'reference-distance':
    case 'compressed-reference-distance':
    case 'neighbour-distance':
      return addDistance(graph, features, state, output);
    case 'tail-score':
      return graph.node('Cast', [addEcod(graph, features, state, output)], { attributes: { to: { int: 11 } } });
    case 'autoencoder':
      return addAutoencoder(graph, features, state, output);
  }
}
