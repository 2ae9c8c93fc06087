import { anomalyEnsemble } from '../../learning/anomaly/anomaly-ensemble/index.js';
import { quietContext } from '../../learning/estimator.js';
import { isolationForest } from '../../learning/anomaly/isolation-forest/index.js';
import type { Matrix } from '../../learning/numeric/matrix/index.js';
import { mean } from '../../learning/numeric/statistics/mean.js';
import { rocAuc } from '../../learning/evaluation/metrics/index.js';
import { hasAdbench, loadAdbench, type AdbenchSet } from '../peers/adbench-data.js';
import { findScikitLearn, runScikitLearn } from '../peers/isolation-forest.js';
import { ADBENCH_FOREST, readForestReference } from '../peers/isolation-forest-reference.js';
import { benchmarkRow, type BenchmarkContext, type BenchmarkRow } from '../report/suite.js';

const { seeds: SEEDS, trees: TREES } = ADBENCH_FOREST;
const FOREST_TOLERANCE = 0.002;
const LEAST_GAIN = 0.005;

/** Scores of a set that were computed without its labels. */
interface UnlabelledScores {
  readonly forest: readonly Float64Array[];
  readonly chosen: readonly Float64Array[];
  readonly choices: readonly string[];
}

/** Fits and scores the same rows, seed by seed. Gets no labels. */
function scoreUnlabelled(x: Matrix): UnlabelledScores {
  const states = SEEDS.map((seed) => anomalyEnsemble.fit({ trees: TREES }, x, quietContext(seed)));
  return {
    forest: states.map(({ forest }) => isolationForest.predict(forest, x)),
    chosen: states.map((state) => anomalyEnsemble.predict(state, x)),
    choices: states.map(({ choice }) => choice),
  };
}

interface SetResult {
  readonly name: string;
  readonly choice: string;
  readonly forest: number;
  readonly chosen: number;
}

function evaluateSet({ name, readLabels }: AdbenchSet, unlabelled: UnlabelledScores): SetResult {
  const labels = readLabels();
  const aucOf = (scores: readonly ArrayLike<number>[]): number => mean(scores.map((seed) => rocAuc(labels, seed)));
  const choice = [...new Set(unlabelled.choices)].join(' or ');
  return { name, choice, forest: aucOf(unlabelled.forest), chosen: aucOf(unlabelled.chosen) };
}

async function peerMean(sets: readonly AdbenchSet[]): Promise<{ name: string; value: number } | null> {
  const version = await findScikitLearn();
  if (version === null) return null;
  const { scores } = await runScikitLearn({ sets: sets.map(({ x }) => x), seeds: SEEDS, trees: TREES });
  const aucs = sets.map((set, k) => mean(scores[k]!.map((seed) => rocAuc(set.readLabels(), seed))));
  return { name: `scikit-learn ${version}`, value: mean(aucs) };
}

function setRow({ name, choice, forest, chosen }: SetResult): BenchmarkRow {
  const peer = { name: 'our forest', value: forest };
  return benchmarkRow({ name: `ADBench ${name}, chose ${choice}`, value: chosen, unit: 'AUC', peer });
}

/** Our forest against scikit-learn's, and what was chosen without labels against our forest. */
export async function run({ dataFolder, onProgress, wants }: BenchmarkContext): Promise<BenchmarkRow[]> {
  if (!wants('adbench')) return [];
  if (!hasAdbench(dataFolder)) {
    onProgress(`no ADBench sets in ${dataFolder}: left out`);
    return [];
  }
  onProgress(`ADBench, seeds ${SEEDS.join(', ')}`);
  const sets = loadAdbench(dataFolder);
  const results = sets.map((set) => {
    onProgress(`  ${set.name}, ${set.x.rows} x ${set.x.cols}`);
    return evaluateSet(set, scoreUnlabelled(set.x));
  });
  const forest = mean(results.map((set) => set.forest));
  const chosen = mean(results.map((set) => set.chosen));
  const peer = await peerMean(sets);
  const least = (peer?.value ?? mean(Object.values((await readForestReference()).adbenchAuc))) - FOREST_TOLERANCE;
  const unit = 'AUC';
  const gain = 'ADBench, chosen without labels, gain on forest';
  return [
    ...results.map(setRow),
    benchmarkRow({ name: 'ADBench, our forest, mean', value: forest, unit, target: { atLeast: least }, peer }),
    benchmarkRow({ name: gain, value: chosen - forest, unit, target: { atLeast: LEAST_GAIN } }),
  ];
}
