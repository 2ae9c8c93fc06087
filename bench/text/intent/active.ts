import { chooseInformative } from '../../../learning/text/active-learning/index.js';
import {
  createVectoriser,
  fitLinearText,
  fitTextFeatures,
  linearTextParams,
  scoreTexts,
} from '../../../learning/text/linear-text/index.js';
import { probabilitiesAt } from '../../../learning/evaluation/calibration/temperature.js';
import { createRandom } from '../../../learning/numeric/random/index.js';
import { readExamples, type Example } from '../../../models/intent-classifier/data/examples.js';
import { mean } from '../../../learning/numeric/statistics/mean.js';
import type { BenchmarkContext, BenchmarkRow } from '../../report/suite.js';
import type { DividedSet } from '../../support/divided-set.js';
import { encoderContext, loadSet, row } from './sets.js';

/** Labels to begin with, seven an intent: with fewer the model's margins say little. */
const START = 1000;
const ADDED = 200;
/** Beginnings, each with a draw of its own; the difference is paired within a beginning. */
const REPEATS = 8;
const STANDARD_ERRORS = 2;

/** In-scope messages of all 150 intents: those to choose labels from and those to test on. */
export interface Pool {
  readonly train: readonly Example[];
  readonly test: readonly Example[];
  readonly classes: readonly string[];
}

function poolOf({ train, holdout }: DividedSet): Pool {
  const inScope = (set: readonly Example[]): Example[] => set.filter(({ outOfScope }) => !outOfScope);
  const [all, tested] = [inScope(readExamples(train)), inScope(readExamples(holdout))];
  return { train: all, test: tested, classes: [...new Set(all.map(({ intents }) => intents[0]!))].sort() };
}

const settings = linearTextParams.parse({});
const textsOf = (examples: readonly Example[]): string[] => examples.map(({ text }) => text);

function learn({ classes }: Pool, examples: readonly Example[], seed: number) {
  const position = new Map(classes.map((name, k) => [name, k]));
  const values = new Float32Array(examples.length * classes.length);
  examples.forEach(({ intents }, i) => (values[i * classes.length + position.get(intents[0]!)!] = 1));
  return fitLinearText(encoderContext(seed), textsOf(examples), { classes: classes.length, values }, settings);
}

function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let k = 1; k < values.length; k++) if (values[k]! > values[best]!) best = k;
  return best;
}

function accuracyOf(pool: Pool, examples: readonly Example[], seed: number): number {
  const scores = scoreTexts(learn(pool, examples, seed), textsOf(pool.test));
  const right = scores.filter((one, i) => pool.classes[argmax(one)] === pool.test[i]!.intents[0]);
  return right.length / pool.test.length;
}

/** As `ml intents review` chooses. @returns the messages of `rest` whose labels are asked for. */
function choose(pool: Pool, labelled: readonly Example[], rest: readonly Example[], seed: number): Example[] {
  const texts = textsOf(rest);
  const vectorise = createVectoriser(fitTextFeatures(texts, settings));
  const candidates = scoreTexts(learn(pool, labelled, seed), texts).map((one, i) => {
    const [first = 0, second = 0] = probabilitiesAt(one, 1, 'softmax').sort().reverse();
    return { margin: first - second, row: vectorise(texts[i]!) };
  });
  return chooseInformative(candidates, { count: ADDED }).map((i) => rest[i]!);
}

/** Accuracy of one beginning: as it is, with chosen and with random labels. */
export interface Repetition {
  readonly before: number;
  readonly chosen: number;
  readonly random: number;
}

/** @param start - labels to begin with. */
export function repeatOnce(pool: Pool, start: number, seed: number): Repetition {
  const order = Array.from(createRandom(seed).permutation(pool.train.length), (i) => pool.train[i]!);
  const [labelled, rest] = [order.slice(0, start), order.slice(start)];
  return {
    before: accuracyOf(pool, labelled, seed),
    chosen: accuracyOf(pool, [...labelled, ...choose(pool, labelled, rest, seed)], seed),
    random: accuracyOf(pool, order.slice(0, start + ADDED), seed),
  };
}

/** Mean difference, and its standard error over beginnings. */
function gainOf(runs: readonly Repetition[]): { readonly gain: number; readonly error: number } {
  const gains = runs.map(({ chosen, random }) => chosen - random);
  const gain = mean(gains);
  return { gain, error: Math.sqrt(mean(gains.map((one) => (one - gain) ** 2)) / (gains.length - 1)) };
}

/** 200 chosen labels against 200 random ones on CLINC150, judged on its whole in-scope test part. */
export async function activeSection(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const set = await loadSet(context, 'clinc150/data_full.json.gz');
  if (set === null) return [];
  const pool = poolOf(set);
  const runs = Array.from({ length: REPEATS }, (_, i) => {
    context.onProgress(`active learning: beginning ${i + 1} of ${REPEATS}`);
    return repeatOnce(pool, START, i + 1);
  });
  const { gain, error } = gainOf(runs);
  const name = `active learning: CLINC150, ${pool.classes.length} intents, ${START} labels`;
  const pick = (kind: keyof Repetition): number => mean(runs.map((run) => run[kind]));
  return [
    row({ name: `${name}: accuracy`, value: pick('before') }),
    row({ name: `${name} + ${ADDED} chosen: accuracy`, value: pick('chosen') }),
    row({ name: `${name} + ${ADDED} random: accuracy`, value: pick('random') }),
    row({ name: 'chosen − random', value: 100 * gain, unit: 'points' }),
    row({
      name: `chosen − random, in standard errors of ${REPEATS} beginnings`,
      value: gain / error,
      unit: 'se',
      target: { atLeast: STANDARD_ERRORS },
    }),
  ];
}
