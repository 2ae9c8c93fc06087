import { z } from 'zod';
import type { SearchDimension } from '../../contracts/model-definition.js';

/** Hyper-parameters as the command line names them (`--contamination`, `--n-estimators`, `--param name=value`). */
export const params = z.strictObject({
  /** Share of transactions that raises an alert: the threshold is this quantile of the training scores. @default 0.01 */
  contamination: z.number().gt(0).lt(0.5).default(0.01).describe('share of transactions that raises an alert'),
  /** Trees of each isolation forest. @default 100 */
  nEstimators: z.int().min(10).max(2000).default(100).describe('trees of each isolation forest'),
  /** Rows a tree is grown on; more than a few hundred hides anomalies behind each other. @default 256 */
  subsampleSize: z.int().min(16).max(4096).default(256).describe('rows an isolation tree is grown on'),
  /**
   * What finds the unusual without labels; `ensemble` adds distances where they agree with the forest, and
   * `ensemble-with-autoencoder` an autoencoder after them. @default 'isolation-forest'
   */
  detector: z
    .enum(['isolation-forest', 'extended-isolation-forest', 'ensemble', 'ensemble-with-autoencoder'])
    .default('isolation-forest')
    .describe('what finds the unusual without labels'),
  /** Models of categories with enough rows beside the pooled one. @default true */
  categoryModels: z.boolean().default(true).describe('a model of its own for each category with enough rows'),
  /** Fewer training rows than this and a category is judged by the pooled model alone. @default 500 */
  minimumCategoryRows: z.int().min(64).max(1e6).default(500).describe('rows that a category needs for its own model'),
  /** How far labels are used; without them nothing of the three differs. @default 'learn' */
  feedback: z
    .enum(['none', 'counterparty-risk', 'learn'])
    .default('learn')
    .describe('use of known misuse: none, in the counterparty risk, or learned from as well'),
  /** Confirmed misuse below this is too little to learn from. @default 50 */
  minimumConfirmed: z.int().min(10).max(1e6).default(50).describe('confirmed misuse needed to learn from it'),
  /** The newest training rows whose labels have not arrived count as neither misuse nor honest. @default 7 */
  labelDelayDays: z.number().min(0).max(365).default(7).describe('days until labels arrive'),
  /** How much more a dismissed alert weighs than an unreviewed transaction. @default 5 */
  dismissedWeight: z.number().min(1).max(100).default(5).describe('weight of a dismissed alert'),
  /** Boosted trees that learn from known misuse. @default 120 */
  boostingRounds: z.int().min(10).max(2000).default(120).describe('boosted trees that learn from known misuse'),
  /** Their depth. @default 5 */
  maxDepth: z.int().min(1).max(12).default(5).describe('depth of those trees'),
  /** Rows that training looks at, newest misuse always among them. @default 60000 */
  trainingRows: z.int().min(500).max(5e6).default(60_000).describe('rows drawn for training, all known misuse beside'),
  /** Share of trees that an update replaces, the oldest first. @default 0.5 */
  updateShare: z.number().gt(0).max(1).default(0.5).describe('share of trees that an update replaces'),
  /** Newest training rows that an update learns from. @default 10000 */
  updateWindowRows: z.int().min(256).max(1e6).default(10_000).describe('newest rows that an update learns from'),
});
export type AnomalyParams = z.infer<typeof params>;

/** Where a search looks. */
export const searchSpace: Readonly<Record<string, SearchDimension>> = {
  nEstimators: { minimum: 50, maximum: 400, scale: 'integer' },
  subsampleSize: { minimum: 64, maximum: 1024, scale: 'log' },
  boostingRounds: { minimum: 50, maximum: 400, scale: 'integer' },
  maxDepth: { minimum: 3, maximum: 8, scale: 'integer' },
  dismissedWeight: { minimum: 1, maximum: 20, scale: 'log' },
};
