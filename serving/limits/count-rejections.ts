import { PipelineError } from '../../contracts/errors.js';
import type { ApiMetrics } from '../metrics/metrics.js';
import type { TrafficLimits } from './traffic-limits.js';

/** The limits, which count in the metrics what they refuse because the budget of the day is spent. */
export const countRefusals = (limits: TrafficLimits, metrics: Pick<ApiMetrics, 'countRejection'>): TrafficLimits => ({
  request: (caller, route) => limits.request(caller, route),
  spend(caller, answers) {
    try {
      limits.spend(caller, answers);
    } catch (fault) {
      if (fault instanceof PipelineError && fault.code === 'QUERY_BUDGET_SPENT') metrics.countRejection('query_budget');
      throw fault;
    }
  },
});
