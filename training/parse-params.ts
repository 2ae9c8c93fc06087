import { z } from 'zod';
import { PipelineError } from '../contracts/errors.js';
import type { ModelDefinition } from '../contracts/model-definition.js';
import { parseParameters } from '../learning/checks.js';

type Params = Readonly<Record<string, unknown>>;

/** Names of a model's hyper-parameters, in the order of its schema. */
const namesOf = ({ params }: ModelDefinition): readonly string[] =>
  params instanceof z.ZodObject ? Object.keys(params.shape) : [];

/**
 * Hyper-parameters with the defaults of those that are absent.
 * @throws PipelineError `INVALID_HYPERPARAMETERS` naming the parameter and the ones the model has.
 */
export function parseParams(model: ModelDefinition, given: Params): Params {
  const known = namesOf(model);
  const unknown = Object.keys(given).filter((name) => !known.includes(name));
  const details = { modelName: model.name, known };
  if (unknown.length > 0) {
    const message = `${model.name} has no hyper-parameter ${unknown.join(', ')}; it has ${known.join(', ')}`;
    throw new PipelineError('INVALID_HYPERPARAMETERS', message, { ...details, found: unknown });
  }
  return parseParameters(model, given, details) as Params;
}
