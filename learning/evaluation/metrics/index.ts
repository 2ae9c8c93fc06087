export {
  bootstrapInterval,
  pairedBootstrap,
  quantile,
  type BootstrapOptions,
  type PairedDifference,
} from './bootstrap.js';
export { delongAuc, delongDifference, type DelongAuc } from './delong.js';
export { normalQuantile } from './normal.js';
export type { Scored, ScoreMetric } from './order.js';
export { brier, calibrationBins, expectedCalibrationError, logLoss, type CalibrationBin } from './probability.js';
export { averagePrecision, gini, kolmogorovSmirnov, precisionAtK, rocAuc, rocCurve, type RocPoint } from './ranking.js';
export {
  accuracy,
  classScores,
  confusions,
  labelScores,
  macroF1,
  microF1,
  pairedAccuracy,
  type Classified,
  type ClassScore,
  type Confusion,
} from './classification.js';
export { clopperPearson, shareInterval } from './share-interval.js';
export {
  FEWEST_RESAMPLED,
  measuredValue,
  notMeasurable,
  proportion,
  resampledUncertainty,
  type Sample,
  type Uncertainty,
} from './uncertainty.js';
export {
  compareRegression,
  evaluateRegression,
  regressionMetrics,
  regressionTable,
  type RegressionComparison,
  type RegressionMetric,
  type RegressionRows,
} from './regression.js';
