export { hashFraction } from '../../numeric/hash/murmur.js';
export { foldRows, stratifiedFolds } from './folds.js';
export { freezeHoldout, splitHoldout } from './holdout.js';
