import type { ArtefactFiles } from '../../../contracts/model-definition.js';
import { type Graph, openGraph, runGraph } from '../../../learning/artefact/index.js';
import { logOdds } from '../../../learning/numeric/statistics/odds.js';
import { boostingGraph } from '../../../learning/tabular/gradient-boosting/index.js';
import { forestGraph } from '../../../learning/anomaly/isolation-forest/index.js';
import { fileNames } from './artefact.js';
import {
  type EncodableRows,
  encodeBoosted,
  encodeSignals,
  type Encoding,
  pickRows,
  rowsByCategory,
} from './encoding.js';

/** Rows in one call of a graph: bounds memory, and an extended forest holds all its projections at once. */
const BATCH_ROWS = 4096;
/** A probability this near 0 or 1 has no finite margin. */
const SMALLEST_PROBABILITY = 1e-9;

/** Outputs of the graphs before they are blended. */
export interface GraphScores {
  /** Mean of the pooled and, where there is one, the category's score; (0, 1). */
  readonly unsupervised: Float64Array;
  /** Log-odds of misuse; null without boosted trees. */
  readonly margin: Float64Array | null;
}

/** The graphs of one artefact. */
export interface Scorer {
  score(rows: EncodableRows): GraphScores;
  close(): Promise<void>;
}

/** @param values - (rows, width).  @returns (rows,), the graph's one output. */
function scoreRows(
  graph: Graph,
  { input, output }: { readonly input: string; readonly output: string },
  values: Float32Array,
  width: number,
): Float64Array {
  const rows = values.length / width;
  const scores = new Float64Array(rows);
  for (let start = 0; start < rows; start += BATCH_ROWS) {
    const end = Math.min(rows, start + BATCH_ROWS);
    const part = values.slice(start * width, end * width);
    scores.set(runGraph(graph, { input, outputs: [output] }, part, end - start)[output]!, start);
  }
  return scores;
}

interface Graphs {
  readonly pooled: Graph;
  readonly categories: readonly Graph[];
  readonly boosted: Graph | null;
}

/** Unsupervised score: mean of the pooled and the category's own forest (each alone is worse: docs/experiments/anomaly.md). */
function scoreForests(graphs: Graphs, state: ScorerState, rows: EncodableRows): Float64Array {
  const width = state.encoding.signals.length;
  const values = encodeSignals(state.encoding, rows);
  const names = { input: forestGraph.input, output: forestGraph.score };
  const scores = scoreRows(graphs.pooled, names, values, width);
  for (const [category, members] of rowsByCategory(rows)) {
    const own = graphs.categories[state.categoryModels.indexOf(category)];
    if (own === undefined) continue;
    const ownScores = scoreRows(own, names, pickRows(values, width, members), width);
    members.forEach((row, i) => (scores[row] = (scores[row]! + ownScores[i]!) / 2));
  }
  return scores;
}

/** What a scorer must know of the detector. */
export interface ScorerState {
  readonly encoding: Encoding;
  readonly categoryModels: readonly string[];
  readonly hasBoosted: boolean;
}

/**
 * Opens the graphs. Training computes its scores through it too, so that they equal the served ones.
 * @throws PipelineError `ARTEFACT_INVALID`.
 */
export async function openScorer(files: ArtefactFiles, state: ScorerState): Promise<Scorer> {
  const pooled = await openGraph(files, fileNames.pooled);
  const categories = await Promise.all(state.categoryModels.map((_, k) => openGraph(files, fileNames.category(k))));
  const boosted = state.hasBoosted ? await openGraph(files, fileNames.boosted) : null;
  const graphs: Graphs = { pooled, categories, boosted };
  const width = state.encoding.numbers.length + state.encoding.categories.length;
  return {
    score(rows) {
      const unsupervised = scoreForests(graphs, state, rows);
      if (boosted === null || rows.count === 0) return { unsupervised, margin: null };
      const names = { input: boostingGraph.input, output: boostingGraph.probability };
      const probability = scoreRows(boosted, names, encodeBoosted(state.encoding, rows), width);
      return { unsupervised, margin: probability.map((p) => logOdds(p, SMALLEST_PROBABILITY)) };
    },
    async close() {
      for (const graph of [pooled, ...categories, ...(boosted === null ? [] : [boosted])]) await graph.close();
    },
  };
}
