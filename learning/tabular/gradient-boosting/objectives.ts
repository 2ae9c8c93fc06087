import { logistic, type Objective, sigmoid } from './objective.js';
import type { GradientBoostingParams } from './params.js';
import { quantile, squared } from './regression-objectives.js';

/** The loss that these parameters ask for. */
export function objectiveOf(params: Pick<GradientBoostingParams, 'objective' | 'quantile'>): Objective {
  if (params.objective === 'quantile') return quantile(params.quantile);
  return params.objective === 'squared' ? squared : logistic;
}

/** From margin to prediction. */
export const linkOf = (objective: GradientBoostingParams['objective']): ((margin: number) => number) =>
  objective === 'logistic' ? sigmoid : (margin) => margin;
