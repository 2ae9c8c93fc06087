import { PipelineError } from '../../../../contracts/errors.js';
import { missingColumn, notFinite, requireAtLeast, requireFinite, requireLength } from '../../../checks.js';
import { mean } from '../../../numeric/statistics/mean.js';
import { sum } from '../../../numeric/statistics/sum.js';
import type { Mode } from '../curve.js';
import type { Holiday } from './holidays.js';
import { type SeasonGap, seasonGaps } from './season-gaps.js';
import type {
  AutoSeasonality,
  NamedColumns,
  ProphetColumns,
  ProphetData,
  ProphetOptions,
  SeasonalityOptions,
} from './options.js';

/** One column of the design matrix, trend columns excepted. */
export interface FeatureColumn {
  readonly values: Float64Array;
  readonly mode: Mode;
  /** Standard deviation of the normal prior of its coefficient. */
  readonly prior: number;
}

/** A seasonality with all defaults filled in. */
export type PlannedSeasonality = Required<Omit<SeasonalityOptions, 'condition'>> & {
  readonly condition: string | null;
};

/** A regressor with its standardisation. */
export interface PlannedRegressor {
  readonly name: string;
  readonly mode: Mode;
  readonly prior: number;
  readonly mean: number;
  readonly deviation: number;
}

export interface PlannedHoliday extends Required<Holiday> {
  readonly mode: Mode;
}

/** The feature columns in order: seasonalities, holidays, regressors. */
export interface FeaturePlan {
  readonly seasonalities: readonly PlannedSeasonality[];
  readonly holidays: readonly PlannedHoliday[];
  readonly regressors: readonly PlannedRegressor[];
}

/** (n,) of `name`. @throws PipelineError `MISSING_COLUMN`, `SHAPE_MISMATCH`, `NOT_FINITE`. */
export function namedColumn(columns: NamedColumns | undefined, name: string, rows: number): ArrayLike<number> {
  const column = columns?.[name];
  if (!column) throw missingColumn(name, Object.keys(columns ?? {}));
  requireLength(`column "${name}"`, column.length, rows);
  requireFinite(name, column);
  return column;
}

/** @param order - of `auto`.  @param sufficient - whether the history is long and dense enough for `auto`. */
function autoOrder(choice: AutoSeasonality | undefined, order: number, sufficient: boolean): number {
  if (choice === false) return 0;
  if (typeof choice === 'number') return choice;
  return sufficient ? order : 0;
}

/** Smallest positive difference of neighbouring days. @param days - ascending. */
function shortestStep(days: ArrayLike<number>): number {
  let shortest = Infinity;
  for (let i = 1; i < days.length; i++) {
    const step = days[i]! - days[i - 1]!;
    if (step > 0 && step < shortest) shortest = step;
  }
  return shortest;
}

/** Mean length of a month in days. */
const MONTH = 365.25 / 12;

function planSeasonalities(days: ArrayLike<number>, options: ProphetOptions): PlannedSeasonality[] {
  const { mode = 'additive', seasonalityPriorScale = 10 } = options;
  const span = days[days.length - 1]! - days[0]!;
  const step = shortestStep(days);
  const automatic = [
    { name: 'yearly', period: 365.25, order: autoOrder(options.yearly, 10, span >= 730) },
    { name: 'weekly', period: 7, order: autoOrder(options.weekly, 3, span >= 14 && step < 7) },
    { name: 'daily', period: 1, order: autoOrder(options.daily, 4, span >= 2 && step < 1) },
    { name: 'monthly', period: MONTH, order: autoOrder(options.monthly ?? false, 5, span >= 2 * MONTH && step < 7) },
  ].filter(({ order }) => order > 0);
  return [...automatic, ...(options.seasonalities ?? [])].map((seasonality: SeasonalityOptions) => ({
    mode,
    priorScale: seasonalityPriorScale,
    ...seasonality,
    condition: seasonality.condition ?? null,
  }));
}

