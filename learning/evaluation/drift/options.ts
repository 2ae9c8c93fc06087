import { z } from 'zod';
import { parseParameters } from '../../checks.js';

/** How a window is compared with its reference. Every field has a default. */
export const driftOptions = z.strictObject({
  mode: z.enum(['default', 'evidently']).default('default'),
  /** Largest expected share of false discoveries among the drifted columns (mode `default`). @default 0.05 */
  falseDiscoveryRate: z.number().gt(0).lt(1).default(0.05),
  /** Effect by which numeric columns are judged (mode `default`). @default 'wasserstein' */
  numericEffect: z.enum(['wasserstein', 'psi']).default('wasserstein'),
  /** Effect by which categories and texts are judged (mode `default`). @default 'jensen-shannon' */
  categoricalEffect: z.enum(['jensen-shannon', 'psi']).default('jensen-shannon'),
  /** Wasserstein distance in standard deviations of the reference. @default 0.1 */
  wasserstein: z.number().positive().default(0.1),
  /** Jensen–Shannon distance, natural logarithm, 0 … 0.83. @default 0.1 */
  jensenShannon: z.number().positive().default(0.1),
  /** Population stability index. @default 0.1 */
  psi: z.number().positive().default(0.1),
  /** Difference of the shares of missing values; 1 = never drifts (mode `default`). @default 0.05 */
  missingShare: z.number().positive().max(1).default(0.05),
  /**
   * Standard errors by which an effect may lie below its threshold: without them half of the columns whose true effect is the
   * threshold would be missed. @default 3
   */
  effectMargin: z.number().nonnegative().default(3),
  /** Share of the columns at which the data set counts as drifted. @default 0.5 in mode `evidently`, else one column. */
  driftedShare: z.number().min(0).max(1).nullable().default(null),
  /** With fewer rows in the reference nothing is decided. @default 30 */
  minimumReference: z.int().positive().default(30),
  /** Most resamples of a permutation test. @default 4999 */
  resamples: z.int().min(99).default(4999),
  /** Of the permutation tests. @default 0 */
  seed: z.int().default(0),
});
export type DriftOptions = z.output<typeof driftOptions>;
/** Options as a caller gives them. */
export type DriftOptionsInput = z.input<typeof driftOptions>;

/** @throws PipelineError `INVALID_HYPERPARAMETERS` naming each option that does not fit. */
export const parseDriftOptions = (given: DriftOptionsInput): DriftOptions =>
  parseParameters({ name: 'drift', params: driftOptions }, given);
