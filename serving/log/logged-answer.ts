import type { LoggedAnswer } from '../../inference/prediction-log/sealed-row.js';
import type { Prediction } from '../predictions/prediction.js';

/** A prediction with what the log keeps beside it. */
export interface AnsweredRow {
  readonly prediction: Prediction;
  /** The predictor's. */
  readonly input: unknown;
  /** The customer that the request or its token names; null: none. */
  readonly subject: string | null;
}

/** @param moment - `at`: now, in milliseconds; `latencyMs`: since the request was read. */
export function toLoggedAnswer(
  { prediction, input, subject }: AnsweredRow,
  { at, latencyMs }: { readonly at: number; readonly latencyMs: number },
): LoggedAnswer {
  const { predictionId: id, model: modelName, line, version, stage, abstained, features = null } = prediction;
  const { output, explanation, coverage } = prediction;
  const content = {
    ...{ input, output },
    ...(explanation === undefined ? {} : { explanation }),
    ...(coverage === undefined ? {} : { coverage }),
  };
  return { id, at, modelName, line, version, stage, subject, features, abstained, latencyMs, arm: null, content };
}
