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
import { sum } from '../../../learning/numeric/statistics/sum.js';
import { crfSettings, type EngineTask, type FitEngine } from './engine.js';

/**
 * Copies with swapped mentions to try, by number of words. Larger sets gain nothing from copies, and each copy takes as
 * much time as the set itself.
 */
const SWAPS = [
  { maximumWords: 20_000, swaps: 4 },
  { maximumWords: 40_000, swaps: 1 },
] as const;
/** Sets with more words use two folds instead of three. */
const LARGE_WORDS = 40_000;

const wordCount = (sentences: readonly LabelledSentence[]): number => sum(sentences.map(({ words }) => words.length));

/** The given number of swapped copies, or the largest that may help a set of this size. */
export function maximumSwaps({ sentences, params }: EngineTask): number {
  if (params.swaps >= 0) return params.swaps;
  const words = wordCount(sentences);
  return SWAPS.find(({ maximumWords }) => words <= maximumWords)?.swaps ?? 0;
}

/** Numbers of swapped copies that cross-validation compares. */
function swapCandidates(task: EngineTask): number[] {
  const swaps = maximumSwaps(task);
  return task.params.swaps >= 0 || swaps === 0 ? [swaps] : [0, swaps];
}

const foldCount = ({ sentences, params }: EngineTask): number =>
  params.folds ?? (wordCount(sentences) > LARGE_WORDS ? 2 : 3);

/** A context that reports the progress of one of several fits as a part of the whole. */
const partialProgress = (context: ComputeContext, fit: number, fits: number): ComputeContext => ({
  ...context,
  onLoss: undefined,
  onProgress: ({ done, total }) => {
    context.onProgress({ stage: 'choosing', done: fit * total + done, total: fits * total });
  },
});

/** Cross-validates a conditional random field with one setting: decoding, calibration and out-of-fold entities. */
export function crossValidateCrf(
  context: ComputeContext,
  task: EngineTask,
  settings: CrfSettings,
): Promise<CrossValidated> {
  const { set, names, sentences, groups } = task;
  const folds = foldCount(task);
  const fit = (train: readonly LabelledSentence[], fold: number) => {
    const chain = fitCrf({ set, names, sentences: train }, settings, partialProgress(context, fold, folds));
    return { chain, score: crfScorer(chain) };
  };
  return crossValidate({ sentences, groups }, { set, folds }, fit, context);
}

/** Whether some group has several texts; copies of one text, which differ by case only, are no group. */
function hasGroups({ sentences, groups }: EngineTask): boolean {
  const texts = new Map<string, string>();
  return groups.some((group, i) => {
    const text = sentences[i]!.words.join(' ').toLowerCase();
    const first = texts.get(group);
    texts.set(group, first ?? text);
    return first !== undefined && first !== text;
  });
}

/** What the folds keep apart: without documents or templates the estimate holds for texts like those of training only. */
function foldsNote(task: EngineTask): string {
  const groups = new Set(task.groups).size;
  return groups > 1 && hasGroups(task)
    ? `by ${groups} groups of texts (documents, templates, given groups)`
    : 'by single texts, so of the same texts: another document or source scores lower';
}

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;

/**
 * The from-scratch engine: a conditional random field. Swapped copies, bias, threshold and calibration are chosen by
 * cross-validation inside the training part; the field is then fitted on the whole training part.
 */
export const scratchEngine: FitEngine = async (context, task) => {
  let best: { readonly swaps: number; readonly result: CrossValidated } | null = null;
  const candidates = swapCandidates(task);
  for (const [i, swaps] of candidates.entries()) {
    const part = partialProgress(context, i, candidates.length);
    const result = await crossValidateCrf(part, task, crfSettings(task.params, swaps));
    if (best === null || result.f1 > best.result.f1) best = { swaps, result };
  }
  const { swaps, result } = best!;
  const { set, names, sentences, tokeniser } = task;
  const model = fitCrf({ set, names, sentences }, crfSettings(task.params, swaps), context);
  const { bias, threshold, calibration, f1 } = result;
  const notes = [
    `cross-validated inside training ${foldsNote(task)}: F1 ${percent(f1)} with ${swaps} swapped copies, bias ${bias} towards entities and threshold ${threshold}`,
  ];
  return { engine: 'from-scratch', files: encodeCrf(model, { tokeniser, bias, threshold, calibration }), notes };
};
