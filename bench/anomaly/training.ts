import type { TrainingData } from '../../contracts/dataset.js';
import type { ArtefactFiles, TrainContext } from '../../contracts/model-definition.js';
import { averagePrecision, rocAuc } from '../../learning/evaluation/metrics/index.js';
import { numberColumn } from '../../learning/table.js';
import { model } from '../../models/anomaly-detector/index.js';

/** What a training lends when nobody waits for it. */
const contextOf = (seed: number, champion: ArtefactFiles | null): TrainContext => ({
  seed,
  signal: new AbortController().signal,
  onProgress: () => undefined,
  checkpoint: { load: () => Promise.resolve(null), save: () => Promise.resolve() },
  champion,
  shards: [],
  encoder: () => Promise.resolve(null),
});

export interface Quality {
  readonly auc: number;
  readonly ap: number;
}

/** Trains as the pipeline does; with a champion as an update run does. */
export const trainDetector = (
  data: TrainingData,
  params: Readonly<Record<string, unknown>>,
  { seed, champion = null }: { readonly seed: number; readonly champion?: ArtefactFiles | null },
): Promise<ArtefactFiles> => model.train(contextOf(seed, champion), data, model.params.parse(params));

/** Scores rows through the artefact's own predictor. */
export async function judgeDetector(files: ArtefactFiles, rows: TrainingData): Promise<Quality> {
  const predictor = await model.predictor(files);
  const scored = await model.score(predictor, rows, contextOf(0, null));
  await predictor.close();
  const [labels, scores] = [numberColumn(scored, 'truth'), numberColumn(scored, 'score')];
  return { auc: rocAuc(labels, scores), ap: averagePrecision(labels, scores) };
}

export const meanQuality = (found: readonly Quality[]): Quality => {
  const mean = (of: (quality: Quality) => number): number =>
    found.reduce((sum, each) => sum + of(each), 0) / found.length;
  return { auc: mean(({ auc }) => auc), ap: mean(({ ap }) => ap) };
};
