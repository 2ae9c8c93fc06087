export { hashFraction } from '../../numeric/hash/murmur.js';
export { foldRows, stratifiedFolds } from './folds.js';
export {
  completeHoldout,
  type DividedTable,
  freezeHoldout,
  isTrainingRow,
  mayBeCompleted,
  splitHoldout,
  windowStartOf,
} from './holdout.js';
export {
  decodeTrainingRows,
  encodeTrainingRows,
  findLeak,
  mergeTrainingRows,
  type RowNames,
  type TrainingRows,
  trainingRowsOf,
  unseenRows,
} from './training-rows.js';
