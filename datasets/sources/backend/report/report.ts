import { setImmediate } from 'node:timers/promises';
import { generateCustomers, type GeneratorOptions } from '../generator/index.js';
import { scoreAnomaly } from './anomaly.js';
import { scoreCredit } from './credit.js';
import { scoreEntities } from './entities.js';
import { scoreIntent } from './intent.js';
import { scoreSpending } from './spending.js';
import type { TaskReport } from './task-report.js';

export type { TaskReport } from './task-report.js';

/**
 * Generates the customers in memory and scores a trivial baseline and an oracle for each of the five tasks, without the
 * database. Needs at least about 30 customers, so that every holdout contains both classes.
 * @throws PipelineError `INVALID_INPUT` for options out of range; `SINGLE_CLASS` when there are too few customers.
 */
export async function reportDifficulty(options: GeneratorOptions = {}): Promise<readonly TaskReport[]> {
  const scorers = [scoreIntent(), scoreEntities(), scoreSpending(), scoreAnomaly(), scoreCredit()];
  for (const customer of generateCustomers(options)) {
    for (const scorer of scorers) scorer.add(customer);
    await setImmediate(); // lets timers and signal handlers run
  }
  return scorers.map((scorer) => scorer.report());
}
