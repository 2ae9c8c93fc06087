import { addAutoencoder, scoreAutoencoder, type AutoencoderState } from '../autoencoder/index.js';
import { addDistance, referenceDistance, type ReferenceDistanceState } from '../distance-score/index.js';
import type { Matrix } from '../../numeric/matrix/index.js';
import type { OnnxGraph } from '../../onnx/index.js';

/** Candidates beside the forest. */
export type MemberState = ReferenceDistanceState | AutoencoderState;
export type MemberKind = MemberState['kind'];

/** Weights relative to the forest's 1. Fixed in advance, see docs/experiments/anomaly.md. */
export const memberWeights: Readonly<Record<MemberKind, number>> = {
  'reference-distance': 0.5,
  'compressed-reference-distance': 0.5,
  autoencoder: 0.1,
};

/** False for a member of an earlier ensemble that is no longer fitted: it scores through its artefact's graph only. */
export const isFitted = ({ kind }: { readonly kind: string }): boolean => Object.hasOwn(memberWeights, kind);

/** @returns (m,) raw scores, higher = more anomalous, each member in its own unit. */
export const scoreMember = (state: MemberState, x: Matrix): Float64Array =>
  state.kind === 'autoencoder' ? scoreAutoencoder(state, x) : referenceDistance.predict(state, x);

/** Adds a member's raw score. @returns name of (rows, 1) float64. */
export function addMember(graph: OnnxGraph, features: string, state: MemberState): string {
  const output = `${state.kind}/score`;
  return state.kind === 'autoencoder'
    ? addAutoencoder(graph, features, state, output)
    : addDistance(graph, features, state, output);
}
