export {
  bottomUp,
  diagonalCovariance,
  minimumTrace,
  shrunkCovariance,
  type BaseForecasts,
  type ErrorCovariance,
  type Reconciled,
} from './reconciliation.js';
