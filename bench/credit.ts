import { creditDataFolder, loadCredit } from './credit/load.js';
import { fairnessRows } from './credit/fairness.js';
import { qualityRows } from './credit/quality.js';
import { rejectInferenceRows } from './credit/reject-inference.js';
import type { BenchmarkContext, BenchmarkRow, BenchmarkSuite } from './report/suite.js';

async function run({ dataFolder, onProgress, wants }: BenchmarkContext): Promise<BenchmarkRow[]> {
  if (creditDataFolder(dataFolder) === null) {
    onProgress(`no credit data in ${dataFolder}: nothing to measure`);
    return [];
  }
  const german = await loadCredit(dataFolder, 'german');
  const rows: BenchmarkRow[] = [];
  if (wants('quality')) {
    onProgress('quality: cross-validation of the default parameters on German');
    rows.push(...(await qualityRows(german, { seeds: [1, 2, 3], auc: 0.795 })));
    onProgress('quality: the same on Taiwan');
    rows.push(...(await qualityRows(await loadCredit(dataFolder, 'taiwan'), { seeds: [42], auc: 0.78 })));
  }
  if (wants('fairness')) {
    onProgress('fairness: German credit with the protected attributes among the features');
    rows.push(...(await fairnessRows(german)));
  }
  if (wants('reject-inference')) {
    onProgress('reject inference: outcomes of the worst-scored are hidden');
    rows.push(...(await rejectInferenceRows(german, [1, 2, 3, 4, 5])));
    rows.push(...(await rejectInferenceRows(await loadCredit(dataFolder, 'taiwan'), [1])));
  }
  return rows;
}

/** Credit-risk scorer through its own training and serving path. */
export const benchmarks: BenchmarkSuite = {
  description:
    'Credit-risk scorer: default parameters on Taiwan and German, calibration, fairness and its mitigation, reject inference (sections quality, fairness, reject-inference)',
  run,
};
