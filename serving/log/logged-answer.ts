import type { LoggedAnswer } from '../../inference/prediction-log/sealed-row.js';
import type { ValuesOfViews } from '../../inference/request-features.js';
import type { Prediction } from '../predictions/prediction.js';

/** A prediction with what the log keeps beside it. */
export interface AnsweredRow {
  readonly prediction: Prediction;
  /** The predictor's. */
  readonly input: unknown;
  /** The customer that the request or its token names; null: none. */
  readonly subject: string | null;
  /** Of the feature views that were read for it; absent: none were. */
  readonly valuesOfViews?: ValuesOfViews;
}

export interface LoggedMoment {
  /** Now; milliseconds. */
  readonly at: number;
  /** Since the request was read. */
  readonly latencyMs: number;
  /** Whether people annotate the input's text. */
  readonly isAnnotated: boolean;
}

export function toLoggedAnswer(
  { prediction, input, subject, valuesOfViews }: AnsweredRow,
  { at, latencyMs, isAnnotated }: LoggedMoment,
): LoggedAnswer {
  const { predictionId: id, model: modelName, line, version, stage, abstained, features = null } = prediction;
  const { output, explanation, coverage } = prediction;
  const content = {
    ...{ input, output },
    ...(explanation === undefined ? {} : { explanation }),
    ...(coverage === undefined ? {} : { coverage }),
    ...(valuesOfViews === undefined ? {} : { valuesOfViews }),
  };
  const text = isAnnotated ? { text: (input as { readonly text: string }).text } : {};
  const answered = { id, at, modelName, line, version, stage, subject, features, abstained, latencyMs, arm: null };
  return { ...answered, content, ...text };
}
