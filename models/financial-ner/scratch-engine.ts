import type { ComputeContext } from '../../contracts/model-definition.js';
import {
  crfScorer,
  crossValidate,
  encodeCrf,
  fitCrf,
  type CrfSettings,
  type CrossValidated,
  type LabelledSentence,
} from '../../learning/sequence-tagging/index.js';
import type { EngineTask, FitEngine } from './engine.js';
import type { NerParams } from './params.js';

/** Larger sets have the variety that copies with swapped names would bring, and copies triple the cost. */
const MOST_WORDS_TO_SWAP = 20_000;
const SWAPS = 4;

const settingsOf = ({ iterations, l2, minimumCount }: NerParams, swaps: number): CrfSettings => ({
  iterations,
  l2,
  minimumCount,
  swaps,
});

/** Numbers of swapped copies that cross-validation tries. */
function swapCandidates({ sentences, params }: EngineTask): number[] {
  if (params.swaps >= 0) return [params.swaps];
  const words = sentences.reduce((sum, sentence) => sum + sentence.words.length, 0);
  return words <= MOST_WORDS_TO_SWAP ? [0, SWAPS] : [0];
}

/** Out-of-fold entities, bias and calibration of one setting. */
export function crossValidateField(
  context: ComputeContext,
  task: EngineTask,
  settings: CrfSettings,
): Promise<CrossValidated> {
  const { set, names, params, sentences, groups } = task;
  const fit = (train: readonly LabelledSentence[]) => {
    const chain = fitCrf({ set, names, sentences: train }, settings, context);
    return { chain, score: crfScorer(chain) };
  };
  return crossValidate({ sentences, groups }, { set, folds: params.folds }, fit, context);
}

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;

/**
 * A conditional random field. Swapped copies, bias and calibration are chosen by cross-validation inside the training
 * part; the field itself is then fitted on all of it.
 */
export const fitScratch: FitEngine = async (context, task) => {
  let best: { readonly swaps: number; readonly found: CrossValidated } | null = null;
  for (const swaps of swapCandidates(task)) {
    const found = await crossValidateField(context, task, settingsOf(task.params, swaps));
    if (best === null || found.f1 > best.found.f1) best = { swaps, found };
  }
  const { swaps, found } = best!;
  const { set, names, sentences, tokeniser } = task;
  const model = fitCrf({ set, names, sentences }, settingsOf(task.params, swaps), context);
  const { bias, calibration, f1 } = found;
  const notes = [
    `cross-validated inside training: F1 ${percent(f1)} with ${swaps} swapped copies and bias ${bias} towards entities`,
  ];
  return { engine: 'from-scratch', files: encodeCrf(model, { tokeniser, bias, calibration }), notes };
};
