import { z } from 'zod';
import type { ConformalState } from '../../../learning/evaluation/conformal/index.js';
import { pooledIncome } from './pooled-income.js';
import { seasonality } from './seasonality.js';

const bounds = z.strictObject({ level: z.number(), low: z.number(), high: z.number() });
const bucket = z.strictObject({ group: z.string(), upTo: z.number(), n: z.int(), bounds: z.array(bounds) });
const conformal: z.ZodType<ConformalState> = z.strictObject({
  schemaVersion: z.literal(1),
  buckets: z.array(bucket).min(1),
});

/** Typical customers of one level of spending, for those of whom little is known. */
const customerGroup = z.strictObject({
  /** Monthly amount of all categories. */
  total: z.number(),
  categories: z.record(z.string(), z.number()),
});

/** Everything that is learned from all customers together: `model.json` of the artefact. */
export const learnedModel = z.strictObject({
  schemaVersion: z.literal(1),
  seasonality,
  /** Weight of a month relative to the next in the total's level. */
  memory: z.number().gt(0).max(1),
  /** What months and incomes of all customers say of the next total; null = learned before income was read. */
  pooledIncome: pooledIncome.nullable().default(null),
  reconciliation: z.enum(['minimum-trace', 'bottom-up']),
  /** One-step errors of the backtest over the customer's free spending. */
  errors: z.strictObject({
    /** `total`, then categories. */
    names: z.array(z.string()),
    covariance: z.array(z.number()),
    /** For a category that was never seen. */
    typicalVariance: z.number(),
  }),
  /** Factor that puts forecasts of free spending into the middle of what came. */
  center: z.number().positive(),
  groups: z.array(customerGroup).min(1),
  /** Amount of a day relative to the mean day of its month, free spending. */
  profile: z.strictObject({
    /** Sunday first. */
    weekdays: z.array(z.number()).length(7),
    /** The 1st first. */
    days: z.array(z.number()).length(31),
  }),
  /** Widths of the bands by what is forecast; errors are scaled by the forecast. */
  bands: z.strictObject({
    month: conformal,
    category: conformal,
    week: conformal,
    day: conformal,
  }),
  /** Days that an answer reaches unless asked otherwise. */
  horizonDays: z.int().positive(),
  /** Day since the epoch after the last one that training knew. */
  knownUntil: z.int(),
});
export type LearnedModel = z.infer<typeof learnedModel>;
