import type { ComputeContext } from '../../../contracts/model-definition.js';
import {
  crfScorer,
  crossValidate,
  encodeCrf,
  fitCrf,
  type CrfSettings,
  type CrossValidated,
  type LabelledSentence,
} from '../../../learning/text/sequence-tagging/index.js';
import type { EngineTask, FitEngine } from './engine.js';
import type { NerParams } from '../params.js';

/**
 * Copies with swapped names that are tried against none, by the most words of the set. Larger sets have the variety that
 * copies would bring, and every copy costs as much as the set.
 */
const SWAPS = [
  { mostWords: 20_000, swaps: 4 },
  { mostWords: 40_000, swaps: 1 },
] as const;
/** Sets with more words have enough in half of them to choose and calibrate by. */
const LARGE = 40_000;

const wordsIn = (sentences: readonly LabelledSentence[]): number =>
  sentences.reduce((sum, { words }) => sum + words.length, 0);

const settingsOf = ({ iterations, l2, minimumCount }: NerParams, swaps: number): CrfSettings => ({
  iterations,
  l2,
  minimumCount,
  swaps,
});

/** Number of swapped copies that a set of this size may gain from. */
export function promisingSwaps({ sentences, params }: EngineTask): number {
  if (params.swaps >= 0) return params.swaps;
  const words = wordsIn(sentences);
  return SWAPS.find(({ mostWords }) => words <= mostWords)?.swaps ?? 0;
}

/** Numbers of swapped copies that cross-validation tries. */
function swapCandidates(task: EngineTask): number[] {
  const swaps = promisingSwaps(task);
  return task.params.swaps >= 0 || swaps === 0 ? [swaps] : [0, swaps];
}

const foldsOf = ({ sentences, params }: EngineTask): number => params.folds ?? (wordsIn(sentences) > LARGE ? 2 : 3);

/** Tells of one of several fits as a part of the whole. */
const partOf = (context: ComputeContext, fit: number, fits: number): ComputeContext => ({
  ...context,
  onProgress: ({ done, total }) => {
    context.onProgress({ stage: 'choosing', done: fit * total + done, total: fits * total });
  },
});

/** Out-of-fold entities, decoding and calibration of one setting. */
export function crossValidateField(
  context: ComputeContext,
  task: EngineTask,
  settings: CrfSettings,
): Promise<CrossValidated> {
  const { set, names, sentences, groups } = task;
  const folds = foldsOf(task);
  const fit = (train: readonly LabelledSentence[], fold: number) => {
    const chain = fitCrf({ set, names, sentences: train }, settings, partOf(context, fold, folds));
    return { chain, score: crfScorer(chain) };
  };
  return crossValidate({ sentences, groups }, { set, folds }, fit, context);
}

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;

/**
 * A conditional random field. Swapped copies, bias, threshold and calibration are chosen by cross-validation inside the training
 * part; the field itself is then fitted on all of it.
 */
export const fitScratch: FitEngine = async (context, task) => {
  let best: { readonly swaps: number; readonly found: CrossValidated } | null = null;
  const candidates = swapCandidates(task);
  for (const [i, swaps] of candidates.entries()) {
    const part = partOf(context, i, candidates.length);
    const found = await crossValidateField(part, task, settingsOf(task.params, swaps));
    if (best === null || found.f1 > best.found.f1) best = { swaps, found };
  }
  const { swaps, found } = best!;
  const { set, names, sentences, tokeniser } = task;
  const model = fitCrf({ set, names, sentences }, settingsOf(task.params, swaps), context);
  const { bias, threshold, calibration, f1 } = found;
  const notes = [
    `cross-validated inside training: F1 ${percent(f1)} with ${swaps} swapped copies, bias ${bias} towards entities and threshold ${threshold}`,
  ];
  return { engine: 'from-scratch', files: encodeCrf(model, { tokeniser, bias, threshold, calibration }), notes };
};
