export { attributePathLength } from './attribution.js';
export { extendedIsolationForest, isolationForest } from './isolation-forest.js';
export { addForest, forestGraph, toOnnx } from './onnx.js';
export {
  extendedIsolationForestParams,
  isolationForestParams,
  type ExtendedIsolationForestParams,
  type IsolationForestParams,
} from './params.js';
export { averagePathLength } from './path-length.js';
export { replaceOldestTrees } from './replace-trees.js';
export { scoreForest, scoreForestFloat32 } from './scoring.js';
export type { ExtendedIsolationForestState, ForestState, IsolationForestState } from './state.js';
