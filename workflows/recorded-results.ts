import type { EvaluatedModel, FittedModel } from '../contracts/activities.js';
import type { DatasetRef } from '../contracts/dataset.js';
import type { Training } from './training-run.js';

/* What a run that starts in the middle takes from the run that it repeats. */

/** Selected and validated rows. */
export interface TrainingRows {
  readonly dataset: DatasetRef;
  readonly shards: number;
}

/** Rows that a former run has selected and validated; null when the run starts before. */
export function recordedRows(training: Training): TrainingRows | null {
  const { dataset, shards = 0 } = training.plan.start ?? {};
  if (dataset === undefined) return null;
  for (const stage of ['data', 'dataset', 'validation']) markTaken(training, stage);
  return { dataset, shards };
}

/** The model that a former run has trained; null when the run starts before. */
export function recordedModel(training: Training): FittedModel | null {
  const { fitted } = training.plan.start ?? {};
  if (fitted === undefined) return null;
  markTaken(training, 'training');
  return fitted;
}

const markTaken = ({ plan, table }: Training, stage: string): void =>
  table.mark(stage, 'skipped', `taken from ${plan.start?.rerunOf ?? 'a former run'}`);

/** The evaluation of a former run; null when the run starts before. */
export function recordedEvaluation(training: Training): EvaluatedModel | null {
  const { evaluated } = training.plan.start ?? {};
  if (evaluated === undefined) return null;
  markTaken(training, 'evaluation');
  return evaluated;
}
