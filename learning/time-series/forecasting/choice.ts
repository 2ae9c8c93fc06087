import { pairedGain } from '../../numeric/statistics/paired-gain.js';
import { sum } from '../../numeric/statistics/sum.js';
import { averageForecasts, backtest, backtestError, type BacktestOptions, type BacktestResult } from './backtest.js';
import { blendStates, seriesTooShort, fitOrNull, type Forecaster, type ForecasterState } from './forecaster.js';
import { countObserved, type Series } from './series.js';

/** Weight of a candidate in the chosen forecast. */
export interface ChoiceShare {
  readonly forecaster: string;
  /** In (0, 1]; the weights of a choice sum to 1. */
  readonly weight: number;
}

/** The forecast that a backtest selected, fitted on the whole series, with the results that led to it. */
export interface Choice {
  /** Name of the selected candidate; of a blend, the member with the largest weight. */
  readonly champion: string;
  readonly state: ForecasterState;
  /** One result for each candidate, in their order. */
  readonly results: readonly BacktestResult[];
  /** Result of the selected forecast; without origins when the history was too short for a backtest. */
  readonly result: BacktestResult;
  /** Members of the selected forecast: the champion alone, or those of the blend. */
  readonly shares: readonly ChoiceShare[];
  /** Number of values that were not missing. */
  readonly observed: number;
}

export interface ChoiceOptions extends BacktestOptions {
  /**
   * `blend`: the members of the first candidate (all candidates, where it has none), and any other candidate that is
   * surely better than the first on this series, weighted by 1 / error². `champion`: the candidate with the smallest error
   * alone, which is chance where the origins are few.
   * @default 'blend'
   */
  readonly rule?: 'champion' | 'blend';
  /**
   * For `champion`: the share by which another candidate's error must be smaller than the first one's to be selected;
   * with few origins small differences are noise. @default 0.05
   */
  readonly margin?: number;
}

/** Index of the champion; −1 when no candidate has an error. */
function pickChampion(results: readonly BacktestResult[], margin: number): number {
  const first = results.findIndex(({ mae }) => mae < Infinity);
  if (first < 0) return -1;
  let best = first;
  results.forEach(({ mae }, i) => {
    if (mae < results[best]!.mae) best = i;
  });
  return results[best]!.mae < results[first]!.mae * (1 - margin) ? best : first;
}

/** Fits the first candidate for which the series is long enough. @throws PipelineError `TOO_FEW_ROWS` without one. */
function fitFirst(series: Series, order: readonly Forecaster[]): { name: string; state: ForecasterState } {
  for (const candidate of order) {
    const state = fitOrNull(candidate, series);
    if (state !== null) return { name: candidate.name, state };
  }
  throw seriesTooShort('candidate', series);
}

type Decision = Omit<Choice, 'observed'>;

function chooseChampion(
  series: Series,
  candidates: readonly Forecaster[],
  results: readonly BacktestResult[],
  margin: number,
): Decision {
  const best = pickChampion(results, margin);
  const order = best < 0 ? candidates : [candidates[best]!, ...candidates.filter((_, i) => i !== best)];
  const { name, state } = fitFirst(series, order);
  const result = results.find(({ forecaster }) => forecaster === name)!;
  return { champion: name, state, results, result, shares: [{ forecaster: name, weight: 1 }] };
}

/** Weights are the inverse of the squared error (Bates and Granger 1969). */
const POWER = 2;
/** A member with this many times the smallest error is left out. */
const LARGEST_RATIO = 2;
/** Candidates below this weight are left out: their effect on the forecast is smaller than their cost. */
const LEAST_WEIGHT = 0.01;
/** Standard errors by which a candidate that is no member of the first must be more accurate to join its members. */
const ADMISSION_ERRORS = 1.5;

interface BlendMember {
  readonly state: ForecasterState;
  readonly result: BacktestResult;
  readonly weight: number;
}

const normalised = (members: readonly BlendMember[]): BlendMember[] => {
  const total = sum(members.map(({ weight }) => weight));
  return members.map((member) => ({ ...member, weight: member.weight / total }));
};

