import { mean } from '../../../learning/numeric/statistics/mean.js';
import { pairedGain } from '../../../learning/numeric/statistics/paired-gain.js';
import type { LabelledMessage } from '../../../models/intent-classifier/data/formats/message-table.js';
import type { BenchmarkContext, BenchmarkRow } from '../../report/suite.js';
import type { DividedSet } from '../../support/divided-set.js';
import { DRAWN_SETS, drawWithOutOfScope, type DrawWithOutOfScope, SEEDS, T_QUANTILE, undivided } from './draws.js';
import { loadSet, measure, row } from './sets.js';

/** 30 intents of 10 messages: out of scope is a class from 20 messages on. */
const DRAW = { intents: 30, count: 10 };
const OUT_OF_SCOPE = [10, 25, 40, 45, 100];

/** Figures of one training. */
interface Result {
  readonly recall: number;
  readonly rejected: number;
  readonly auroc: number;
}

async function measureWith(
  { train, test, outOfScopeTrain, outOfScopeTest }: DrawWithOutOfScope,
  count: number,
  seed: number,
): Promise<Result> {
  const part = (messages: readonly LabelledMessage[], others: readonly LabelledMessage[]) =>
    undivided([...messages, ...others]);
  const draw: DividedSet = {
    train: part(train, outOfScopeTrain.slice(0, count)),
    holdout: part(test, outOfScopeTest),
  };
  const { metrics, predictor } = await measure(draw, {}, seed);
  await predictor.close();
  const { outOfScopeRecall: recall, outOfScopeAuroc: auroc, coverage } = metrics;
  return { recall: recall!, rejected: 1 - coverage!, auroc: auroc! };
}

/** Results by draw. */
async function measureDraws({ once }: BenchmarkContext, set: DividedSet, count: number): Promise<Result[]> {
  const results: Result[] = [];
  for (const seed of SEEDS) {
    const draw = drawWithOutOfScope(set, DRAW, seed);
    results.push(await once(`intent-more-oos ${count} ${seed}`, () => measureWith(draw, count, seed)));
  }
  return results;
}

/** Recall, and the upper end of its paired gain on fewer out-of-scope messages: below 0 more of them are worse. */
function rowsFor(count: number, results: readonly Result[], fewer: readonly Result[] | null): BenchmarkRow[] {
  const label = `CLINC150, 30 intents of 10 mistyped messages, ${SEEDS.length} draws, ${count} out of scope`;
  const recalls = (of: readonly Result[]): number[] => of.map(({ recall }) => recall);
  const rows = [
    row({ name: `${label}: out-of-scope recall`, value: mean(recalls(results)) }),
    row({ name: `${label}: out-of-scope AUROC`, value: mean(results.map(({ auroc }) => auroc)) }),
    row({ name: `${label}: in-scope rejected`, value: mean(results.map(({ rejected }) => rejected)) }),
  ];
  if (fewer === null) return rows;
  const { mean: gain, standardError } = pairedGain(recalls(results), recalls(fewer));
  const spread = T_QUANTILE * standardError * Math.sqrt(SEEDS.length / (SEEDS.length - 1));
  const name = `${label}: gain in recall on fewer, upper end of the paired 95 % interval`;
  return [...rows, row({ name, value: gain + spread, target: { atLeast: 0 } })];
}

/** Recall of out-of-scope messages as more and more of them are learned from. */
export async function moreOutOfScopeSection(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const set = await loadSet(context, DRAWN_SETS.find(({ name }) => name === 'CLINC150')!.path);
  if (set === null) return [];
  const rows: BenchmarkRow[] = [];
  let fewer: readonly Result[] | null = null;
  for (const count of OUT_OF_SCOPE) {
    context.onProgress(`more out-of-scope messages: ${count}`);
    const results = await measureDraws(context, set, count);
    rows.push(...rowsFor(count, results, fewer));
    fewer = results;
  }
  return rows;
}
