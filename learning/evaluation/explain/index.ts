export { rankAgreement } from './agreement.js';
export { treeShap } from './tree-shap.js';
export { inChunks } from './in-chunks.js';
export { lime, limeEach, type LimeOptions } from './lime.js';
export {
  blankParts,
  occlude,
  occludeEach,
  partsOf,
  textParts,
  withoutParts,
  type Attribution,
  type PerturbationOptions,
  type ScoreEach,
  type ScoreTexts,
  type TextPart,
} from './occlusion.js';
