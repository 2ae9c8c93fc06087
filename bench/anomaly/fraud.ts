import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { model } from '../../models/anomaly-detector/index.js';
import { benchmarkRow, type BenchmarkContext, type BenchmarkRow } from '../report/suite.js';
import { type DividedSet, readDivided } from '../support/divided-set.js';
import { evaluateDetector, meanQuality, type Quality, trainDetector } from './training.js';

const FILE = join('anomaly', 'fraud-handbook', 'tx_2018-06-25_2018-07-31.csv.gz');
const SEEDS = [0, 1, 2] as const;

/** One way to use labels and its targets. */
const settings = [
  { name: 'without labels', feedback: 'none', auc: 0.67, ap: 0.27 },
  { name: 'with delayed terminal risk', feedback: 'counterparty-risk', auc: 0.885, ap: 0.29 },
  { name: 'learned from confirmed fraud', feedback: 'learn', auc: 0.89, ap: 0.7 },
] as const;

async function qualityOf({ train, holdout }: DividedSet, feedback: string): Promise<Quality> {
  const found: Quality[] = [];
  for (const seed of SEEDS)
    found.push(await evaluateDetector(await trainDetector(train, { feedback }, { seed }), holdout));
  return meanQuality(found);
}

/** The detector on the Fraud Detection Handbook's simulated cards: read, trained and scored as the product does. */
export async function run({ dataFolder, onProgress, wants }: BenchmarkContext): Promise<BenchmarkRow[]> {
  if (!wants('fraud')) return [];
  const path = join(dataFolder, FILE);
  if (!existsSync(path)) {
    onProgress(`no ${FILE} in ${dataFolder}: card fraud is left out`);
    return [];
  }
  onProgress('card fraud: reading 354,623 transactions');
  // 37 days: the last 7 are the holdout, as the layout's own split says.
  const data = await readDivided(path, model.fileFormats);
  const rows: BenchmarkRow[] = [];
  for (const { name, feedback, auc, ap } of settings) {
    onProgress(`card fraud ${name}, seeds ${SEEDS.join(', ')}`);
    const quality = await qualityOf(data, feedback);
    const title = `fraud-handbook ${name}`;
    rows.push(
      benchmarkRow({ name: `${title}, AUC`, value: quality.auc, unit: 'AUC', target: { atLeast: auc } }),
      benchmarkRow({ name: `${title}, AP`, value: quality.ap, unit: 'AP', target: { atLeast: ap } }),
    );
  }
  return rows;
}
