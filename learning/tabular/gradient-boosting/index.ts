export { gradientBoosting, predictMargin } from './gradient-boosting.js';
export { gainImportance } from './importance.js';
export { gradientBoostingParams, type GradientBoostingParams } from './params.js';
export { boostingGraph, toOnnx } from './onnx.js';
export type { GradientBoostingState } from './state.js';
export type { RegressionTree } from './tree.js';
export { toXgboostJson } from './xgboost-json.js';
export {
  encodeTargetStatistics,
  fitTargetStatistics,
  type TargetStatisticsOptions,
  type TargetStatisticsState,
} from './ordered-target-statistics.js';
export { openBoostingFits, type BoostingFits } from './resumable-fits.js';
