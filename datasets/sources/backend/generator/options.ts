import { z } from 'zod';
import { PipelineError } from '../../../../contracts/errors.js';

export const generatorOptions = z.strictObject({
  /** Customers. Customer k is the same whatever the number. @default 300 */
  users: z.int().min(1).max(100_000).default(300),
  /** Calendar months of history, the month of `until` included. @default 36 */
  months: z.int().min(6).max(120).default(36),
  /** Same seed, months and until: same rows. @default 42 */
  seed: z.int().min(0).default(42),
  /** Last day with data (UTC). The whole month counts, so take its last day. @default 2026-10-31 */
  until: z.iso.date().default('2026-10-31'),
});
export type GeneratorOptions = z.input<typeof generatorOptions>;
export type GeneratorSettings = z.output<typeof generatorOptions>;

/**
 * Fills in the defaults.
 * @throws PipelineError `INVALID_INPUT` naming the option and what is allowed.
 */
export function parseGeneratorOptions(options: GeneratorOptions): GeneratorSettings {
  const parsed = generatorOptions.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new PipelineError('INVALID_INPUT', `generator options: ${z.prettifyError(parsed.error)}`);
}
