import type { IsolationForestState } from '../isolation-forest/index.js';
import type { MemberKind, MemberState } from './member.js';

/** Mean and deviation of a raw score on the sample, by which it is standardised. */
export interface Calibration {
  readonly center: number;
  readonly scale: number;
}

export interface EnsembleMember extends Calibration {
  readonly weight: number;
  readonly state: MemberState;
}

/** Measurements behind the choice, all without labels. */
export interface EnsembleEvidence {
  /** Share of crowded rows among those farthest out, in [0, 1]; over `CROWDING_LIMIT` anomalies come in clusters. */
  readonly crowding: number;
  /** How each candidate ranks what the forest and the members before it rank highest, in [0, 1]. */
  readonly agreement: Readonly<Partial<Record<MemberKind, number>>>;
}

/** Learned state: plain data, exact through `encodeState`. */
export interface AnomalyEnsembleState {
  readonly schemaVersion: 1;
  readonly kind: 'anomaly-ensemble';
  readonly choice: 'forest' | 'ensemble';
  readonly evidence: EnsembleEvidence;
  /** Always present: the only scorer when chosen, and the basis of explanations in either case. */
  readonly forest: IsolationForestState;
  readonly forestCalibration: Calibration;
  /** Admitted candidates; empty when the choice is the forest. */
  readonly members: readonly EnsembleMember[];
}
