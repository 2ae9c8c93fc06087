import type { Stage } from '../../contracts/ids.js';
import type { AnswerCoverage } from '../../inference/answer.js';
import type { VariantName } from '../../learning/artefact/index.js';
import type { FeatureReads } from '../../inference/predict-by-reference.js';
import type { Problem } from '../http/problem.js';

/** One answer of the API. */
export interface Prediction {
  readonly predictionId: string;
  readonly model: string;
  readonly line: string;
  /** Whether the version learned from generated customers. */
  readonly synthetic: boolean;
  readonly version: string;
  readonly stage: Stage;
  /** The number format that answered; absent: the usual one. */
  readonly variant?: VariantName;
  /** The model's own output; null where it abstained. */
  readonly output: unknown;
  readonly explanation?: unknown;
  readonly abstained: boolean;
  /** What the input lacked; absent for a version that needs all of it. */
  readonly coverage?: AnswerCoverage;
  /** What was read for a request by reference; `missing`: nothing could be, so the answer is from what was sent. */
  readonly features?: FeatureReads | 'missing';
}

/** One row of a batch that has no answer. */
export interface RowProblem {
  readonly error: Problem;
}
