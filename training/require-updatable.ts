import { PipelineError } from '../contracts/errors.js';
import type { ModelDefinition } from '../contracts/model-definition.js';

/** @throws PipelineError `INVALID_INPUT` when an update of the model is asked for and it learns from scratch only. */
export function requireUpdatable({ name, updatable }: ModelDefinition): void {
  if (updatable === true) return;
  throw new PipelineError('INVALID_INPUT', `${name} learns from scratch only; leave out update`, { modelName: name });
}
