import { z } from 'zod';
import { PipelineError } from '../../../../contracts/errors.js';

/** Schema of the generator's options. */
export const generatorOptions = z.strictObject({
  /** Number of customers; customer k is the same for every number. @default 300 */
  users: z.int().min(1).max(100_000).default(300),
  /** Calendar months of history, including the month of `until`. @default 36 */
  months: z.int().min(6).max(120).default(36),
  /** Seed of all random draws: the same seed, months and until give the same rows. @default 42 */
  seed: z.int().min(0).default(42),
  /** A day (UTC) in the last month, which is generated completely. @default 2026-10-31 */
  until: z.iso.date().default('2026-10-31'),
});
/** Options with defaults left out. */
export type GeneratorOptions = z.input<typeof generatorOptions>;
/** Options with all defaults filled in. */
export type GeneratorSettings = z.output<typeof generatorOptions>;

/**
 * Validates the options and fills in the defaults.
 * @throws PipelineError `INVALID_INPUT` naming the option and the allowed values.
 */
export function parseGeneratorOptions(options: GeneratorOptions): GeneratorSettings {
  const parsed = generatorOptions.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new PipelineError('INVALID_INPUT', `generator options: ${z.prettifyError(parsed.error)}`);
}
