import { z } from 'zod';
import type { SearchDimension } from '../../contracts/model-definition.js';

/** Hyper-parameters as the command line names them (`--max-depth`); meanings are XGBoost's, defaults the specification's. */
export const params = z.strictObject({
  /** Splits from root to leaf. Deeper trees find interactions and memorise small data. @default 6 */
  maxDepth: z.int().min(1).max(16).default(6).describe('splits from root to leaf'),
  /** Trees. @default 100 */
  nEstimators: z.int().min(1).max(5000).default(100).describe('trees'),
  /** Share of each tree's step that is taken; smaller needs more trees (XGBoost's eta). @default 0.1 */
  learningRate: z.number().gt(0).max(1).default(0.1).describe("share of each tree's step that is taken (eta)"),
  /** L2 penalty on leaf values. @default 1 */
  lambda: z.number().nonnegative().default(1).describe('L2 penalty on leaf values'),
  /** L1 penalty on leaf values. @default 0 */
  alpha: z.number().nonnegative().default(0).describe('L1 penalty on leaf values'),
  /** A split must lower the loss by at least this. @default 0 */
  gamma: z.number().nonnegative().default(0).describe('least fall of the loss that allows a split'),
  /** Least sum of hessians in a child, at most a quarter of its rows. @default 1 */
  minChildWeight: z.number().nonnegative().default(1).describe('least sum of hessians in a child'),
  /** Share of rows, drawn anew for each tree, that it learns from. @default 1 */
  subsample: z.number().gt(0).max(1).default(1).describe('share of rows a tree learns from'),
  /** Share of columns, drawn anew for each tree, that it may split on. @default 1 */
  colsampleByTree: z.number().gt(0).max(1).default(1).describe('share of columns a tree may split on'),
});
export type CreditParams = z.infer<typeof params>;

/** Where a search looks; the recommended region for tables of this size. */
export const searchSpace: Readonly<Record<string, SearchDimension>> = {
  maxDepth: { minimum: 2, maximum: 8, scale: 'integer' },
  nEstimators: { minimum: 50, maximum: 600, scale: 'integer' },
  learningRate: { minimum: 0.01, maximum: 0.3, scale: 'log' },
  lambda: { minimum: 0.1, maximum: 20, scale: 'log' },
  minChildWeight: { minimum: 0.5, maximum: 20, scale: 'log' },
  subsample: { minimum: 0.5, maximum: 1, scale: 'linear' },
  colsampleByTree: { minimum: 0.3, maximum: 1, scale: 'linear' },
};
