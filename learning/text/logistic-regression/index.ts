export {
  logisticPath,
  logisticRegression,
  scoreDense,
  type DenseTargets,
  type LogisticModel,
  type LogisticOptions,
} from './logistic-regression.js';
