export { bottomUp, minimumTrace, shrunkCovariance, type ErrorCovariance } from './reconciliation.js';
