import { averageForecasts, backtest, backtestError, type BacktestOptions, type BacktestResult } from './backtest.js';
import { blendStates, cannotLearn, fitOrNull, type Forecaster, type ForecasterState } from './forecaster.js';
import { countObserved, type Series } from './series.js';

/** A candidate's part in the chosen forecast. */
export interface ChoiceShare {
  readonly forecaster: string;
  /** In (0, 1]; those of a choice sum to 1. */
  readonly weight: number;
}

/** What a backtest decided, learned from the whole series, with the evidence. */
export interface Choice {
  /** Name of the chosen candidate; of a blend, the one with the largest weight. */
  readonly champion: string;
  readonly state: ForecasterState;
  /** One result a candidate, in the order of the candidates. */
  readonly results: readonly BacktestResult[];
  /** The chosen forecast's own result; no origins when the history was too short to compare. */
  readonly result: BacktestResult;
  /** What the forecast is made of: the champion alone, or the members of the blend. */
  readonly shares: readonly ChoiceShare[];
  /** Number of values that were not missing. */
  readonly observed: number;
}

export interface ChoiceOptions extends BacktestOptions {
  /**
   * `champion`: the candidate with the smallest error. `blend`: the mean of all that learn by themselves, weighted by
   * the fourth power of 1 / error; on M4 and retail series (validation parts) better than champion and equal weights.
   * @default 'champion'
   */
  readonly rule?: 'champion' | 'blend';
  /**
   * Of a champion: how much smaller, as a share, another candidate's error must be than the first one's to be
   * preferred: few origins make differences that are chance. @default 0.05
   */
  readonly margin?: number;
}

function pickChampion(results: readonly BacktestResult[], margin: number): number {
  const favourite = results.findIndex(({ mae }) => mae < Infinity);
  if (favourite < 0) return -1;
  let best = favourite;
  results.forEach(({ mae }, i) => {
    if (mae < results[best]!.mae) best = i;
  });
  return results[best]!.mae < results[favourite]!.mae * (1 - margin) ? best : favourite;
}

/** The first candidate that can learn, tried in this order. */
function learnFirst(series: Series, order: readonly Forecaster[]): { name: string; state: ForecasterState } {
  for (const candidate of order) {
    const state = fitOrNull(candidate, series);
    if (state !== null) return { name: candidate.name, state };
  }
  throw cannotLearn('candidate', series);
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
  const { name, state } = learnFirst(series, order);
  const result = results.find(({ forecaster }) => forecaster === name)!;
  return { champion: name, state, results, result, shares: [{ forecaster: name, weight: 1 }] };
}

const POWER = 4;
/** Candidates below this weight are left out: they cost space and time and change nothing. */
const LEAST_WEIGHT = 0.01;

interface Share {
  readonly state: ForecasterState;
  readonly result: BacktestResult;
  readonly weight: number;
}

const normalised = (shares: readonly Share[]): Share[] => {
  const sum = shares.reduce((total, { weight }) => total + weight, 0);
  return shares.map((share) => ({ ...share, weight: share.weight / sum }));
};

/** Weights by the fourth power of 1 / error; a candidate without error among others shares all with its equals. */
function weigh(series: Series, candidates: readonly Forecaster[], results: readonly BacktestResult[]): Share[] {
  const judged = results.filter(({ mae }, i) => mae < Infinity && candidates[i]!.members.length === 0);
  const least = Math.min(...judged.map(({ mae }) => mae));
  const shares = judged.flatMap((result): Share[] => {
    const weight = least === 0 ? Number(result.mae === 0) : (least / result.mae) ** POWER;
    if (weight < LEAST_WEIGHT) return [];
    const state = fitOrNull(
      candidates.find(({ name }) => name === result.forecaster)!,
      series,
    );
    return state === null ? [] : [{ state, result, weight }];
  });
  return normalised(normalised(shares).filter(({ weight }) => weight >= LEAST_WEIGHT));
}

function chooseBlend(
  series: Series,
  candidates: readonly Forecaster[],
  results: readonly BacktestResult[],
): Decision | null {
  const members = weigh(series, candidates, results);
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
 * Compares the candidates by backtest and learns the chosen one (or the blend) from the whole series. The first
 * candidate is the favourite. Without any origin the first that can learn is taken.
 * @param candidates - at least one, the favourite first, simpler ones before others.
 * @throws PipelineError `TOO_FEW_ROWS` when no candidate can learn from the series; as `backtest`.
 */
export function chooseForecaster(series: Series, candidates: readonly Forecaster[], options: ChoiceOptions): Choice {
  const results = backtest(series, candidates, options);
  const blend = options.rule === 'blend' ? chooseBlend(series, candidates, results) : null;
  const decision = blend ?? chooseChampion(series, candidates, results, options.margin ?? 0.05);
  return { ...decision, observed: countObserved(series.values) };
}
