import { PipelineError } from '../../../contracts/errors.js';
import { requireLength } from '../../checks.js';
import { argmax } from '../../numeric/statistics/argmax.js';
import { mean } from '../../numeric/statistics/mean.js';
import { sum } from '../../numeric/statistics/sum.js';
import type { Encoder } from './encoder.js';
import {
  fineTune,
  type EncoderModel,
  type FineTuningContext,
  type StartHead,
  type ValidationExamples,
} from './fine-tuning.js';
import type { FineTuningParams } from './params.js';
import { regressionHead, type RegressionTask } from './regression-head.js';
import type { Example } from './training-step.js';
import { wordLogits } from './word-logits.js';

/** One class, or a list of classes. */
export type Label = number | readonly number[];

/**
 * Texts with their classes. In single-label tasks an empty list marks a text outside all classes, whose target is
 * uniform over the classes (outlier exposure; Hendrycks et al., ICLR 2019).
 */
export interface LabelledTexts {
  readonly texts: readonly string[];
  readonly labels: readonly Label[];
}

/** A text classification task. */
export interface SequenceTask {
  readonly train: LabelledTexts;
  /** `score` replaces the default, which is accuracy, or the negative log loss in multi-label tasks. */
  readonly validation?: LabelledTexts & { score?(logits: readonly Float32Array[]): number };
  readonly classes: number;
  /** True: a text has any number of classes, each with its own probability. @default false */
  readonly multiLabel?: boolean;
  /** Initial head: random weights, or `regressionHead`, for which `headFactor` 1 is suitable. @default 'random' */
  readonly startHead?: 'random' | 'regression';
  readonly params: FineTuningParams;
}

/** Sentences as words with one tag per word. */
export interface TaggedSentences {
  readonly sentences: readonly (readonly string[])[];
  readonly tags: readonly (readonly number[])[];
}

/** A word tagging task. */
export interface TokenTask {
  readonly train: TaggedSentences;
  /** `score` receives logits per word and replaces the default, accuracy over words. */
  readonly validation?: TaggedSentences & { score?(logits: readonly (readonly (Float32Array | null)[])[]): number };
  readonly classes: number;
  readonly params: FineTuningParams;
}

function requireClass(label: number, classes: number): number {
  if (Number.isInteger(label) && label >= 0 && label < classes) return label;
  throw new PipelineError('INVALID_INPUT', `label ${label} is outside 0 … ${classes - 1}`);
}

/** Writes targets with label smoothing: 1 − smoothing + smoothing / classes for the labels, smoothing / classes elsewhere. */
function writeTarget(into: Float32Array, labels: readonly number[], smoothing: number): number {
  const { length } = into;
  if (smoothing > 0) into.fill(smoothing / length);
  for (const label of labels) into[label]! += 1 - smoothing;
  return 1;
}

type Settings = Pick<SequenceTask, 'classes' | 'multiLabel' | 'params'>;

function textExamples(encoder: Encoder, { texts, labels }: LabelledTexts, settings: Settings): Example[] {
  const { classes, multiLabel, params } = settings;
  requireLength('labels', labels.length, texts.length);
  const smoothing = multiLabel ? 0 : params.labelSmoothing;
  return texts.map((text, row) => {
    const own = classesOf(labels[row]!).map((one) => requireClass(one, classes));
    if (!multiLabel && own.length > 1) requireLength(`text ${row}`, own.length, 1, 'classes');
    const { ids } = encoder.tokenizer.encode(text, params.maximumLength);
    // Smoothing 1 makes the target uniform.
    const ownSmoothing = own.length === 0 && !multiLabel ? 1 : smoothing;
    return { ids, label: (into) => writeTarget(into, own, ownSmoothing) };
  });
}

const classesOf = (label: Label): readonly number[] => (typeof label === 'number' ? [label] : label);

const accuracyOf = (labels: readonly Label[], logits: readonly Float32Array[]): number =>
  labels.filter((label, row) => classesOf(label)[0] === argmax(logits[row]!)).length / labels.length;

