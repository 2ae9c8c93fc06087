import { defineUnsupervised } from '../../estimator.js';
import { axisCuts } from './axis-cuts.js';
import { obliqueCuts } from './oblique-cuts.js';
import {
  extendedIsolationForestParams,
  isolationForestParams,
  type ExtendedIsolationForestParams,
  type IsolationForestParams,
} from './params.js';
import { requireTwoRows, scoreForest } from './scoring.js';
import type { ExtendedIsolationForestState, IsolationForestState } from './state.js';
import { growTrees, toNarrow } from './tree-growth.js';

/**
 * Isolation forest: rows that few random cuts separate from the others are anomalies. Liu, Ting and Zhou, "Isolation
 * Forest" (ICDM 2008), with scikit-learn's conventions (subsample without repetition, features that do not vary are
 * passed over, depth limit ⌈log2 subsample⌉). Needs no labels. Units of features do not matter.
 * Time O(trees · subsample · log subsample) to fit, O(rows · trees · log subsample) to score.
 *
 * @throws PipelineError `TOO_FEW_ROWS` (fewer than 2), `NOT_FINITE`, `SHAPE_MISMATCH`, `INVALID_HYPERPARAMETERS`.
 * @example
 * const state = isolationForest.fit({ trees: 200 }, x, quietContext(42));
 * const score = isolationForest.predict(state, x); // (0, 1), higher = more anomalous
 */
export const isolationForest = defineUnsupervised<IsolationForestParams, IsolationForestState>({
  name: 'isolation-forest',
  params: isolationForestParams,
  /** @param x - (n, p). */
  fit(params, x, context) {
    requireTwoRows(x);
    const subsampleSize = Math.min(params.subsampleSize, x.rows);
    const cutSource = axisCuts(toNarrow(x));
    const trees = growTrees(x.rows, { trees: params.trees, subsampleSize, cutSource }, context);
    return { schemaVersion: 1, kind: 'isolation-forest', featureCount: x.cols, subsampleSize, trees };
  },
  /** @param x - (m, p).  @returns (m,) score in (0, 1). */
  predict: scoreForest,
});

/**
 * Extended isolation forest: as `isolationForest`, with cuts that combine several features, so that it has no blind
 * spots along the axes. Hariri, Carrasco Kind and Brunner, "Extended Isolation Forest" (2018, IEEE TKDE 2021).
 * Scoring costs `coordinates` multiplications a node.
 *
 * @throws PipelineError as `isolationForest`.
 */
export const extendedIsolationForest = defineUnsupervised<ExtendedIsolationForestParams, ExtendedIsolationForestState>({
  name: 'extended-isolation-forest',
  params: extendedIsolationForestParams,
  /** @param x - (n, p). */
  fit(params, x, context) {
    requireTwoRows(x);
    const subsampleSize = Math.min(params.subsampleSize, x.rows);
    const cuts = obliqueCuts(toNarrow(x), Math.min(params.coordinates, x.cols));
    const trees = growTrees(x.rows, { trees: params.trees, subsampleSize, cutSource: cuts.source }, context);
    const shape = { featureCount: x.cols, subsampleSize };
    return { schemaVersion: 1, kind: 'extended-isolation-forest', ...shape, cuts: cuts.finish(), trees };
  },
  /** @param x - (m, p).  @returns (m,) score in (0, 1). */
  predict: scoreForest,
});
