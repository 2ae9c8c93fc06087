import type { ArtefactFiles, TrainContext } from '../../../contracts/model-definition.js';
import { addTypos, switchCode } from '../../../learning/text/augmentation/index.js';
import { createRandom, type Random } from '../../../learning/numeric/random/index.js';
import { pairedGain } from '../../../learning/numeric/statistics/paired-gain.js';
import type { FitEngine, EngineTask } from './engine.js';
import type { Example } from '../data/examples.js';
import { openScratch } from './scratch-engine.js';

/** Letters hit in a training copy; validation is judged with more, as the robustness bench does. */
const TRAINING_TYPOS = 0.06;
const VALIDATION_TYPOS = 0.1;
const SWITCHED_WORDS = 0.6;
/** Fewer validation messages than this cannot tell a gain from luck. */
const FEWEST_JUDGED = 150;
/** More messages than this have the variety that copies would bring, and copies double the cost. */
const MOST_MESSAGES = 20_000;

type Variant = (text: string, random: Random) => string;

interface Step {
  readonly name: string;
  readonly variant: Variant;
}

/** One after the other, each on top of what was kept; the first that does not pay ends the search. */
const STEPS: readonly Step[] = [
  { name: 'typos', variant: (text, random) => addTypos(text, TRAINING_TYPOS, random) },
  { name: 'code-switching', variant: (text, random) => switchCode(text, SWITCHED_WORDS, random) },
];

/** The messages and one copy a variant; a copy that says the same is left out. */
export function augmented(examples: readonly Example[], variants: readonly Variant[], seed: number): Example[] {
  const copies = variants.flatMap((variant, v) => {
    const random = createRandom(seed).fork(`augmentation-${v}`);
    return examples.flatMap((example) => {
      const text = variant(example.text, random);
      return text === example.text || text.trim() === '' ? [] : [{ ...example, text }];
    });
  });
  return [...examples, ...copies];
}

const largest = (scores: ArrayLike<number>): number =>
  Array.from(scores).reduce((best, score, k, all) => (score > all[best]! ? k : best), 0);

/** What was fitted, and 1 for each message understood: clean ones first and then the same with typos. */
interface Trial {
  readonly files: ArtefactFiles;
  readonly right: readonly number[];
}

async function tryOut(context: TrainContext, task: EngineTask, fit: FitEngine): Promise<Trial> {
  const { validation, classes } = task;
  const files = await fit(context, task);
  const engine = await openScratch(files);
  const random = createRandom(context.seed).fork('augmentation-validation');
  const clean = validation.map(({ text }) => text);
  const scores = await engine.scores([...clean, ...clean.map((text) => addTypos(text, VALIDATION_TYPOS, random))]);
  await engine.close();
  const known = (row: number): readonly string[] => validation[row % validation.length]!.intents;
  return { files, right: scores.map((row, i) => Number(known(i).includes(classes[largest(row)]!))) };
}

/** Better on clean and mistyped messages together, no worse on the clean ones. */
function pays({ right }: Trial, { right: before }: Trial): boolean {
  const clean = right.length / 2;
  return pairedGain(right, before).sure && pairedGain(right.slice(0, clean), before.slice(0, clean)).mean >= 0;
}

export interface Augmentation {
  readonly variants: readonly Variant[];
  readonly note: string | null;
  /** What was fitted on the task with the variants kept. */
  readonly files: ArtefactFiles;
}

const worthTrying = ({ params, several, validation, examples }: EngineTask): boolean =>
  params.augmentation === 'auto' && !several && validation.length >= FEWEST_JUDGED && examples.length <= MOST_MESSAGES;

/**
 * Fits the task, and again with variants of its messages added, one kind after the other (greedy forward selection). A
 * kind is kept when validation messages, as they are and with 10 % typos, gain more than two standard errors and the
 * clean ones lose nothing; the first that is not kept ends the search, so that a set for which copies are of no use
 * costs one fit of twice its size. What was fitted with the kept ones comes back: nothing is fitted twice.
 */
export async function fitAugmented(context: TrainContext, task: EngineTask, fit: FitEngine): Promise<Augmentation> {
  if (!worthTrying(task)) return { variants: [], note: null, files: await fit(context, task) };
  const plain = await tryOut(context, task, fit);
  const kept: Step[] = [];
  let best = plain;
  for (const step of STEPS) {
    const examples = augmented(task.examples, [...kept, step].map(({ variant }) => variant), context.seed); // prettier-ignore
    const found = await tryOut(context, { ...task, examples }, fit);
    if (!pays(found, best)) break;
    kept.push(step);
    best = found;
  }
  const { mean } = pairedGain(best.right, plain.right);
  const names = kept.map(({ name }) => name).join(' and ');
  const note = `training messages with ${names} added: +${(100 * mean).toFixed(1)} points on validation, half of it with typos`;
  return { variants: kept.map(({ variant }) => variant), note: kept.length === 0 ? null : note, files: best.files };
}
