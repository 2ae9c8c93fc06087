import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { quietContext } from '../../learning/estimator.js';
import { isolationForest } from '../../learning/anomaly/isolation-forest/index.js';
import { rocAuc } from '../../learning/evaluation/metrics/index.js';
import { hasAdbench, loadAdbench, type AdbenchSet } from '../../bench/peers/adbench-data.js';
import {
  ADBENCH_FOREST,
  FOREST_REFERENCE_FILE,
  readForestReference,
  SCIKIT_LEARN_VERSION,
  type ForestReference,
} from '../../bench/peers/isolation-forest-reference.js';
import { findScikitLearn, runScikitLearn } from '../../bench/peers/isolation-forest.js';

/*
 * Numbers written by scikit-learn 1.9.1 are in bench/peers/scikit-learn-1.9.1.snap. Where python3 can import
 * that version, these numbers are computed again and compared first; `vitest -u` rewrites them.
 */
const DATA = join(import.meta.dirname, '../../../shared/data');
const { trees, seeds } = ADBENCH_FOREST;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const aucOf = ({ readLabels }: AdbenchSet, scores: readonly ArrayLike<number>[]): number =>
  mean(scores.map((seed) => rocAuc(readLabels(), seed)));

async function askScikitLearn(): Promise<ForestReference> {
  const sets = loadAdbench(DATA);
  const { scores } = await runScikitLearn({ sets: sets.map(({ x }) => x), seeds, trees });
  const aucs = sets.map((set, k) => [set.name, Number(aucOf(set, scores[k]!).toFixed(5))] as const);
  return { adbenchAuc: Object.fromEntries(aucs) };
}

function ourAuc(set: AdbenchSet): number {
  const states = seeds.map((seed) => isolationForest.fit({ trees }, set.x, quietContext(seed)));
  return aucOf(
    set,
    states.map((state) => isolationForest.predict(state, set.x)),
  );
}

const installed = await findScikitLearn();

describe(`isolation forest beside scikit-learn ${SCIKIT_LEARN_VERSION}`, () => {
  it.runIf(installed === SCIKIT_LEARN_VERSION && hasAdbench(DATA))(
    'the committed reference values equal those that scikit-learn computes',
    async () => {
      await expect(`${JSON.stringify(await askScikitLearn(), null, 2)}\n`).toMatchFileSnapshot(FOREST_REFERENCE_FILE);
    },
    300_000,
  );

  it.skipIf(!hasAdbench(DATA))(
    'ADBench: mean AUC within 0.002, each data set within 0.04 (needs ../shared/data)',
    async () => {
      const { adbenchAuc } = await readForestReference();
      const ours = loadAdbench(DATA).map((set) => [set.name, ourAuc(set)] as const);
      for (const [name, auc] of ours) expect(Math.abs(auc - adbenchAuc[name]!), name).toBeLessThan(0.04);
      expect(mean(ours.map(([, auc]) => auc))).toBeGreaterThan(mean(Object.values(adbenchAuc)) - 0.002);
    },
    300_000,
  );
});