/** Origins whose forecasts do not overlap: as many as horizons lie between the first origin and the last forecast step. */
function independentOrigins(forecasts: BacktestResult['forecasts']): number {
  const [first, last] = [forecasts[0]!, forecasts.at(-1)!];
  return Math.min(forecasts.length, (last.origin - first.origin) / first.mean.length + 1);
}

/**
 * Mean difference of the logarithms of two forecasters' errors at each origin, in standard errors, as in the test of
 * Diebold and Mariano (1995): positive when the second is more accurate. NaN with one origin and for equal forecasts.
 */
function accuracyGain(first: BacktestResult, second: BacktestResult): number {
  const tiny = 1e-12 * first.mae;
  const logErrors = ({ forecasts }: BacktestResult): number[] =>
    forecasts.map((forecast) => Math.log(backtestError([forecast]) + tiny));
  const gain = pairedGain(logErrors(first), logErrors(second));
  const n = first.forecasts.length;
  return gain.mean / (gain.standardError * Math.sqrt((n / (n - 1)) * (n / independentOrigins(first.forecasts))));
}

/** The results that may enter a blend: those of candidates without members that belong to the first or earn admission. */
function blendable(candidates: readonly Forecaster[], results: readonly BacktestResult[]): BacktestResult[] {
  const [first] = results;
  const core = new Set(candidates[0]!.members.map(({ name }) => name));
  const isAdmitted = (result: BacktestResult): boolean =>
    first!.mae < Infinity && accuracyGain(first!, result) > ADMISSION_ERRORS;
  return results.filter((result, i) => {
    if (result.mae === Infinity || candidates[i]!.members.length > 0) return false;
    return core.size === 0 || core.has(result.forecaster) || isAdmitted(result);
  });
}

/** Members with their weights; those with error 0 share the whole weight equally. */
function blendMembers(
  series: Series,
  candidates: readonly Forecaster[],
  results: readonly BacktestResult[],
): BlendMember[] {
  const comparable = blendable(candidates, results);
  const least = Math.min(...comparable.map(({ mae }) => mae));
  const members = comparable.flatMap((result): BlendMember[] => {
    if (result.mae > LARGEST_RATIO * least) return [];
    const forecaster = candidates.find(({ name }) => name === result.forecaster)!;
    const state = fitOrNull(forecaster, series);
    return state === null ? [] : [{ state, result, weight: least === 0 ? 1 : (least / result.mae) ** POWER }];
  });
  return normalised(normalised(members).filter(({ weight }) => weight >= LEAST_WEIGHT));
}

function chooseBlend(
  series: Series,
  candidates: readonly Forecaster[],
  results: readonly BacktestResult[],
): Decision | null {
  const members = blendMembers(series, candidates, results);
  if (members.length === 0) return null;
  const weights = members.map(({ weight }) => weight);
  const forecasts = averageForecasts(
    members.map(({ result }) => result.forecasts),
    weights,
  );
  const result = { forecaster: 'blend', forecasts, mae: backtestError(forecasts) };
  const state = blendStates(
    'blend',
    members.map((member) => member.state),
    weights,
  );
  const shares = members.map((member) => ({ forecaster: member.result.forecaster, weight: member.weight }));
  const champion = shares.reduce((best, share) => (share.weight > best.weight ? share : best)).forecaster;
  return { champion, state, results, result, shares };
}

/**
 * Compares the candidates by backtest and fits the blend (or the selected one) on the whole series. When the series is too short for a backtest, the first candidate that it is long enough for is fitted.
 * @param candidates - at least one; the default first, simple before complex ones.
 * @throws PipelineError `TOO_FEW_ROWS` when the series is too short for every candidate; as `backtest`.
 */
export function chooseForecaster(series: Series, candidates: readonly Forecaster[], options: ChoiceOptions): Choice {
  const results = backtest(series, candidates, options);
  const blend = (options.rule ?? 'blend') === 'blend' ? chooseBlend(series, candidates, results) : null;
  const decision = blend ?? chooseChampion(series, candidates, results, options.margin ?? 0.05);
  return { ...decision, observed: countObserved(series.values) };
}
