import type { ArtefactFiles, TrainContext } from '../../../contracts/model-definition.js';
import { addTypos, switchCode } from '../../../learning/text/augmentation/index.js';
import { createRandom, type Random } from '../../../learning/numeric/random/index.js';
import { argmax } from '../../../learning/numeric/statistics/argmax.js';
import { pairedGain } from '../../../learning/numeric/statistics/paired-gain.js';
import type { FitEngine, EngineTask } from './engine.js';
import type { Example } from '../data/examples.js';
import { openScratchEngine } from '../prediction/engine.js';

/** Typo rate per letter of training copies; the validation copies have more, as in the robustness benchmark. */
const TRAINING_TYPOS = 0.06;
const VALIDATION_TYPOS = 0.1;
const SWITCHED_WORDS = 0.6;
/** With fewer validation messages augmentation is not tried: a gain would not be significant. */
const MINIMUM_VALIDATION = 150;
/** With more messages augmentation is not tried: it doubles the cost and gains nothing. */
const MAXIMUM_MESSAGES = 20_000;

type Variant = (text: string, random: Random) => string;

/** One kind of augmentation. */
interface AugmentationKind {
  readonly name: string;
  readonly variant: Variant;
}

/** Kinds in the order of the greedy search. */
const KINDS: readonly AugmentationKind[] = [
  { name: 'typos', variant: (text, random) => addTypos(text, TRAINING_TYPOS, random) },
  { name: 'code-switching', variant: (text, random) => switchCode(text, SWITCHED_WORDS, random) },
];

/** The messages followed by one copy per message and variant; unchanged and empty copies are dropped. */
export function augment(examples: readonly Example[], variants: readonly Variant[], seed: number): Example[] {
  const copies = variants.flatMap((variant, v) => {
    const random = createRandom(seed).fork(`augmentation-${v}`);
    return examples.flatMap((example) => {
      const text = variant(example.text, random);
      return text === example.text || text.trim() === '' ? [] : [{ ...example, text }];
    });
  });
  return [...examples, ...copies];
}

/** A fitted engine and its validation results. */
interface Trial {
  readonly files: ArtefactFiles;
  /** (2 · validation messages,) 1 where the intent is correct: the messages as they are, then with typos. */
  readonly correct: readonly number[];
}

async function runTrial(
  context: TrainContext,
  { validation, classes }: EngineTask,
  fit: () => Promise<ArtefactFiles>,
): Promise<Trial> {
  const files = await fit();
  const engine = await openScratchEngine(files);
  const random = createRandom(context.seed).fork('augmentation-validation');
  const clean = validation.map(({ text }) => text);
  const scores = await engine.scores([...clean, ...clean.map((text) => addTypos(text, VALIDATION_TYPOS, random))]);
  await engine.close();
  const intentsOf = (row: number): readonly string[] => validation[row % validation.length]!.intents;
  return { files, correct: scores.map((row, i) => Number(intentsOf(i).includes(classes[argmax(row)]!))) };
}

/** Whether a trial is significantly better on all messages and not worse on those without typos. */
function isGain({ correct: right }: Trial, { correct: before }: Trial): boolean {
  const clean = right.length / 2;
  return pairedGain(right, before).sure && pairedGain(right.slice(0, clean), before.slice(0, clean)).mean >= 0;
}

/** Result of `fitAugmented`. */
export interface Augmentation {
  /** Kept variants. */
  readonly variants: readonly Variant[];
  readonly note: string | null;
  /** Files of the engine fitted with the kept variants. */
  readonly files: ArtefactFiles;
}

const isApplicable = ({ params, multiLabel, validation, examples }: EngineTask): boolean =>
  params.augmentation === 'auto' &&
  !multiLabel &&
  validation.length >= MINIMUM_VALIDATION &&
  examples.length <= MAXIMUM_MESSAGES;

/**
 * Fits the task with the augmentation that helps, by greedy forward selection over the kinds. A kind is kept when the
 * accuracy on validation messages with and without 10 % typos gains more than two standard errors and that without typos
 * does not fall. The search ends at the first kind that is not kept, so a set that gains nothing costs one more fit.
 * @param fitPlain - gives the files without augmentation, where they are fitted already.
 */
export async function fitAugmented(
  context: TrainContext,
  task: EngineTask,
  fit: FitEngine,
  fitPlain: () => Promise<ArtefactFiles> = () => fit(context, task),
): Promise<Augmentation> {
  if (!isApplicable(task)) return { variants: [], note: null, files: await fitPlain() };
  const plain = await runTrial(context, task, fitPlain);
  const kept: AugmentationKind[] = [];
  let best = plain;
  for (const kind of KINDS) {
    const variants = [...kept, kind].map(({ variant }) => variant);
    const examples = augment(task.examples, variants, context.seed);
    const trial = await runTrial(context, task, () => fit(context, { ...task, examples }));
    if (!isGain(trial, best)) break;
    kept.push(kind);
    best = trial;
  }
  const { mean } = pairedGain(best.correct, plain.correct);
  const names = kept.map(({ name }) => name).join(' and ');
  const note = `training messages with ${names} added: +${(100 * mean).toFixed(1)} points on validation, half of it with typos`;
  return { variants: kept.map(({ variant }) => variant), note: kept.length === 0 ? null : note, files: best.files };
}