/** Mean and standard deviation to standardise with; [0, 1] for none. */
function standardisation(column: ArrayLike<number>, standardize: boolean | 'auto'): [number, number] {
  const values = Float64Array.from(column);
  const binary = values.every((value) => value === 0 || value === 1);
  if (standardize === false || (standardize === 'auto' && binary)) return [0, 1];
  const center = mean(values);
  const variance = sum(values.map((value) => (value - center) ** 2)) / Math.max(1, values.length - 1);
  return variance > 0 ? [center, Math.sqrt(variance)] : [0, 1];
}

/** Fills in the defaults of all feature columns. @param data - days ascending. */
function planFeatures(data: ProphetColumns, options: ProphetOptions): FeaturePlan {
  const { mode = 'additive', holidaysPriorScale = 10 } = options;
  const regressors = (options.regressors ?? []).map((regressor) => {
    const column = namedColumn(data.regressors, regressor.name, data.days.length);
    const [mean, deviation] = standardisation(column, regressor.standardize ?? 'auto');
    const { name, priorScale = holidaysPriorScale } = regressor;
    return { name, mode: regressor.mode ?? mode, prior: priorScale, mean, deviation };
  });
  const holidays = (options.holidays ?? []).map((holiday) => ({
    lowerWindow: 0,
    upperWindow: 0,
    priorScale: holidaysPriorScale,
    ...holiday,
    mode,
  }));
  return { seasonalities: planSeasonalities(data.days, options), holidays, regressors };
}

/** Alternating sine and cosine columns of a seasonality, slowest wave first; 0 where its condition is 0. */
export function waveColumns(
  { days, conditions }: ProphetColumns,
  { period, order, condition }: { period: number; order: number; condition: string | null },
): Float64Array[] {
  const active = condition === null ? null : namedColumn(conditions, condition, days.length);
  return Array.from({ length: 2 * order }, (_, column) => {
    const frequency = (2 * Math.PI * (1 + (column >> 1))) / period;
    const wave = column % 2 === 0 ? Math.sin : Math.cos;
    return Float64Array.from(days, (day, i) => (active && !active[i] ? 0 : wave(frequency * day)));
  });
}

/** One indicator column for each offset of the holiday's window, earliest first. */
export function holidayColumns(
  days: ArrayLike<number>,
  holiday: { readonly days: readonly number[]; readonly lowerWindow: number; readonly upperWindow: number },
): Float64Array[] {
  const occurs = new Set(holiday.days);
  const count = holiday.upperWindow - holiday.lowerWindow + 1;
  return Array.from({ length: count }, (_, i) =>
    Float64Array.from(days, (day) => (occurs.has(Math.floor(day) - holiday.lowerWindow - i) ? 1 : 0)),
  );
}

/** All feature columns in the order of the plan. */
export function featureColumns(data: ProphetColumns, plan: FeaturePlan): FeatureColumn[] {
  const waves = plan.seasonalities.flatMap((seasonality) =>
    waveColumns(data, seasonality).map((values) => ({ values, mode: seasonality.mode, prior: seasonality.priorScale })),
  );
  const holidays = plan.holidays.flatMap((holiday) =>
    holidayColumns(data.days, holiday).map((values) => ({ values, mode: holiday.mode, prior: holiday.priorScale })),
  );
  const regressors = plan.regressors.map(({ name, mode, prior, mean, deviation }) => {
    const column = namedColumn(data.regressors, name, data.days.length);
    return { values: Float64Array.from(column, (value) => (value - mean) / deviation), mode, prior };
  });
  return [...waves, ...holidays, ...regressors];
}

/** Days of the changepoints as Prophet places them: evenly over the first part of the rows. */
function changepointDays(days: ArrayLike<number>, options: ProphetOptions): number[] {
  if (options.growth === 'flat') return [];
  if (options.changepoints) return [...options.changepoints].sort((a, b) => a - b);
  const size = Math.floor(days.length * (options.changepointRange ?? 0.8));
  const count = Math.max(0, Math.min(options.changepointCount ?? 25, size - 1));
  return Array.from({ length: count }, (_, i) => days[Math.round(((i + 1) * (size - 1)) / count)]!);
}

