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

/** Mean month of the training customers of one level of spending, for customers with little history. */
const customerGroup = z.strictObject({
  /** Monthly amount of all categories. */
  total: z.number(),
  categories: z.record(z.string(), z.number()),
});

/** Rule by which the forecaster of a series is chosen; part of the model, because it was evaluated with it. */
const choiceRule = z.strictObject({
  /** Largest number of origins of the rolling backtest, one month apart. */
  origins: z.int().positive(),
  /** Share by which a candidate's error must be below the default's. */
  margin: z.number().min(0).max(1),
});

/** Parameters estimated from all customers, without anything of one of them: `model.json` of the artefact. */
export const learnedModel = z.strictObject({
  schemaVersion: z.literal(2),
  seasonality,
  choice: choiceRule,
  /** Weight of a month relative to the next one in the level of the total. */
  memory: z.number().gt(0).max(1),
  /** Pooled income forecast; null without one. */
  pooledIncome: pooledIncome.nullable(),
  reconciliation: z.enum(['minimum-trace', 'bottom-up']),
  /** One-step errors of the backtest, relative to the customer's free spending. */
  errors: z.strictObject({
    /** `total`, then categories. */
    names: z.array(z.string()),
    /** (names, names) row-major. */
    covariance: z.array(z.number()),
    /** Variance of a category that is not among the names. */
    typicalVariance: z.number(),
  }),
  /** Factor on forecasts of free spending: median ratio of actual to forecast in the backtest. */
  center: z.number().positive(),
  groups: z.array(customerGroup).min(1),
  /** Day profile of free spending, see `learning/time-series/forecasting/day-profile.ts`. */
  profile: z.strictObject({
    /** Sunday first. */
    weekdays: z.array(z.number()).length(7),
    /** The 1st first. */
    days: z.array(z.number()).length(31),
  }),
  /** Conformal bands by the forecast quantity. */
  bands: z.strictObject({
    month: conformal,
    category: conformal,
    week: conformal,
    day: conformal,
  }),
  /** Default horizon of a forecast in days. */
  horizonDays: z.int().positive(),
  /** Day since the epoch after the last day of the training data. */
  knownUntil: z.int(),
  /** Zone of the customers' clocks. Absent: the days are those of UTC. */
  timeZone: z.string().optional(),
});
export type LearnedModel = z.infer<typeof learnedModel>;
