import { Gauge, type Registry } from 'prom-client';
import type { DriftScore } from '../../monitoring/drift/drift-scores.js';

/**
 * `ml_data_drift_score` from the last decided check of each line; while the database does not answer, the values read last.
 * @param read - reads the stored results.
 */
export function watchDrift(registers: Registry[], read: () => Promise<readonly DriftScore[]>): void {
  let last: readonly DriftScore[] = [];
  new Gauge({
    ...{ name: 'ml_data_drift_score', help: 'Drift in the last checked window in units of its limit, by column' },
    // Every process reads the same rows.
    ...{ labelNames: ['model', 'line', 'column'] as const, registers, aggregator: 'max' as const },
    async collect() {
      last = await read().catch(() => last);
      this.reset(); // of columns that are no longer compared
      for (const { model, line, column, score } of last) this.labels(model, line, column).set(score);
    },
  });
}
