/*
 * Which detector suits these rows? Nobody has labels when the question is asked.
 *
 * Three facts decide. (1) A distance to few random references is a second opinion that fails where a forest does not:
 * together they beat the forest on sets of every kind. (2) Nearest neighbours see anomalies that are odd only for their
 * surroundings, and are blind to anomalies that come in clusters. (3) Whether anomalies come in clusters shows without
 * labels: rows far out that are nevertheless crowded. So:
 *
 *   1. Much crowding among the rows farthest out: the forest judges alone.
 *   2. Else candidates join one by one, the hardest to deceive first (references, neighbours, tails, autoencoder), each
 *      only if it ranks high what those before it rank highest.
 *   3. Nobody joined: the forest judges alone.
 *
 * Weights are fixed, evidence only admits: with one data set and no labels there is nothing to fit weights on.
 * Measurements, and what was tried and dropped: docs/experiments/anomaly.md.
 */
export { anomalyEnsemble, anomalyEnsembleWith } from './anomaly-ensemble.js';
export { AGREEMENT_NEEDED, CROWDING_LIMIT } from './evidence.js';
export { memberWeights, type MemberKind, type MemberState } from './member.js';
export { ensembleGraph, toOnnx } from './onnx.js';
export { anomalyEnsembleParams, type AnomalyEnsembleParams } from './params.js';
export { renewEnsemble, type Renewal } from './renew-ensemble.js';
export type { AnomalyEnsembleState, Calibration, EnsembleEvidence, EnsembleMember } from './state.js';
