import type { DriftLimits } from '../../contracts/drift.js';

interface DriftVariables {
  readonly DRIFT_MODE: DriftLimits['mode'];
  readonly DRIFT_WINDOW_DAYS: number;
  readonly DRIFT_COOLDOWN_DAYS: number;
  readonly DRIFT_MOST_SHARE: number;
  readonly DRIFT_MOST_LOSS: number;
  readonly DRIFT_MOST_ROWS: number;
  readonly DRIFT_RETRAIN: 'on' | 'off';
}

/** The limits of drift that the environment states. */
export const driftSettings = (variables: DriftVariables): DriftLimits => ({
  mode: variables.DRIFT_MODE,
  windowDays: variables.DRIFT_WINDOW_DAYS,
  coolDownDays: variables.DRIFT_COOLDOWN_DAYS,
  mostShare: variables.DRIFT_MOST_SHARE,
  mostLoss: variables.DRIFT_MOST_LOSS,
  mostRows: variables.DRIFT_MOST_ROWS,
  retrain: variables.DRIFT_RETRAIN === 'on',
});

/** The same limits as environment variables. */
export const driftEnvironment = (drift: DriftLimits): Record<string, string> => ({
  DRIFT_MODE: drift.mode,
  DRIFT_WINDOW_DAYS: String(drift.windowDays),
  DRIFT_COOLDOWN_DAYS: String(drift.coolDownDays),
  DRIFT_MOST_SHARE: String(drift.mostShare),
  DRIFT_MOST_LOSS: String(drift.mostLoss),
  DRIFT_MOST_ROWS: String(drift.mostRows),
  DRIFT_RETRAIN: drift.retrain ? 'on' : 'off',
});
