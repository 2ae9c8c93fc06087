import { PipelineError } from '../../../contracts/errors.js';
import { requireLength } from '../../checks.js';
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
import { atWords } from './word-logits.js';

/** One class, or any number of classes. */
export type Label = number | readonly number[];

/**
 * Texts with one class each (a number), or with any number of classes each (a list). Where classes exclude each other,
 * an empty list is a text of none of them: its target is spread evenly, so that the model learns to be unsure about what
 * it does not know (outlier exposure; Hendrycks et al., ICLR 2019).
 */
export interface LabelledTexts {
  readonly texts: readonly string[];
  readonly labels: readonly Label[];
}

export interface SequenceTask {
  readonly train: LabelledTexts;
  /** `score` replaces the default: accuracy, or for several classes a text the negative log loss. */
  readonly validation?: LabelledTexts & { score?(logits: readonly Float32Array[]): number };
  readonly classes: number;
  /** True: any number of classes a text, each with a probability of its own. @default false */
  readonly multiLabel?: boolean;
  /** `regression`: the head begins as `regressionHead` of the encoder as it is; then 1 suits `headFactor`. @default 'chance' */
  readonly startHead?: 'chance' | 'regression';
  readonly params: FineTuningParams;
}

/** Sentences in words; a tag a word. */
export interface TaggedSentences {
  readonly sentences: readonly (readonly string[])[];
  readonly tags: readonly (readonly number[])[];
}

export interface TokenTask {
  readonly train: TaggedSentences;
  /** `score` gets logits a word; it replaces the default, accuracy over words. */
  readonly validation?: TaggedSentences & { score?(logits: readonly (readonly (Float32Array | null)[])[]): number };
  readonly classes: number;
  readonly params: FineTuningParams;
}

function requireClass(label: number, classes: number): number {
  if (Number.isInteger(label) && label >= 0 && label < classes) return label;
  throw new PipelineError('INVALID_INPUT', `label ${label} is none of ${classes} classes`);
}

/** Target of the right class 1 − smoothing + smoothing / classes, of the others smoothing / classes. */
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
    const present = presentIn(labels[row]!).map((one) => requireClass(one, classes));
    if (!multiLabel && present.length > 1) requireLength(`text ${row}`, present.length, 1, 'classes');
    const { ids } = encoder.tokenizer.encode(text, params.maximumLength);
    const spread = present.length === 0 && !multiLabel ? 1 : smoothing;
    return { ids, label: (into) => writeTarget(into, present, spread) };
  });
}

const largest = (values: Float32Array): number =>
  values.reduce((best, value, i) => (value > values[best]! ? i : best), 0);

const presentIn = (label: Label): readonly number[] => (typeof label === 'number' ? [label] : label);

const accuracyOf = (labels: readonly Label[], logits: readonly Float32Array[]): number =>
  labels.filter((label, row) => presentIn(label)[0] === largest(logits[row]!)).length / labels.length;

/** Mean over texts and classes of the log probability of what is true. */
function logLikelihood(labels: readonly Label[], logits: readonly Float32Array[]): number {
  let sum = 0;
  labels.forEach((label, row) => {
    const present = new Set(presentIn(label));
    logits[row]!.forEach((logit, index) => {
      const against = present.has(index) ? -logit : logit;
      sum -= Math.max(0, against) + Math.log1p(Math.exp(-Math.abs(against)));
    });
  });
  return sum / logits.reduce((count, row) => count + row.length, 0);
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
  const { train, classes, params } = task;
  const choice = task.multiLabel ? 'many' : 'one';
  const present = train.labels.map(presentIn);
  const { maximumLength } = params;
  const regression: RegressionTask = { texts: train.texts, present, classes, choice, maximumLength };
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
  const head = { level: 'sequence', choice: task.multiLabel ? 'many' : 'one', classes: task.classes } as const;
  const fixed = { encoder, head, examples, validation: textValidation(encoder, task), params: task.params };
  const begun = task.startHead === 'regression' ? { startHead: startHeadOf(encoder, task, context) } : {};
  return fineTune({ ...fixed, ...begun }, context);
}

interface WordExample extends Example {
  readonly first: Int32Array;
}

/** A word's tag is learned at its first piece (Devlin et al., 2019); the other pieces count nothing. */
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
        const place = into.subarray(at * classes, (at + 1) * classes);
        counted += writeTarget(place, [labels[word]!], params.labelSmoothing);
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
  const right = logits.flatMap((words, row) =>
    words.map((word, index) => Number(word !== null && largest(word) === tags[row]![index])),
  );
  return right.reduce((sum, one) => sum + one, 0) / Math.max(1, right.length);
}

function wordValidation(encoder: Encoder, task: TokenTask): ValidationExamples | null {
  if (!task.validation) return null;
  const { validation, classes } = task;
  const examples = wordExamples(encoder, validation, task);
  return {
    examples,
    score(logits) {
      const words = logits.map((row, index) => atWords(row, examples[index]!.first, classes));
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
  const head = { level: 'token', choice: 'one', classes: task.classes } as const;
  return fineTune({ encoder, head, examples, validation: wordValidation(encoder, task), params: task.params }, context);
}
