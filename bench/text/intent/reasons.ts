import { lime, rankAgreement } from '../../../learning/evaluation/explain/index.js';
import { probabilityOf } from '../../../models/intent-classifier/prediction/explain.js';
import type { IntentPredictor } from '../../../models/intent-classifier/prediction/predictor.js';
import type { BenchmarkContext, BenchmarkRow } from '../../report/suite.js';
import { loadSet, measure, peerTexts, row } from './sets.js';

/** Test messages, evenly spread; each costs LIME two hundred evaluations. */
const MESSAGES = 150;
const SEED = 1;
/** The two methods remove different words, one or half of them, so 1 cannot be reached. */
const LEAST_AGREEMENT = 0.7;

interface Agreement {
  readonly ranks: number;
  readonly sameWord: number;
}

const strongest = (parts: readonly { readonly start: number; readonly weight: number }[]): number =>
  parts.reduce((a, b) => (b.weight > a.weight ? b : a)).start;

async function agreementOn(predictor: IntentPredictor, text: string): Promise<Agreement | null> {
  const { intent, words } = (await predictor.explain({ text })).explanation;
  const ours = [...words].sort((a, b) => a.start - b.start);
  const reference = await lime(text, probabilityOf(predictor, intent), { seed: SEED });
  const ranks = rankAgreement(ours, reference);
  return ranks === null ? null : { ranks, sameWord: Number(strongest(ours) === strongest(reference)) };
}

/** Rank agreement of our explanations with LIME's on test messages. */
export async function reasonsSection(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const set = await loadSet(context, 'hwu64');
  if (set === null) return [];
  const { predictor } = await measure(set, { augmentation: 'none' });
  const { texts } = peerTexts(set.holdout, false);
  const step = Math.floor(texts.length / MESSAGES);
  const found: Agreement[] = [];
  for (let i = 0; i < MESSAGES; i++) {
    const agreement = await agreementOn(predictor, texts[i * step]!);
    if (agreement !== null) found.push(agreement);
  }
  await predictor.close();
  const mean = (kind: keyof Agreement): number => found.reduce((sum, one) => sum + one[kind], 0) / found.length;
  const name = `HWU64: reasons of ${found.length} test messages`;
  return [
    row({
      name: `${name}, rank correlation with LIME`,
      value: mean('ranks'),
      unit: 'ρ',
      target: { atLeast: LEAST_AGREEMENT },
    }),
    row({ name: `${name}, same strongest word`, value: mean('sameWord') }),
  ];
}
