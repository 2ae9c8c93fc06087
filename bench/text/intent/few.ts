import { accuracy } from '../../../learning/evaluation/metrics/index.js';
import { mean } from '../../../learning/numeric/statistics/mean.js';
import { pairedGain } from '../../../learning/numeric/statistics/paired-gain.js';
import { type LinearClassifier, runLinearPeer } from '../../peers/linear-text.js';
import type { BenchmarkContext, BenchmarkRow } from '../../report/suite.js';
import type { DividedSet } from '../../support/divided-set.js';
import { DRAWN_SETS, drawSet, MESSAGES, REJECTED, REJECTED_TOLERANCE, SEEDS, T_QUANTILE } from './draws.js';
import { loadSet, measure, peerTexts, row } from './sets.js';

const PEERS: readonly LinearClassifier[] = ['logistic regression', 'support vectors'];

/** Figures of a learner on one draw. */
interface Result {
  readonly accuracy: number;
  /** CPU of training. */
  readonly seconds: number;
}

interface OwnResult extends Result {
  /** Share of in-scope test messages that are rejected. */
  readonly rejected: number;
}

/** A peer on the same messages; null without scikit-learn. */
async function measurePeer({ train, holdout }: DividedSet, classifier: LinearClassifier): Promise<Result | null> {
  const test = peerTexts(holdout, false);
  const answer = await runLinearPeer(peerTexts(train, false), { test }, classifier);
  if (answer === null) return null;
  const { predictions, cpuSeconds } = answer;
  const quality = accuracy({ truth: test.labels as string[], predicted: predictions.test as string[] });
  return { accuracy: quality, seconds: cpuSeconds };
}

async function measureOwn(draw: DividedSet, seed: number): Promise<OwnResult> {
  const { metrics, predictor, trainSeconds } = await measure(draw, {}, seed);
  await predictor.close();
  return { accuracy: metrics.accuracy!, rejected: 1 - metrics.coverage!, seconds: trainSeconds };
}

/** Results on one draw. */
interface DrawResult {
  readonly own: OwnResult;
  readonly peers: readonly (Result | null)[];
}

/** A set with the number of messages drawn of each intent. */
interface Case {
  readonly set: DividedSet;
  readonly name: string;
  readonly count: number;
}

async function measureDraw({ once }: BenchmarkContext, { set, name, count }: Case, seed: number): Promise<DrawResult> {
  const draw = drawSet(set, count, seed);
  const key = `intent-few ${name} ${count} ${seed}`;
  const peers: (Result | null)[] = [];
  for (const classifier of PEERS) peers.push(await once(`${key} ${classifier}`, () => measurePeer(draw, classifier)));
  return { own: await once(key, () => measureOwn(draw, seed)), peers };
}

/** Accuracy beside a peer's, and the upper end of the paired interval over the draws: below 0 the peer is better. */
function comparisonRows(label: string, results: readonly DrawResult[], peer: number): BenchmarkRow[] {
  const theirs = results.flatMap(({ peers }) => peers[peer]?.accuracy ?? []);
  const name = `scikit-learn ${PEERS[peer]!}`;
  const accuracies = results.map(({ own }) => own.accuracy);
  if (theirs.length < results.length) return [row({ name: `${label}: accuracy`, value: mean(accuracies) })];
  const gain = pairedGain(accuracies, theirs);
  const spread = T_QUANTILE * gain.standardError * Math.sqrt(results.length / (results.length - 1));
  return [
    row({ name: `${label}: accuracy`, value: mean(accuracies), peer: { name, value: mean(theirs) } }),
    row({ name: `${label}: gain on ${name}, lower end of the paired 95 % interval`, value: gain.mean - spread }),
    row({
      name: `${label}: gain on ${name}, upper end`,
      value: gain.mean + spread,
      target: { atLeast: 0 },
    }),
  ];
}

async function fewRows(context: BenchmarkContext, drawnFrom: Case): Promise<BenchmarkRow[]> {
  const results: DrawResult[] = [];
  for (const seed of SEEDS) results.push(await measureDraw(context, drawnFrom, seed));
  const label = `${drawnFrom.name}, ${drawnFrom.count} mistyped messages an intent, ${SEEDS.length} draws`;
  const rejected = mean(results.map(({ own }) => own.rejected));
  return [
    ...PEERS.flatMap((_, peer) => comparisonRows(label, results, peer)),
    row({ name: `${label}: in-scope rejected`, value: rejected }),
    row({
      name: `${label}: distance of the in-scope rejected from 5 %`,
      value: Math.abs(rejected - REJECTED),
      target: { atMost: REJECTED_TOLERANCE },
    }),
    row({ name: `${label}: training`, value: mean(results.map(({ own }) => own.seconds)), unit: 'CPU s' }),
  ];
}

/** From scratch on few, mistyped messages against scikit-learn's logistic regression and linear support vectors. */
export async function fewSection(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const rows: BenchmarkRow[] = [];
  for (const { name, path } of DRAWN_SETS) {
    const set = await loadSet(context, path);
    if (set === null) continue;
    for (const count of MESSAGES) {
      context.onProgress(`few messages: ${name}, ${count} an intent`);
      rows.push(...(await fewRows(context, { set, name, count })));
    }
  }
  return rows;
}
