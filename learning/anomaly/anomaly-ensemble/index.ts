/*
 * Choice of a detector without labels.
 *
 * It rests on three facts. (1) Distance to few random references fails on other data sets than a forest does: together
 * they are better than the forest on sets of every kind. (2) Nearest neighbours detect local anomalies and miss
 * clustered ones. (3) Clustered anomalies can be recognised without labels: rows far out that are nevertheless crowded.
 * Hence:
 *
 *   1. Much crowding among the rows farthest out: the forest is used alone.
 *   2. Else candidates are admitted one by one (references, neighbours, ECOD, autoencoder), each only if it ranks high
 *      what those before it rank highest.
 *   3. No candidate was admitted: the forest is used alone.
 *
 * Weights are fixed; evidence decides on admission only: one data set without labels cannot fit weights.
 * Measurements, and what was tried and dropped: docs/experiments/anomaly.md.
 */
export { anomalyEnsemble, anomalyEnsembleWith } from './anomaly-ensemble.js';
export { AGREEMENT_NEEDED, CROWDING_LIMIT } from './evidence.js';
export { memberWeights, type MemberKind, type MemberState } from './member.js';
export { ensembleGraph, toOnnx } from './onnx.js';
export { anomalyEnsembleParams, type AnomalyEnsembleParams } from './params.js';
export { renewEnsemble, type Renewal } from './renew-ensemble.js';
export type { AnomalyEnsembleState, Calibration, EnsembleEvidence, EnsembleMember } from './state.js';
