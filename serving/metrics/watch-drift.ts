import { Gauge, type Registry } from 'prom-client';
import type { DriftScore } from '../../monitoring/drift/drift-scores.js';

/** `ml_data_drift_score` from the last decided check of each line. */
export function watchDrift(registers: Registry[], driftScores: () => readonly DriftScore[]): void {
  new Gauge({
    ...{ name: 'ml_data_drift_score', help: 'Drift in the last checked window in units of its limit, by column' },
    // Every process reads the same rows.
    ...{ labelNames: ['model', 'line', 'column'] as const, registers, aggregator: 'max' as const },
    collect() {
      this.reset(); // of columns that are no longer compared
      for (const { model, line, column, score } of driftScores()) this.labels(model, line, column).set(score);
    },
  });
}
