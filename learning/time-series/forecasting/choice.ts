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
   * `champion`: the candidate with the smallest error. `blend`: the mean of all candidates without members, weighted by
   * the fourth power of 1 / error; on the validation parts of M4 and retail series more accurate than the champion and
   * than equal weights.
   * @default 'champion'
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

const POWER = 4;
/** Candidates below this weight are left out: their effect on the forecast is smaller than their cost. */
const LEAST_WEIGHT = 0.01;

interface BlendMember {
  readonly state: ForecasterState;
  readonly result: BacktestResult;
  readonly weight: number;
}

const normalised = (members: readonly BlendMember[]): BlendMember[] => {
  const total = sum(members.map(({ weight }) => weight));
  return members.map((member) => ({ ...member, weight: member.weight / total }));
};

/** Members weighted by the fourth power of 1 / error; candidates with error 0 share the whole weight equally. */
function blendMembers(
  series: Series,
  candidates: readonly Forecaster[],
  results: readonly BacktestResult[],
): BlendMember[] {
  const comparable = results.filter(({ mae }, i) => mae < Infinity && candidates[i]!.members.length === 0);
  const least = Math.min(...comparable.map(({ mae }) => mae));
  const members = comparable.flatMap((result): BlendMember[] => {
    const weight = least === 0 ? Number(result.mae === 0) : (least / result.mae) ** POWER;
    if (weight < LEAST_WEIGHT) return [];
    const state = fitOrNull(
      candidates.find(({ name }) => name === result.forecaster)!,
      series,
    );
    return state === null ? [] : [{ state, result, weight }];
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
 * Compares the candidates by backtest and fits the selected one (or the blend) on the whole series. The first candidate
 * is the default. When the series is too short for a backtest, the first candidate that it is long enough for is fitted.
 * @param candidates - at least one; the default first, simple before complex ones.
 * @throws PipelineError `TOO_FEW_ROWS` when the series is too short for every candidate; as `backtest`.
 */
export function chooseForecaster(series: Series, candidates: readonly Forecaster[], options: ChoiceOptions): Choice {
  const results = backtest(series, candidates, options);
  const blend = options.rule === 'blend' ? chooseBlend(series, candidates, results) : null;
  const decision = blend ?? chooseChampion(series, candidates, results, options.margin ?? 0.05);
  return { ...decision, observed: countObserved(series.values) };
}
