import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { ArtefactFiles } from '../../../contracts/model-definition.js';
import { openGraph } from '../../../learning/artefact/index.js';
import { boostingGraph } from '../../../learning/tabular/gradient-boosting/index.js';
import { forestGraph } from '../../../learning/anomaly/isolation-forest/index.js';
import { fileNames } from './artefact.js';
import { type EncodableRows, encodeBoosted, encodeSignals, type Encoding, pickRows } from './encoding.js';

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

interface GraphNames {
  readonly input: string;
  readonly output: string;
}
const forestNames: GraphNames = { input: forestGraph.input, output: forestGraph.score };
const boostingNames: GraphNames = { input: boostingGraph.input, output: boostingGraph.probability };

/** @param values - (rows, width).  @returns (rows,) */
async function runGraph(
  session: InferenceSession,
  { input, output }: GraphNames,
  values: Float32Array,
  width: number,
): Promise<Float64Array> {
  const rows = values.length / width;
  const answers = new Float64Array(rows);
  for (let start = 0; start < rows; start += BATCH_ROWS) {
    const part = values.slice(start * width, Math.min(rows, start + BATCH_ROWS) * width);
    const features = new Tensor('float32', part, [part.length / width, width]);
    const answer = await session.run({ [input]: features }, [output]);
    answers.set(Float64Array.from(answer[output]!.data as Float32Array), start);
  }
  return answers;
}

/** Rows of each category that has a model of its own, by its number. */
function rowsByModel(rows: EncodableRows, categoryModels: readonly string[]): ReadonlyMap<number, number[]> {
  const numbers = new Map(categoryModels.map((category, k) => [category, k]));
  const found = new Map<number, number[]>();
  for (let row = 0; row < rows.count; row++) {
    const model = numbers.get(rows.category(row) ?? '');
    if (model === undefined) continue;
    const known = found.get(model);
    if (known) known.push(row);
    else found.set(model, [row]);
  }
  return found;
}

const logOdds = (probability: number): number => {
  const p = Math.min(1 - SMALLEST_PROBABILITY, Math.max(SMALLEST_PROBABILITY, probability));
  return Math.log(p / (1 - p));
};

interface Graphs {
  readonly pooled: InferenceSession;
  readonly categories: readonly InferenceSession[];
  readonly boosted: InferenceSession | null;
}

/** Unsupervised score: mean of the pooled and the category's own forest (each alone is worse: docs/experiments/anomaly.md). */
async function scoreForests(graphs: Graphs, state: ScorerState, rows: EncodableRows): Promise<Float64Array> {
  const width = state.encoding.signals.length;
  const values = encodeSignals(state.encoding, rows);
  const scores = await runGraph(graphs.pooled, forestNames, values, width);
  for (const [model, members] of rowsByModel(rows, state.categoryModels)) {
    const own = await runGraph(graphs.categories[model]!, forestNames, pickRows(values, width, members), width);
    members.forEach((row, i) => (scores[row] = (scores[row]! + own[i]!) / 2));
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
      const probability = await runGraph(boosted, boostingNames, encodeBoosted(state.encoding, rows), width);
      return { unsupervised, margin: probability.map(logOdds) };
    },
    async close() {
      for (const session of [pooled, ...categories, ...(boosted === null ? [] : [boosted])]) await session.release();
    },
  };
}
