import { quietContext } from '../../learning/estimator.js';
import { isolationForest } from '../../learning/anomaly/isolation-forest/index.js';
import { cpuSeconds } from '../support/cpu.js';
import { benchmarkRow, type BenchmarkContext, type BenchmarkRow } from '../report/suite.js';
import { anomalyRows } from './scoring.js';

const MODELS = 50;
const ROWS = 2000;
const COLS = 30;

/** Fifty forests, one a category, 100 trees each. */
export function run({ onProgress, wants }: BenchmarkContext): Promise<BenchmarkRow[]> {
  if (!wants('categories')) return Promise.resolve([]);
  onProgress(`${MODELS} category models of ${ROWS} x ${COLS} rows`);
  const sets = Array.from({ length: MODELS }, (_, category) => anomalyRows(ROWS, COLS, category));
  const seconds = cpuSeconds(3, () => {
    sets.forEach((x, seed) => isolationForest.fit({ trees: 100 }, x, quietContext(seed)));
  });
  const name = `${MODELS} category models of ${ROWS} rows, fit`;
  return Promise.resolve([benchmarkRow({ name, value: seconds, unit: 'CPU s', target: { atMost: 1 } })]);
}