/** Input of a fit: scaled history, changepoints and feature columns. */
export interface ProphetDesign {
  readonly growth: 'linear' | 'flat' | 'logistic';
  readonly plan: FeaturePlan;
  /** Gaps of each seasonality of the plan. */
  readonly gaps: readonly (readonly SeasonGap[])[];
  readonly features: readonly FeatureColumn[];
  /** (n,) scaled times of the history. */
  readonly t: Float64Array;
  /** Scaled times of the changepoints. */
  readonly changepoints: readonly number[];
  /** (n,) values above the floor, in units of the scale. */
  readonly y: Float64Array;
  readonly origin: number;
  readonly span: number;
  readonly scale: number;
  readonly floor: number;
  readonly cap: number;
  /** Scale of the Laplace prior of the rate changes. */
  readonly tau: number;
}

/** Gaps of each seasonality in the days on which it applies. */
const gapsOf = ({ days, conditions }: ProphetColumns, { seasonalities }: FeaturePlan): SeasonGap[][] =>
  seasonalities.map((seasonality) => {
    const { condition } = seasonality;
    const active = condition === null ? null : namedColumn(conditions, condition, days.length);
    return seasonGaps(
      Array.from(days).filter((_, i) => active === null || active[i] !== 0),
      seasonality,
    );
  });

/** The given rows of all columns. */
function selectRows(columns: NamedColumns | undefined, rows: readonly number[]): NamedColumns {
  return Object.fromEntries(
    Object.entries(columns ?? {}).map(([name, column]) => [name, rows.map((row) => column[row]!)]),
  );
}

/** Rows with a value, in order of time. @throws PipelineError `SHAPE_MISMATCH`, `NOT_FINITE`, `TOO_FEW_ROWS`. */
function sortRows(data: ProphetData): ProphetData {
  const { days, values } = data;
  requireLength('values', values.length, days.length);
  const rows = Array.from({ length: days.length }, (_, row) => row).filter((row) => !Number.isNaN(values[row]!));
  for (const row of rows) {
    if (!Number.isFinite(days[row])) throw notFinite(`days[${row}]`, days[row]!, { row });
    if (!Number.isFinite(values[row])) throw notFinite(`values[${row}]`, values[row]!, { row });
  }
  rows.sort((a, b) => days[a]! - days[b]!);
  const distinct = new Set(rows.map((row) => days[row]!)).size;
  requireAtLeast('known days', distinct, 2);
  return {
    ...data,
    days: rows.map((row) => days[row]!),
    values: rows.map((row) => values[row]!),
    regressors: selectRows(data.regressors, rows),
    conditions: selectRows(data.conditions, rows),
  };
}

function saturation({ cap, floor = 0 }: ProphetData, growth: string, scale: number): number {
  if (growth !== 'logistic') return 0;
  if (cap === undefined || !(cap > floor)) {
    throw new PipelineError('INVALID_INPUT', 'logistic growth needs a cap above the floor');
  }
  return (cap - floor) / scale;
}

/**
 * Scales the history as Prophet does (largest |value| and time span become 1) and builds the columns.
 * @throws PipelineError `TOO_FEW_ROWS` below two known days, `SHAPE_MISMATCH`, `NOT_FINITE`, `MISSING_COLUMN`,
 *   `INVALID_INPUT` (logistic growth without a cap above the floor).
 */
export function buildDesign(given: ProphetData, options: ProphetOptions): ProphetDesign {
  const data = sortRows(given);
  const growth = options.growth ?? 'linear';
  const floor = growth === 'logistic' ? (data.floor ?? 0) : 0;
  const origin = data.days[0]!;
  const span = data.days[data.days.length - 1]! - origin;
  const above = Float64Array.from(data.values, (value) => value - floor);
  const scale = above.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const plan = planFeatures(data, options);
  return {
    growth,
    plan,
    gaps: gapsOf(data, plan),
    features: featureColumns(data, plan),
    t: Float64Array.from(data.days, (day) => (day - origin) / span),
    changepoints: changepointDays(data.days, options).map((day) => (day - origin) / span),
    y: above.map((value) => value / scale),
    origin,
    span,
    scale,
    floor,
    cap: saturation(data, growth, scale),
    tau: options.changepointPriorScale ?? 0.05,
  };
}
