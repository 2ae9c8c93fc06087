import { z } from 'zod';
import type { SearchDimension } from '../../contracts/model-definition.js';

/** Hyper-parameters as the command line names them (`--forecast-horizon`). */
export const params = z.strictObject({
  /** Default horizon of a forecast in days. @default 365 */
  forecastHorizon: z.int().min(7).max(1095).default(365).describe('days that a forecast reaches'),
  /** Origins of the backtest that selects each series' forecaster. @default 6 */
  origins: z.int().min(2).max(24).default(6).describe('origins of the rolling backtest'),
  /** Share by which a candidate's error must be below the pooled season's; few origins need a large margin. @default 0.5 */
  margin: z.number().min(0).max(1).default(0.5).describe('share by which a rival must be better to be chosen'),
  /** Weight of a month relative to the next one in the level of the total; smaller adapts faster. @default 0.85 */
  memory: z.number().gt(0.3).max(1).default(0.85).describe('weight of a month relative to the one after it'),
  /** How the categories are reconciled with the total. @default minimum-trace */
  reconciliation: z
    .enum(['minimum-trace', 'bottom-up'])
    .default('minimum-trace')
    .describe('how categories and total are made to agree'),
  /** Rows of a shard; smaller shards use more workers and lose less work with one, but read the data more often. @default 200000 */
  rowsPerShard: z.int().min(500).default(200_000).describe('rows of a shard of the backtest'),
});
export type SpendingParams = z.infer<typeof params>;

/** Ranges of a hyper-parameter search. */
export const searchSpace: Readonly<Record<string, SearchDimension>> = {
  margin: { minimum: 0, maximum: 0.5, scale: 'linear' },
  memory: { minimum: 0.6, maximum: 1, scale: 'linear' },
};
