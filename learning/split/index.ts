export { hashFraction } from '../hash/murmur.js';
export { foldRows, stratifiedFolds } from './folds.js';
export { freezeHoldout, splitHoldout } from './holdout.js';
