import type { TrainingData } from '../../contracts/dataset.js';
import type { ArtefactFiles } from '../../contracts/model-definition.js';
import { averagePrecision, rocAuc } from '../../learning/evaluation/metrics/index.js';
import { mean } from '../../learning/numeric/statistics/mean.js';
import { numberColumn } from '../../learning/table.js';
import { model } from '../../models/anomaly-detector/index.js';
import { trainingContext } from '../support/training-context.js';

export interface Quality {
  readonly auc: number;
  readonly ap: number;
}

/** Trains as the pipeline does; with a champion as an update run does. */
export const trainDetector = (
  data: TrainingData,
  params: Readonly<Record<string, unknown>>,
  { seed, champion = null }: { readonly seed: number; readonly champion?: ArtefactFiles | null },
): Promise<ArtefactFiles> => model.train(trainingContext(seed, { champion }), data, model.params.parse(params));

/** Scores rows through the artefact's own predictor. */
export async function evaluateDetector(files: ArtefactFiles, rows: TrainingData): Promise<Quality> {
  const predictor = await model.predictor(files);
  const scored = await model.score(predictor, rows, trainingContext(0));
  await predictor.close();
  const [labels, scores] = [numberColumn(scored, 'truth'), numberColumn(scored, 'score')];
  return { auc: rocAuc(labels, scores), ap: averagePrecision(labels, scores) };
}

export const meanQuality = (found: readonly Quality[]): Quality => ({
  auc: mean(found.map(({ auc }) => auc)),
  ap: mean(found.map(({ ap }) => ap)),
});
