import type { GradientBoostingParams } from './params.js';
import type { RegressionTree } from './tree.js';

/** Learned trees: plain data, safe in JSON. prediction = objective(baseMargin + Σ tree values). */
export interface GradientBoostingState {
  readonly schemaVersion: 1;
  readonly objective: GradientBoostingParams['objective'];
  /** Of the objective `quantile`. */
  readonly quantile?: number;
  readonly featureCount: number;
  /** Margin before the first tree: for `logistic` the log-odds of the mean label, else the label's mean or quantile. */
  readonly baseMargin: number;
  readonly trees: readonly RegressionTree[];
}
