import type { TrainingData } from '../../../contracts/dataset.js';
import { accuracy } from '../../../learning/evaluation/metrics/index.js';
import { createRandom, type Random } from '../../../learning/numeric/random/index.js';
import { mean } from '../../../learning/numeric/statistics/mean.js';
import { addTypos } from '../../../learning/text/augmentation/index.js';
import { type Example, readExamples } from '../../../models/intent-classifier/data/examples.js';
import {
  messageSchema,
  messageTable,
  type Part,
} from '../../../models/intent-classifier/data/formats/message-table.js';
import { type LinearClassifier, runLinearPeer } from '../../peers/linear-text.js';
import type { BenchmarkContext, BenchmarkRow } from '../../report/suite.js';
import type { DividedSet } from '../../support/divided-set.js';
import { loadSet, measure, peerTexts, row } from './sets.js';

const SETS = [
  { name: 'HWU64', path: 'hwu64' },
  { name: 'Banking77', path: 'banking77' },
  { name: 'CLINC150', path: 'clinc150/data_full.json.gz' },
];
const MESSAGES = [10, 20, 50];
const SEEDS = [1, 2, 3, 4, 5];
/** Share of letters mistyped, in training and test. */
const TYPOS = 0.1;
/** Share of in-scope test messages that may be rejected: 5 % and two points. */
const MOST_REJECTED = 0.07;
const PEERS: readonly LinearClassifier[] = ['logistic regression', 'support vectors'];

/** Messages as a data set of one part, with typos and without their out-of-scope messages. */
function mistyped(examples: readonly Example[], part: Part, random: Random): TrainingData {
  const messages = examples
    .filter(({ outOfScope }) => !outOfScope)
    .map(({ text, intents }) => ({ text: addTypos(text, TYPOS, random), intent: intents[0]!, part }));
  const { rowCount, columns } = messageTable(messages);
  const { messageId, text, intent } = columns;
  // Without the column `part`, so that the model divides the messages itself.
  return {
    schema: messageSchema('few'),
    table: { rowCount, columns: { messageId: messageId!, text: text!, intent: intent! } },
  };
}

/** A number of messages of each intent. */
function drawn(examples: readonly Example[], count: number, random: Random): Example[] {
  const taken = new Map<string, number>();
  return Array.from(random.permutation(examples.length), (i) => examples[i]!).filter(({ intents }) => {
    const before = taken.get(intents[0]!) ?? 0;
    taken.set(intents[0]!, before + 1);
    return before < count;
  });
}

function drawSet({ train, holdout }: DividedSet, count: number, seed: number): DividedSet {
  const random = createRandom(seed).fork(`few-${count}`);
  const few = drawn(readExamples(train), count, random);
  return { train: mistyped(few, 'train', random), holdout: mistyped(readExamples(holdout), 'test', random) };
}

/** Accuracy of the better peer on the same messages; null without scikit-learn. */
async function bestPeer({ train, holdout }: DividedSet): Promise<number | null> {
  const test = peerTexts(holdout, false);
  const found: number[] = [];
  for (const classifier of PEERS) {
    const answer = await runLinearPeer(peerTexts(train, false), { test }, classifier);
    if (answer === null) return null;
    found.push(accuracy({ truth: test.labels as string[], predicted: answer.predictions.test as string[] }));
  }
  return Math.max(...found);
}

async function fewRows(set: DividedSet, name: string, count: number): Promise<BenchmarkRow[]> {
  const [ours, peers, rejected]: [number[], (number | null)[], number[]] = [[], [], []];
  for (const seed of SEEDS) {
    const draw = drawSet(set, count, seed);
    const { metrics, predictor } = await measure(draw, {}, seed);
    await predictor.close();
    ours.push(metrics.accuracy!);
    rejected.push(1 - metrics.coverage!);
    peers.push(await bestPeer(draw));
  }
  const known = peers.filter((value) => value !== null);
  const peer =
    known.length < SEEDS.length ? null : { name: 'better of two linear scikit-learn models', value: mean(known) };
  const label = `${name}, ${count} mistyped messages an intent, ${SEEDS.length} draws`;
  return [
    row({
      name: `${label}: accuracy`,
      value: mean(ours),
      peer,
      target: peer === null ? null : { atLeast: peer.value },
    }),
    row({ name: `${label}: in-scope rejected, 5 % wanted`, value: mean(rejected), target: { atMost: MOST_REJECTED } }),
  ];
}

/** From scratch on few, mistyped messages against scikit-learn's logistic regression and linear support vectors. */
export async function fewSection(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const rows: BenchmarkRow[] = [];
  for (const { name, path } of SETS) {
    const set = await loadSet(context, path);
    if (set === null) continue;
    for (const count of MESSAGES) {
      context.onProgress(`few messages: ${name}, ${count} an intent`);
      rows.push(...(await fewRows(set, name, count)));
    }
  }
  return rows;
}
