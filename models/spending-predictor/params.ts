import { z } from 'zod';
import type { SearchDimension } from '../../contracts/model-definition.js';

/** Hyper-parameters as the command line names them (`--forecast-horizon`). */
export const params = z.strictObject({
  /** Days that a forecast reaches unless a request says otherwise. @default 365 */
  forecastHorizon: z.int().min(7).max(1095).default(365).describe('days that a forecast reaches'),
  /** Origins of the backtest that chooses each series' forecaster. @default 6 */
  origins: z.int().min(2).max(24).default(6).describe('origins of the rolling backtest'),
  /** A rival must beat the pooled season by this share of its error; fewer points make bigger luck. @default 0.5 */
  margin: z.number().min(0).max(1).default(0.5).describe('share by which a rival must be better to be chosen'),
  /** Weight of a month relative to the next when the usual total is estimated; smaller follows changes faster. @default 0.85 */
  memory: z.number().gt(0.3).max(1).default(0.85).describe('weight of a month relative to the one after it'),
  /** How category forecasts are made to add up to the total's. @default minimum-trace */
  reconciliation: z
    .enum(['minimum-trace', 'bottom-up'])
    .default('minimum-trace')
    .describe('how categories and total are made to agree'),
  /** Rows of a shard; smaller ones spread over more workers and lose less to a killed one, at the cost of reading. @default 200000 */
  rowsPerShard: z.int().min(500).default(200_000).describe('rows of a shard of the backtest'),
});
export type SpendingParams = z.infer<typeof params>;

/** Where a search looks. */
export const searchSpace: Readonly<Record<string, SearchDimension>> = {
  margin: { minimum: 0, maximum: 0.5, scale: 'linear' },
  memory: { minimum: 0.6, maximum: 1, scale: 'linear' },
};
