import { createRandom } from '../../../../learning/numeric/random/index.js';
import { monthsUntil } from './calendar.js';
import type { Customer } from './customer.js';
import { type GeneratorOptions, parseGeneratorOptions } from './options.js';
import { simulateCustomer } from './simulate.js';

const customerId = (index: number): string => `u${String(index + 1).padStart(6, '0')}`;

/**
 * Generates customers one after another, each with all rows and the ground truth, in constant memory. Deterministic:
 * customer k depends on `seed`, `months` and `until` only, not on the number of customers.
 * @throws PipelineError `INVALID_INPUT` for options out of range.
 */
export function* generateCustomers(options: GeneratorOptions = {}): Generator<Customer> {
  const settings = parseGeneratorOptions(options);
  const months = monthsUntil(settings.until, settings.months);
  const random = createRandom(settings.seed);
  for (let index = 0; index < settings.users; index++) {
    const id = customerId(index);
    yield simulateCustomer(random.fork(id), id, months);
  }
}
