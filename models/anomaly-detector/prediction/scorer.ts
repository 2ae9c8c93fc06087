import type { ArtefactFiles } from '../../../contracts/model-definition.js';
import { type Graph, openGraph, runGraph } from '../../../learning/artefact/index.js';
import { logOdds } from '../../../learning/numeric/statistics/odds.js';
import { boostingGraph } from '../../../learning/tabular/gradient-boosting/index.js';
import { ensembleGraph } from '../../../learning/anomaly/anomaly-ensemble/index.js';
import { scoreForestFloat32 } from '../../../learning/anomaly/isolation-forest/index.js';
import { type DetectorTrees, fileNames } from './artefact.js';
import { servedForestOf, type MemberState } from './member-state.js';
import {
  type EncodableRows,
  encodeBoosted,
  encodeSignals,
  type Encoding,
  pickRows,
  rowsByCategory,
} from './encoding.js';

/** Rows in one call of a graph: bounds memory, as an ensemble compares each row with all its references. */
const BATCH_ROWS = 4096;
/** A probability this near 0 or 1 has no finite margin. */
const SMALLEST_PROBABILITY = 1e-9;

/** Scores before they are blended. */
export interface PartScores {
  /** Mean of the pooled and, where there is one, the category's score; (0, 1). */
  readonly unsupervised: Float64Array;
  /** Log-odds of misuse; null without boosted trees. */
  readonly margin: Float64Array | null;
}

/** The detectors of one artefact. */
export interface Scorer {
  score(rows: EncodableRows): PartScores;
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

/** A detector whose scores need no labels. */
interface Member {
  /** @param values - (rows, width) row-major.  @returns (rows,) in (0, 1). */
  score(values: Float32Array, width: number): Float64Array;
  close(): Promise<void>;
}

/**
 * Forests are scored from their trees, which explanations need anyway: 25 sessions of the runtime take ten times the memory
 * of the trees and three times the CPU of a row (docs/adr/0252-forests-answer-from-their-trees.md). Others run their graph.
 */
async function openMember(files: ArtefactFiles, file: string, state: MemberState): Promise<Member> {
  const forest = servedForestOf(state);
  if (forest !== null) return { score: (values) => scoreForestFloat32(forest, values), close: () => Promise.resolve() };
  const graph = await openGraph(files, file);
  const names = { input: ensembleGraph.input, output: ensembleGraph.score };
  return { score: (values, width) => scoreRows(graph, names, values, width), close: () => graph.close() };
}

interface Members {
  readonly pooled: Member;
  readonly categories: readonly Member[];
}

/** On its own, so that no closure of the scorer keeps the files. */
async function openMembers(files: ArtefactFiles, { pooled, categories }: DetectorTrees): Promise<Members> {
  const opened = categories.map((member, k) => openMember(files, fileNames.category(k), member));
  return { pooled: await openMember(files, fileNames.pooled, pooled), categories: await Promise.all(opened) };
}

/** Unsupervised score: mean of the pooled and the category's own forest (each alone is worse: docs/experiments/anomaly.md). */
function scoreMembers({ pooled, categories }: Members, state: ScorerState, rows: EncodableRows): Float64Array {
  const width = state.encoding.signals.length;
  const values = encodeSignals(state.encoding, rows);
  const scores = pooled.score(values, width);
  for (const [category, members] of rowsByCategory(rows)) {
    const own = categories[state.categoryModels.indexOf(category)];
    if (own === undefined) continue;
    const ownScores = own.score(pickRows(values, width, members), width);
    members.forEach((row, i) => (scores[row] = (scores[row]! + ownScores[i]!) / 2));
  }
  return scores;
}

/** What a scorer must know of the detector. */
export interface ScorerState {
  readonly encoding: Encoding;
  readonly categoryModels: readonly string[];
  readonly trees: DetectorTrees;
}

/**
 * Opens the detectors. Training computes its scores through it too, so that they equal the served ones.
 * @throws PipelineError `ARTEFACT_INVALID`.
 */
export async function openScorer(files: ArtefactFiles, state: ScorerState): Promise<Scorer> {
  const { trees, encoding } = state;
  const members = await openMembers(files, trees);
  const boosted = trees.boosted === null ? null : await openGraph(files, fileNames.boosted);
  const width = encoding.numbers.length + encoding.categories.length;
  return {
    score(rows) {
      const unsupervised = scoreMembers(members, state, rows);
      if (boosted === null || rows.count === 0) return { unsupervised, margin: null };
      const names = { input: boostingGraph.input, output: boostingGraph.probability };
      const probability = scoreRows(boosted, names, encodeBoosted(encoding, rows), width);
      return { unsupervised, margin: probability.map((p) => logOdds(p, SMALLEST_PROBABILITY)) };
    },
    async close() {
      for (const part of [members.pooled, ...members.categories]) await part.close();
      await boosted?.close();
    },
  };
}
