export {
  logisticRegression,
  type DenseTargets,
  type LogisticModel,
  type LogisticOptions,
} from './logistic-regression.js';
