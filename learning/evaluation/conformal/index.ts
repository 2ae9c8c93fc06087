export {
  boundsAt,
  conformalBands,
  fitConformal,
  type Band,
  type CalibrationPoint,
  type ConformalBounds,
  type ConformalBucket,
  type ConformalOptions,
  type ConformalState,
} from './conformal.js';
