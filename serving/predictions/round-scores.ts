import type { Prediction, RowProblem } from './prediction.js';

/** An answer as callers are to see it. */
export type ShowAnswer = <Answer extends Prediction | RowProblem>(answer: Answer) => Answer;

/**
 * Rounds the numbers of outputs and explanations, so that a model cannot be copied from few exact scores. Whole numbers
 * stay as they are.
 * @param decimals - null: answers are shown as they are.
 */
export function roundScores(decimals: number | null): ShowAnswer {
  if (decimals === null) return (answer) => answer;
  const factor = 10 ** decimals;
  const round = (value: unknown): unknown => {
    if (typeof value === 'number') return Math.round(value * factor) / factor;
    if (Array.isArray(value)) return value.map(round);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, round(part)]));
  };
  return (answer) => {
    if ('error' in answer) return answer;
    const { output, explanation } = answer;
    return {
      ...answer,
      output: round(output),
      ...(explanation === undefined ? {} : { explanation: round(explanation) }),
    };
  };
}
