import { requireAtLeast, requireInteger } from '../../../checks.js';
import type { ForecastCurve, Shifts } from '../curve.js';
import type { ForecasterState } from '../forecaster.js';
import { periodDays } from '../series.js';
import { curveColumns, type CurveColumn, type GraphInput } from './graph.js';

/** A tensor for the graph, independent of the runtime. */
export interface Feed {
  readonly type: 'float64' | 'int64';
  readonly dims: readonly number[];
  readonly data: Float64Array | BigInt64Array;
}

interface Row {
  readonly curve: ForecastCurve;
  readonly state: ForecasterState;
  readonly series: number;
  readonly weight: number;
}

/** Floor of a state without one: lower than any forecast. */
const NO_FLOOR = -Number.MAX_VALUE;

const noDampedTrend = { level: 0, slope: 0, damping: 1 };
const noPiecewiseTrend = { origin: 0, span: 1, rate: 0, offset: 0, cap: 0, base: 0 };

function numbersOf({ curve, state }: Row): Record<CurveColumn, number> {
  const { trend, spread } = curve;
  const isDamped = trend.kind === 'damped';
  const { level, slope, damping } = isDamped ? trend : noDampedTrend;
  const { origin, span, rate, offset, cap, base } = isDamped ? noPiecewiseTrend : trend;
  return {
    level,
    slope,
    damping,
    origin,
    span,
    rate,
    offset,
    cap,
    base,
    damped: Number(isDamped),
    piecewise: Number(!isDamped),
    logistic: Number(trend.kind === 'logistic'),
    scale: curve.scale,
    log: Number(curve.log),
    floor: state.floor ?? NO_FLOOR,
    sigma: spread.sigma,
    relative: Number(spread.relative || curve.log),
    spreadLevel: spread.level,
    spreadSlope: spread.slope,
    spreadDamping: spread.damping,
    spreadSeason: spread.season,
    spreadPeriod: spread.period,
    changepointVariance: spread.changepointVariance,
  };
}

/** Lists of different lengths as one padded (R, width) tensor. @param width - ≥ the longest list, ≥ 1. */
function padded(lists: readonly (readonly number[])[], width: number, filler = 0): Feed {
  const data = new Float64Array(lists.length * width).fill(filler);
  lists.forEach((list, row) => data.set(list, row * width));
  return { type: 'float64', dims: [lists.length, width], data };
}

/** Length of the longest list, at least 1. */
const longest = (lists: readonly (readonly unknown[])[]): number =>
  lists.reduce((most, list) => Math.max(most, list.length), 1);

function seasonFeeds(rows: readonly Row[]): Pick<Record<GraphInput, Feed>, 'tables' | 'periods' | 'tableShares'> {
  const seasons = rows.map(({ curve }) => curve.seasons);
  const count = longest(seasons);
  const length = longest(seasons.flatMap((tables) => tables.map(({ values }) => values)));
  const tables = new Float64Array(rows.length * count * length);
  const periods = new BigInt64Array(rows.length * count).fill(1n);
  seasons.forEach((list, row) =>
    list.forEach(({ values }, p) => {
      tables.set(values, (row * count + p) * length);
      periods[row * count + p] = BigInt(values.length);
    }),
  );
  return {
    tables: { type: 'float64', dims: [rows.length, count, length], data: tables },
    periods: { type: 'int64', dims: [rows.length, count], data: periods },
    tableShares: padded(
      seasons.map((list) => list.map(({ mode }) => Number(mode === 'multiplicative'))),
      count,
    ),
  };
}

function waveFeeds(
  rows: readonly Row[],
): Pick<Record<GraphInput, Feed>, 'frequencies' | 'sines' | 'cosines' | 'waveShares'> {
  const waves = rows.map(({ curve }) => curve.waves);
  const count = longest(waves);
  const column = (pick: (wave: ForecastCurve['waves'][number]) => number): Feed =>
    padded(
      waves.map((list) => list.map(pick)),
      count,
    );
  return {
    frequencies: column(({ frequency }) => frequency),
    sines: column(({ sine }) => sine),
    cosines: column(({ cosine }) => cosine),
    waveShares: column(({ mode }) => Number(mode === 'multiplicative')),
  };
}

function changepointFeeds(rows: readonly Row[]): Pick<Record<GraphInput, Feed>, 'changepoints' | 'changes'> {
  const trends = rows.map(({ curve }) => curve.trend);
  const lists = trends.map((trend) => (trend.kind === 'damped' ? [] : trend.changepoints));
  const changes = trends.map((trend) => (trend.kind === 'damped' ? [] : trend.changes));
  return { changepoints: padded(lists, longest(lists)), changes: padded(changes, longest(lists)) };
}

function membership(rows: readonly Row[], series: number): Feed {
  const data = new Float64Array(series * rows.length);
  rows.forEach((row, i) => (data[row.series * rows.length + i] = row.weight));
  return { type: 'float64', dims: [series, rows.length], data };
}

function shiftRows(rows: readonly Row[], horizon: number, pick: (series: number) => Float64Array | undefined): Feed {
  return padded(
    rows.map(({ series }) => [...(pick(series) ?? [])]),
    horizon,
  );
}

/**
 * Inputs of `forecastGraph` for these series. Memory grows with series × curves: pass some dozens of series a call.
 * @param states - at least one.  @param horizon - whole steps from 1.
 * @param shifts - by series, as `predictState` takes them. @default none
 * @throws PipelineError `TOO_FEW_ROWS` without a state, `INVALID_INPUT` for another horizon.
 */
export function forecastFeeds(
  states: readonly ForecasterState[],
  horizon: number,
  shifts: readonly (Shifts | undefined)[] = [],
): Record<GraphInput, Feed> {
  requireAtLeast('series to forecast', states.length, 1);
  requireInteger('horizon', horizon, 1);
  const rows = states.flatMap((state, series) =>
    state.curves.map(({ weight, ...curve }): Row => ({ curve, state, series, weight })),
  );
  const numbers = rows.map(numbersOf);
  const days = rows.map(({ state }) => [...periodDays(state.outlook, state.outlook.length, horizon)]);
  const steps = Float64Array.from({ length: horizon }, (_, i) => i + 1);
  return {
    days: padded(days, horizon),
    steps: { type: 'float64', dims: [horizon], data: steps },
    membership: membership(rows, states.length),
    curves: padded(
      numbers.map((row) => curveColumns.map((name) => row[name])),
      curveColumns.length,
    ),
    ...changepointFeeds(rows),
    ...seasonFeeds(rows),
    ...waveFeeds(rows),
    additiveShifts: shiftRows(rows, horizon, (series) => shifts[series]?.additive),
    multiplicativeShifts: shiftRows(rows, horizon, (series) => shifts[series]?.multiplicative),
  };
}
