export { dualAscent, dualAscentPath, scoreRow, type DualAscentOptions, type LinearWeights } from './dual-ascent.js';
export {
  fitLinearText,
  fitPoolMembers,
  linearTextParams,
  type MemberScores,
  pooledScores,
  poolMembers,
  type PoolMembers,
  type PoolSettings,
  scoreMembers,
  scoreTexts,
  type LinearTextParams,
  type LinearTextState,
} from './linear-text.js';
export { logisticLink, softmaxInPlace, softmaxLink, type Link } from './link.js';
export { normaliseText, splitWords } from './ngrams.js';
export { linearTextGraph, linearTextToOnnx } from './onnx.js';
export {
  createVectoriser,
  fitTextFeatures,
  vectoriseTexts,
  type SparseRow,
  type SparseRows,
  type TextFeatures,
  type Vectorise,
} from './text-features.js';