/** Mean log-likelihood over texts and classes. */
function logLikelihood(labels: readonly Label[], logits: readonly Float32Array[]): number {
  let total = 0;
  labels.forEach((label, row) => {
    const present = new Set(classesOf(label));
    logits[row]!.forEach((logit, index) => {
      const signed = present.has(index) ? -logit : logit;
      total -= Math.max(0, signed) + Math.log1p(Math.exp(-Math.abs(signed)));
    });
  });
  return total / sum(logits.map(({ length }) => length));
}

function textValidation(encoder: Encoder, task: SequenceTask): ValidationExamples | null {
  if (!task.validation) return null;
  const { validation } = task;
  const fallback = task.multiLabel ? logLikelihood : accuracyOf;
  return {
    examples: textExamples(encoder, validation, task),
    score: (logits) => validation.score?.(logits) ?? fallback(validation.labels, logits),
  };
}

function startHeadOf(encoder: Encoder, task: SequenceTask, context: FineTuningContext): StartHead {
  const { train, classes, multiLabel = false, params } = task;
  const labels = train.labels.map(classesOf);
  const { maximumLength } = params;
  const regression: RegressionTask = { texts: train.texts, labels, classes, multiLabel, maximumLength };
  return { name: 'regression', compute: () => regressionHead(encoder, regression, context) };
}

/**
 * Fine-tunes an encoder to classify texts.
 * @throws PipelineError `INVALID_INPUT` for a label outside the classes, `SHAPE_MISMATCH`, and as `fineTune`.
 */
export function trainSequenceClassifier(
  encoder: Encoder,
  task: SequenceTask,
  context: FineTuningContext,
): Promise<EncoderModel> {
  const examples = textExamples(encoder, task.train, task);
  const head = { level: 'sequence', multiLabel: task.multiLabel ?? false, classes: task.classes } as const;
  const fineTuning = { encoder, head, examples, validation: textValidation(encoder, task), params: task.params };
  if (task.startHead !== 'regression') return fineTune(fineTuning, context);
  return fineTune({ ...fineTuning, startHead: startHeadOf(encoder, task, context) }, context);
}

interface WordExample extends Example {
  readonly first: Int32Array;
}

/** Examples with each word's tag at its first piece (Devlin et al. 2019); the other pieces have no target. */
function wordExamples(encoder: Encoder, { sentences, tags }: TaggedSentences, task: TokenTask): WordExample[] {
  const { classes, params } = task;
  requireLength('tag lists', tags.length, sentences.length);
  return sentences.map((words, row) => {
    const labels = tags[row]!.map((tag) => requireClass(tag, classes));
    requireLength(`sentence ${row}`, labels.length, words.length, 'tags');
    const { ids, first } = encoder.tokenizer.encodeWords(words, params.maximumLength);
    const label = (into: Float32Array): number => {
      let counted = 0;
      first.forEach((at, word) => {
        if (at < 0) return;
        const target = into.subarray(at * classes, (at + 1) * classes);
        counted += writeTarget(target, [labels[word]!], params.labelSmoothing);
      });
      return counted;
    };
    return { ids, first, label };
  });
}

function wordAccuracy(
  tags: readonly (readonly number[])[],
  logits: readonly (readonly (Float32Array | null)[])[],
): number {
  const correct = logits.flatMap((words, row) =>
    words.map((word, index) => Number(word !== null && argmax(word) === tags[row]![index])),
  );
  return mean(correct, 0);
}

function wordValidation(encoder: Encoder, task: TokenTask): ValidationExamples | null {
  if (!task.validation) return null;
  const { validation, classes } = task;
  const examples = wordExamples(encoder, validation, task);
  return {
    examples,
    score(logits) {
      const words = logits.map((row, index) => wordLogits(row, examples[index]!.first, classes));
      return validation.score?.(words) ?? wordAccuracy(validation.tags, words);
    },
  };
}

/**
 * Fine-tunes an encoder to tag words.
 * @throws PipelineError `INVALID_INPUT` for a tag outside the classes, `SHAPE_MISMATCH`, and as `fineTune`.
 */
export function trainTokenClassifier(
  encoder: Encoder,
  task: TokenTask,
  context: FineTuningContext,
): Promise<EncoderModel> {
  const examples = wordExamples(encoder, task.train, task);
  const head = { level: 'token', multiLabel: false, classes: task.classes } as const;
  return fineTune({ encoder, head, examples, validation: wordValidation(encoder, task), params: task.params }, context);
}
