export { compareColumns } from './compare-columns.js';
export { driftOptions, type DriftOptions, type DriftOptionsInput } from './options.js';
export { populationStability } from './population-stability.js';
export { compareWithProfile, mergeProfiles, profileColumns } from './profile/profile-columns.js';
export { decodeProfile, encodeProfile, referenceProfile, type ReferenceProfile } from './profile/reference-profile.js';
export { rankByImportance } from './rank.js';
export type {
  ColumnDrift,
  DriftColumn,
  DriftColumnKind,
  DriftEffect,
  DriftMethod,
  DriftMode,
  DriftResult,
  DriftWords,
  RankedDrift,
} from './types.js';
export {
  type ClassifierEstimate,
  type ClassifierEstimator,
  type ClassifierReference,
  estimateClassifierPerformance,
  fitClassifierEstimator,
} from './performance/classifier.js';
export type { Assumption, EstimatedMetric, ReferenceOrigin } from './performance/estimate.js';
export {
  estimateRegressorPerformance,
  fitRegressorEstimator,
  type RegressorEstimate,
  type RegressorEstimator,
  type RegressorReference,
  type RegressorRows,
} from './performance/regressor.js';
