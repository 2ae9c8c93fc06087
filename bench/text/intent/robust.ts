import { addTypos } from '../../../learning/text/augmentation/index.js';
import { accuracy } from '../../../learning/evaluation/metrics/index.js';
import { createRandom } from '../../../learning/numeric/random/index.js';
import { type LinearPeerAnswer, type PeerTexts, runLinearPeer } from '../../peers/linear-text.js';
import type { BenchmarkContext, BenchmarkRow } from '../../report/suite.js';
import { loadSet, measure, peerTexts, row } from './sets.js';

/** Share of letters mistyped; about four words in ten are hit. */
const TYPOS = 0.1;
const SEED = 5;

const mistyped = ({ texts, labels }: PeerTexts): PeerTexts => {
  const random = createRandom(SEED);
  return { labels, texts: texts.map((text) => addTypos(text, TYPOS, random)) };
};

const points = (share: number): number => 100 * share;

function peerLoss(answer: LinearPeerAnswer | null, truth: string[]) {
  if (answer === null) return null;
  const of = (name: string): number => accuracy({ truth, predicted: answer.predictions[name] as string[] });
  return { name: answer.name, value: points(of('clean') - of('typos')) };
}

/** Points that 10 % typos cost, against those that they cost the linear peer on the same mistyped messages. */
export async function robustSection(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const set = await loadSet(context, 'hwu64');
  if (set === null) return [];
  const { predictor } = await measure(set, {});
  const clean = peerTexts(set.holdout, false);
  const typos = mistyped(clean);
  const truth = clean.labels as string[];
  const of = async ({ texts }: PeerTexts): Promise<number> => {
    const answers = await predictor.predict(texts.map((text) => ({ text })));
    return accuracy({ truth, predicted: answers.map(({ classes }) => classes[0]!.intent) });
  };
  const loss = points((await of(clean)) - (await of(typos)));
  await predictor.close();
  const peer = peerLoss(await runLinearPeer(peerTexts(set.train, false), { clean, typos }), truth);
  const target = peer === null ? null : { atMost: peer.value };
  return [row({ name: 'HWU64: points lost at 10 % typos', value: loss, unit: 'points', target, peer })];
}
