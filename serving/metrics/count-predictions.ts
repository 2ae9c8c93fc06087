import { errorTable, type ErrorCode } from '../../contracts/errors.js';
import { asPipelineFault } from '../../platform/outage.js';
import type { Prediction, RowProblem } from '../predictions/prediction.js';
import type { ShowAnswer } from '../predictions/round-scores.js';
import type { ApiMetrics, Outcome, PredictionKind } from './metrics.js';

/** Counts what becomes of rows of one route. */
export interface PredictionCounter {
  /** Counts one answer, or why there is none. */
  one(answering: Promise<Prediction>): Promise<Prediction>;
  /** Counts rows that were answered each for itself. */
  many<Rows extends readonly (Prediction | RowProblem)[]>(rows: Rows): Rows;
  /** As `many`, of groups of rows, which it yields as they are to be shown. */
  stream(
    groups: AsyncIterable<readonly (Prediction | RowProblem)[]>,
    shown: ShowAnswer,
  ): AsyncIterable<readonly unknown[]>;
}

const outcomeOfCode = (code: ErrorCode): Outcome => (errorTable[code].status < 500 ? 'refused' : 'failed');

const outcomeOf = (row: Prediction | RowProblem): Outcome => {
  if ('error' in row) return outcomeOfCode(row.error.code);
  return row.abstained ? 'abstained' : 'answered';
};

export function countPredictions(metrics: ApiMetrics, model: string, kind: PredictionKind): PredictionCounter {
  const count = (outcome: Outcome): void => metrics.countPrediction(model, kind, outcome);
  const many: PredictionCounter['many'] = (rows) => {
    for (const row of rows) count(outcomeOf(row));
    return rows;
  };
  return {
    many,
    async *stream(groups, shown) {
      for await (const rows of groups) yield many(rows).map(shown);
    },
    async one(answering) {
      try {
        const prediction = await answering;
        count(outcomeOf(prediction));
        return prediction;
      } catch (fault) {
        count(outcomeOfCode(asPipelineFault(fault).code));
        throw fault;
      }
    },
  };
}
