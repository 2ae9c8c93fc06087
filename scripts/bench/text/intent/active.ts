import { chooseInformative } from '../../../../learning/active-learning/index.js';
import {
  createVectoriser,
  fitLinearText,
  linearTextParams,
  scoreTexts,
} from '../../../../learning/linear-text/index.js';
import { probabilitiesAt } from '../../../../learning/calibration/temperature.js';
import { createRandom } from '../../../../learning/random/index.js';
import { readExamples, type Example } from '../../../../models/intent-classifier/examples.js';
import type { BenchmarkContext, BenchmarkRow } from '../../report/suite.js';
import { benchContext, type IntentSet, loadSet, row } from './sets.js';

/** Labels to begin with, of which each round adds to. */
const START = 600;
const ADDED = 200;
const REPEATS = 5;
/** A smaller share of the test part tells the two apart as well, at a fraction of the cost. */
const CLASSES = 30;
const STANDARD_ERRORS = 2;

interface Pool {
  readonly train: readonly Example[];
  readonly test: readonly Example[];
  readonly classes: readonly string[];
}

/** CLINC150's banking and credit-card intents are 30 of 150; every fifth intent by name is as many, of all domains. */
function poolOf({ train, test }: IntentSet): Pool {
  const inScope = (set: readonly Example[]): Example[] => set.filter(({ outOfScope }) => !outOfScope);
  const all = inScope(readExamples(train));
  const names = [...new Set(all.map(({ intents }) => intents[0]!))].sort();
  const classes = names.filter((_, i) => i % Math.round(names.length / CLASSES) === 0);
  const known = ({ intents }: Example): boolean => classes.includes(intents[0]!);
  return { train: all.filter(known), test: inScope(readExamples(test)).filter(known), classes };
}

const settings = linearTextParams.parse({});

function learn({ classes }: Pool, examples: readonly Example[], seed: number) {
  const values = new Float32Array(examples.length * classes.length);
  examples.forEach(({ intents }, i) => (values[i * classes.length + classes.indexOf(intents[0]!)] = 1));
  const texts = examples.map(({ text }) => text);
  return fitLinearText(benchContext(seed), texts, { classes: classes.length, values }, settings);
}

const argmax = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((best, value, k, all) => (value > all[best]! ? k : best), 0);

function accuracyOf(pool: Pool, examples: readonly Example[], seed: number): number {
  const scores = scoreTexts(learn(pool, examples, seed), pool.test.map(({ text }) => text)); // prettier-ignore
  const right = scores.filter((one, i) => pool.classes[argmax(one)] === pool.test[i]!.intents[0]);
  return right.length / pool.test.length;
}

/** Positions in `rest` whose labels are asked for. */
function choose(pool: Pool, labelled: readonly Example[], rest: readonly Example[], seed: number): number[] {
  const state = learn(pool, labelled, seed);
  const vectorise = createVectoriser(state.features);
  const scores = scoreTexts(state, rest.map(({ text }) => text)); // prettier-ignore
  const candidates = scores.map((one, i) => {
    const [first = 0, second = 0] = [...probabilitiesAt(one, 1, 'softmax')].sort((a, b) => b - a);
    return { margin: first - second, row: vectorise(rest[i]!.text) };
  });
  return chooseInformative(candidates, { count: ADDED });
}

/** One repetition: chosen minus random, both on the same beginning. */
function once(pool: Pool, seed: number): { readonly chosen: number; readonly random: number } {
  const order = createRandom(seed).permutation(pool.train.length);
  const [labelled, rest] = [order.slice(0, START), order.slice(START)].map((rows) => Array.from(rows, (i) => pool.train[i]!)); // prettier-ignore
  const asked = choose(pool, labelled!, rest!, seed).map((i) => rest![i]!);
  return {
    chosen: accuracyOf(pool, [...labelled!, ...asked], seed),
    random: accuracyOf(pool, [...labelled!, ...rest!.slice(0, ADDED)], seed),
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** 200 chosen labels against 200 random ones, five beginnings. */
export async function activeSection(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const set = await loadSet(context, 'clinc150/data_full.json.gz');
  if (set === null) return [];
  const pool = poolOf(set);
  const runs = Array.from({ length: REPEATS }, (_, i) => {
    context.onProgress(`active learning: beginning ${i + 1} of ${REPEATS}`);
    return once(pool, i + 1);
  });
  const gains = runs.map(({ chosen, random }) => chosen - random);
  const gain = mean(gains);
  const error = Math.sqrt(mean(gains.map((one) => (one - gain) ** 2)) / (REPEATS - 1));
  const name = `active learning: CLINC150, ${pool.classes.length} intents, ${START} labels`;
  return [
    row({ name: `${name} + ${ADDED} chosen: accuracy`, value: mean(runs.map(({ chosen }) => chosen)) }),
    row({ name: `${name} + ${ADDED} random: accuracy`, value: mean(runs.map(({ random }) => random)) }),
    row({ name: `chosen − random, in standard errors of ${REPEATS} beginnings`, value: gain / error, unit: 'se', target: { atLeast: STANDARD_ERRORS } }), // prettier-ignore
  ];
}
