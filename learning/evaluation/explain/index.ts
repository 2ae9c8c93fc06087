export { rankAgreement } from './agreement.js';
export { treeShap } from './tree-shap.js';
export { lime, type LimeOptions } from './lime.js';
export { occlude, textParts, withoutParts, type Attribution, type ScoreTexts, type TextPart } from './occlusion.js';
