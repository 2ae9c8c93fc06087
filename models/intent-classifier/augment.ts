import type { TrainContext } from '../../contracts/model-definition.js';
import { addTypos, switchCode } from '../../learning/augmentation/index.js';
import { createRandom, type Random } from '../../learning/random/index.js';
import type { FitEngine, EngineTask } from './engine.js';
import type { Example, Prepared } from './examples.js';
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

interface Candidate {
  readonly name: string;
  readonly variants: readonly Variant[];
}

const typos: Variant = (text, random) => addTypos(text, TRAINING_TYPOS, random);
const switched: Variant = (text, random) => switchCode(text, SWITCHED_WORDS, random);
const candidates: readonly Candidate[] = [
  { name: 'typos', variants: [typos] },
  { name: 'typos and code-switching', variants: [typos, switched] },
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

/** 1 for each message whose most probable intent is right, clean ones first and then the same with typos. */
async function judge(context: TrainContext, task: EngineTask, { validation, classes }: Prepared, fit: FitEngine) {
  const engine = await openScratch(await fit(context, task));
  const random = createRandom(context.seed).fork('augmentation-validation');
  const clean = validation.map(({ text }) => text);
  const scores = await engine.scores([...clean, ...clean.map((text) => addTypos(text, VALIDATION_TYPOS, random))]);
  await engine.close();
  return scores.map((row, i) => Number(validation[i % validation.length]!.intents.includes(classes[largest(row)]!)));
}

/** Mean difference over standard error, of paired rows. */
function gain(ours: readonly number[], base: readonly number[]): { readonly mean: number; readonly sure: boolean } {
  const differences = ours.map((right, i) => right - base[i]!);
  const mean = differences.reduce((sum, one) => sum + one, 0) / differences.length;
  const variance = differences.reduce((sum, one) => sum + (one - mean) ** 2, 0) / differences.length;
  return { mean, sure: mean > 2 * Math.sqrt(variance / differences.length) };
}

export interface Augmentation {
  readonly variants: readonly Variant[];
  readonly note: string | null;
}

const none: Augmentation = { variants: [], note: null };

/**
 * Tries each set of variants on the validation part, as it is and with 10 % typos. A set is kept when it gains over the
 * plain messages by more than two standard errors on both together and loses nothing on the clean ones.
 */
export async function chooseAugmentation(
  context: TrainContext,
  task: EngineTask,
  prepared: Prepared,
  fit: FitEngine,
): Promise<Augmentation> {
  const rows = prepared.validation.length;
  if (task.params.augmentation === 'none' || prepared.several || rows < FEWEST_JUDGED) return none;
  if (task.examples.length > MOST_MESSAGES) return none;
  const base = await judge(context, task, prepared, fit);
  let best = { ...none, mean: 0 };
  for (const { name, variants } of candidates) {
    const examples = augmented(task.examples, variants, context.seed);
    const found = await judge(context, { ...task, examples }, prepared, fit);
    const { mean, sure } = gain(found, base);
    const onClean = gain(found.slice(0, rows), base.slice(0, rows)).mean;
    if (!sure || onClean < 0 || mean <= best.mean) continue;
    const note = `training messages with ${name} added: +${(100 * mean).toFixed(1)} points on validation, half of it with typos`;
    best = { variants, note, mean };
  }
  return best;
}
