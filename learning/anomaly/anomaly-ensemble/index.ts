/*
 * Choice of a detector without labels.
 *
 * It rests on two facts. (1) Distance to few random references fails on other data sets than a forest does: together
 * they are better than the forest on sets of most kinds. (2) Clustered anomalies, which distances miss, can be
 * recognised without labels: rows far out that are nevertheless crowded. Hence:
 *
 *   1. Much crowding among the rows farthest out: the forest is used alone.
 *   2. Else the two distances (on standardised columns and on their signed logarithms) are admitted one by one, each
 *      only if it ranks high what those before it rank highest. An autoencoder follows where it was asked for.
 *   3. None was admitted: the forest is used alone.
 *
 * Weights are fixed; evidence decides on admission only: one data set without labels cannot fit weights.
 * Measurements, and what was tried and dropped: docs/experiments/anomaly.md and docs/adr/0219.
 */
export { anomalyEnsemble, anomalyEnsembleWith } from './anomaly-ensemble.js';
export { AGREEMENT_NEEDED, CROWDING_LIMIT } from './evidence.js';
export { memberWeights, type MemberKind, type MemberState } from './member.js';
export { ensembleGraph, toOnnx } from './onnx.js';
export { anomalyEnsembleParams, type AnomalyEnsembleParams } from './params.js';
export { renewEnsemble, type Renewal } from './renew-ensemble.js';
export type { AnomalyEnsembleState, Calibration, EnsembleEvidence, EnsembleMember } from './state.js';
