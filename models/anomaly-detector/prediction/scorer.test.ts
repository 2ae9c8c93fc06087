import { expect, it } from 'vitest';
import { isolationForest } from '../../../learning/anomaly/isolation-forest/index.js';
import { openGraph, runGraph } from '../../../learning/artefact/index.js';
import { quietContext } from '../../../learning/estimator.js';
import { createRandom } from '../../../learning/numeric/random/index.js';
import { memberGraph } from '../training/members.js';
import { type DetectorTrees, fileNames } from './artefact.js';
import { encodeSignals, type EncodableRows, type Encoding } from './encoding.js';
import { asMatrix } from './member-state.js';
import { openScorer } from './scorer.js';

const names = ['night', 'count1Hour', 'amount'];
const encoding: Encoding = {
  schemaVersion: 1,
  signals: names.map((name) => ({ name, fill: 0 })),
  ...{ numbers: [], categories: [], hasCategory: true },
};
const categoryModels = ['groceries', 'rent'];

const ROWS = 4000;
const random = createRandom(3);
const numbers = Float32Array.from({ length: ROWS * names.length }, () => random.normal());
/** Categories with a forest of their own, one without, and none. */
const rows: EncodableRows = {
  count: ROWS,
  number: (row, name) => numbers[row * names.length + names.indexOf(name)]!,
  category: (row) => ['groceries', 'rent', 'yachts', null][row % 4]!,
};

const forestOf = (seed: number) =>
  isolationForest.fit({ trees: 40 }, asMatrix(numbers, names.length), quietContext(seed));
const trees: DetectorTrees = { pooled: forestOf(1), categories: [forestOf(2), forestOf(3)], boosted: null };
const graphs = {
  [fileNames.pooled]: memberGraph(trees.pooled),
  ...Object.fromEntries(trees.categories.map((state, k) => [fileNames.category(k), memberGraph(state)])),
};

async function scoreByGraph(file: string): Promise<Float32Array> {
  const graph = await openGraph(graphs, file);
  const values = encodeSignals(encoding, rows);
  const { score } = runGraph(graph, { input: 'features', outputs: ['score'] }, values, ROWS);
  await graph.close();
  return score;
}

it('scores from the trees what the exported graphs score, to the bit, without opening them', async () => {
  const [ofAll, ...ofCategories] = await Promise.all(Object.keys(graphs).map(scoreByGraph));
  const wanted = Float64Array.from(ofAll!, (pooled, row) => {
    const own = ofCategories[categoryModels.indexOf(rows.category(row) ?? '')]?.[row];
    return own === undefined ? pooled : (pooled + own) / 2;
  });
  const scorer = await openScorer({}, { encoding, categoryModels, trees });
  expect(scorer.score(rows)).toEqual({ unsupervised: wanted, margin: null });
  await scorer.close();
});

it('throws ARTEFACT_INVALID without the graph of an ensemble', async () => {
  const forest = forestOf(1);
  const ensemble = { kind: 'anomaly-ensemble', choice: 'ensemble', forest } as unknown as DetectorTrees['pooled'];
  const opening = openScorer({}, { encoding, categoryModels: [], trees: { ...trees, pooled: ensemble } });
  await expect(opening).rejects.toMatchObject({ code: 'ARTEFACT_INVALID', details: { file: fileNames.pooled } });
});
