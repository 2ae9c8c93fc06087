import { referenceDistance, type ReferenceDistanceState } from '../distance-score/index.js';
import type { Matrix } from '../../numeric/matrix/index.js';

/** Candidates beside the forest. */
export type MemberState = ReferenceDistanceState;
export type MemberKind = MemberState['kind'];

/** A member's weight relative to the forest's 1. Fixed in advance, see docs/experiments/anomaly.md. */
export const MEMBER_WEIGHT = 0.5;

/** True for a member of an earlier ensemble that is still fitted; others score through their artefact's graph only. */
export const isFitted = ({ kind }: { readonly kind: string }): boolean =>
  kind === 'reference-distance' || kind === 'compressed-reference-distance';

/** @returns (m,) raw scores, higher = more anomalous, each member in its own unit. */
export const scoreMember = (state: MemberState, x: Matrix): Float64Array => referenceDistance.predict(state, x);
