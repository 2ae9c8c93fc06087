import type { AnswerCoverage, Answers } from '../../inference/answer.js';

/** What a predictor says to one row. */
export interface SingleAnswer {
  readonly output: unknown;
  readonly explanation?: unknown;
  readonly coverage?: AnswerCoverage;
}

/** The answer of one row of several. */
export const answerAt = ({ outputs, explanations, coverage }: Answers, i: number): SingleAnswer => ({
  output: outputs[i],
  ...(explanations === undefined ? {} : { explanation: explanations[i] }),
  ...(coverage === undefined ? {} : { coverage: coverage[i]! }),
});
