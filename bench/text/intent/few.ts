import type { TrainingData } from '../../../contracts/dataset.js';
import { accuracy } from '../../../learning/evaluation/metrics/index.js';
import { createRandom, type Random } from '../../../learning/numeric/random/index.js';
import { mean } from '../../../learning/numeric/statistics/mean.js';
import { pairedGain } from '../../../learning/numeric/statistics/paired-gain.js';
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
/** Share of in-scope test messages to be rejected, and how far the measured one may be from it. */
const REJECTED = 0.05;
const REJECTED_TOLERANCE = 0.02;
/** The 0.975 quantile of Student's t with one degree of freedom fewer than there are draws. */
const T_QUANTILE = 2.776;
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

/** Accuracy of a peer on the same messages; null without scikit-learn. */
async function peerAccuracy({ train, holdout }: DividedSet, classifier: LinearClassifier): Promise<number | null> {
  const test = peerTexts(holdout, false);
  const answer = await runLinearPeer(peerTexts(train, false), { test }, classifier);
  return answer && accuracy({ truth: test.labels as string[], predicted: answer.predictions.test as string[] });
}

/** Figures of one draw. */
interface DrawResult {
  readonly ours: number;
  readonly rejected: number;
  readonly peers: readonly (number | null)[];
}

async function measureDraw(draw: DividedSet, seed: number): Promise<DrawResult> {
  const { metrics, predictor } = await measure(draw, {}, seed);
  await predictor.close();
  const peers: (number | null)[] = [];
  for (const classifier of PEERS) peers.push(await peerAccuracy(draw, classifier));
  return { ours: metrics.accuracy!, rejected: 1 - metrics.coverage!, peers };
}

/** Accuracy beside a peer's, and the upper end of the paired interval over the draws: below 0 the peer is better. */
function comparisonRows(label: string, results: readonly DrawResult[], peer: number): BenchmarkRow[] {
  const theirs = results.flatMap(({ peers }) => peers[peer] ?? []);
  const name = `scikit-learn ${PEERS[peer]!}`;
  const accuracies = results.map(({ ours }) => ours);
  if (theirs.length < results.length) return [row({ name: `${label}: accuracy`, value: mean(accuracies) })];
  const gain = pairedGain(accuracies, theirs);
  const spread = T_QUANTILE * gain.standardError * Math.sqrt(results.length / (results.length - 1));
  return [
    row({ name: `${label}: accuracy`, value: mean(accuracies), peer: { name, value: mean(theirs) } }),
    row({
      name: `${label}: gain on ${name}, upper end of the paired 95 % interval`,
      value: gain.mean + spread,
      target: { atLeast: 0 },
    }),
  ];
}

async function fewRows(set: DividedSet, name: string, count: number): Promise<BenchmarkRow[]> {
  const results: DrawResult[] = [];
  for (const seed of SEEDS) results.push(await measureDraw(drawSet(set, count, seed), seed));
  const label = `${name}, ${count} mistyped messages an intent, ${SEEDS.length} draws`;
  const rejected = mean(results.map((result) => result.rejected));
  return [
    ...PEERS.flatMap((_, peer) => comparisonRows(label, results, peer)),
    row({
      name: `${label}: distance of the in-scope rejected from 5 %`,
      value: Math.abs(rejected - REJECTED),
      target: { atMost: REJECTED_TOLERANCE },
    }),
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
