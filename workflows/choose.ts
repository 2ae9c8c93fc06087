import type { Stage } from '../contracts/ids.js';
import { invalidInput } from './parse-input.js';
import { bookkeeping } from './steps.js';

/** A line of a model. */
export interface ChosenLine {
  readonly modelName: string;
  readonly line: string;
}

const named = (modelName: string): string => JSON.stringify({ modelName });

/** The only model of the catalogue, for a request that names none. @throws ApplicationFailure `INVALID_INPUT` naming all when there are more. */
export async function onlyModel(): Promise<string> {
  const { models } = await bookkeeping('List the models').listModels();
  const [first, ...others] = models;
  if (first !== undefined && others.length === 0) return first;
  throw invalidInput({
    faults: ['modelName is required here; each model also has a workflow of its own, such as trainCreditRiskScorer'],
    fields: models.map(named),
  });
}

/** The line that a request names; null when it names no model. */
export const namedLine = (request: { readonly modelName: string | null; readonly line: string }): ChosenLine | null =>
  request.modelName === null ? null : { modelName: request.modelName, line: request.line };

/**
 * The only line that has a version in a stage, for a request that names no model.
 * @param input - as it was given, before the line's default was filled in.
 * @throws ApplicationFailure `INVALID_INPUT` naming the lines there are.
 */
export async function onlyLineIn(
  inStage: Stage,
  input: { readonly line?: string | undefined } | null,
): Promise<ChosenLine> {
  const step = bookkeeping(`Find what is in ${inStage}`);
  const { lines } = await step.listLinesIn({ inStage, line: input?.line ?? null });
  const [first, ...others] = lines;
  if (first !== undefined && others.length === 0) return first;
  const found = first === undefined ? 'no version is' : `versions of ${lines.length} lines are`;
  const fields = lines.map((one) => JSON.stringify(one));
  throw invalidInput({ faults: [`modelName is required: ${found} in ${inStage}`], fields });
}
