import { setImmediate } from 'node:timers/promises';
import { generateCustomers, type GeneratorOptions } from '../generator/index.js';
import { judgeAnomaly } from './anomaly.js';
import { judgeCredit } from './credit.js';
import { judgeEntities } from './entities.js';
import { judgeIntent } from './intent.js';
import { judgeSpending } from './spending.js';
import type { TaskReport } from './task-report.js';

export type { TaskReport } from './task-report.js';

/**
 * Generates the customers once more in memory and scores a trivial model and an oracle for each of the five tasks.
 * The database is not touched. Wants enough customers for every holdout to hold both classes: 30 and more.
 * @throws PipelineError `INVALID_INPUT` for options out of range; `SINGLE_CLASS` when there are too few customers.
 */
export async function reportDifficulty(options: GeneratorOptions = {}): Promise<readonly TaskReport[]> {
  const judges = [judgeIntent(), judgeEntities(), judgeSpending(), judgeAnomaly(), judgeCredit()];
  for (const customer of generateCustomers(options)) {
    for (const judge of judges) judge.add(customer);
    await setImmediate(); // computing must not starve timers and signals of the process
  }
  return judges.map((judge) => judge.report());
}
