import type { InferenceSession } from 'onnxruntime-node';
import type { ArtefactFiles } from '../../../contracts/model-definition.js';
import { openGraph } from '../../../learning/artefact/index.js';
import { runGraph } from '../../../learning/artefact/run-graph.js';
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
  score(rows: EncodableRows): Promise<GraphScores>;
  close(): Promise<void>;
}

/** @param values - (rows, width).  @returns (rows,), the graph's one output. */
async function scoreRows(
  session: InferenceSession,
  { input, output }: { readonly input: string; readonly output: string },
  values: Float32Array,
  width: number,
): Promise<Float64Array> {
  const rows = values.length / width;
  const scores = new Float64Array(rows);
  for (let start = 0; start < rows; start += BATCH_ROWS) {
    const end = Math.min(rows, start + BATCH_ROWS);
    const part = values.slice(start * width, end * width);
    scores.set((await runGraph(session, { input, outputs: [output] }, part, end - start))[output]!, start);
  }
  return scores;
}

interface Graphs {
  readonly pooled: InferenceSession;
  readonly categories: readonly InferenceSession[];
  readonly boosted: InferenceSession | null;
}

/** Unsupervised score: mean of the pooled and the category's own forest (each alone is worse: docs/experiments/anomaly.md). */
async function scoreForests(graphs: Graphs, state: ScorerState, rows: EncodableRows): Promise<Float64Array> {
  const width = state.encoding.signals.length;
  const values = encodeSignals(state.encoding, rows);
  const names = { input: forestGraph.input, output: forestGraph.score };
  const scores = await scoreRows(graphs.pooled, names, values, width);
  for (const [category, members] of rowsByCategory(rows)) {
    const own = graphs.categories[state.categoryModels.indexOf(category)];
    if (own === undefined) continue;
    const ownScores = await scoreRows(own, names, pickRows(values, width, members), width);
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
    async score(rows) {
      const unsupervised = await scoreForests(graphs, state, rows);
      if (boosted === null || rows.count === 0) return { unsupervised, margin: null };
      const names = { input: boostingGraph.input, output: boostingGraph.probability };
      const probability = await scoreRows(boosted, names, encodeBoosted(state.encoding, rows), width);
      return { unsupervised, margin: probability.map((p) => logOdds(p, SMALLEST_PROBABILITY)) };
    },
    async close() {
      for (const session of [pooled, ...categories, ...(boosted === null ? [] : [boosted])]) await session.release();
    },
  };
}
