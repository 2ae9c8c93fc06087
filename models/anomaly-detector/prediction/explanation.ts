import { treeShap } from '../../../learning/evaluation/explain/tree-shap.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';
import type { AnomalyAnswer } from './answer.js';
import type { Detector, DetectorTrees } from './artefact.js';
import { boostedNames, clockOf, encodeBoosted, encodeSignals, signalIn } from './encoding.js';
import { tailParts, tailSums } from './extremes.js';
import { asMatrix, attributeMember } from './member-state.js';
import { type AnomalyRequest, requestRows, transactionOf } from './request.js';
import { describeCell } from './table-columns.js';
import { phraseOf, subjectOf, type Facts } from './reason-templates.js';

/** Reasons in an explanation, at most. */
const MOST_REASONS = 4;

/** Why a transaction got its score. */
export interface Explanation extends AnomalyAnswer {
  /** One sentence, the strongest reason first. */
  readonly summary: string;
  /** Reasons in falling order; weights are shares of all positive contributions and sum to at most 1. */
  readonly reasons: readonly {
    readonly feature: string;
    readonly value: number | null;
    readonly weight: number;
    readonly text: string;
  }[];
}

interface Explained {
  readonly detector: Detector;
  readonly trees: DetectorTrees;
  readonly request: AnomalyRequest;
  readonly answer: AnomalyAnswer;
}

/** Positive contributions by feature, as shares of their sum. */
type Weights = ReadonlyMap<string, number>;

function shares(contributions: Iterable<readonly [string, number]>): Weights {
  const against = new Map<string, number>();
  for (const [feature, value] of contributions)
    if (value > 0) against.set(feature, (against.get(feature) ?? 0) + value);
  const total = sum([...against.values()]);
  return new Map(Array.from(against, ([feature, value]) => [feature, value / total]));
}

/** Path-length attribution of the forests; a signal counts for the first of its features that is known. */
function forestWeights({ detector, trees, request }: Explained, known: (feature: string) => boolean): Weights {
  const { encoding, categoryModels } = detector;
  const rows = requestRows([request], encoding);
  const x = asMatrix(encodeSignals(encoding, rows), encoding.signals.length);
  const own = trees.categories[categoryModels.indexOf(request.category ?? '')];
  const parts = [trees.pooled, ...(own === undefined ? [] : [own])].map((state) => attributeMember(state, x).values);
  return shares(
    encoding.signals.flatMap(({ name }, j) => {
      const feature = signalIn(encoding, name).features.find(known);
      const contribution = sum(parts.map((values) => values[j]!));
      return feature === undefined ? [] : [[feature, contribution] as const];
    }),
  );
}

/** Exact Shapley values of the boosted trees. */
function boostedWeights({ detector: { encoding }, trees, request }: Explained): Weights {
  if (trees.boosted === null) return new Map();
  const names = boostedNames(encoding);
  const x = asMatrix(encodeBoosted(encoding, requestRows([request], encoding)), names.length);
  const { values } = treeShap(trees.boosted, x);
  const featureOf = (name: string): string => (encoding.table === undefined ? name.replace(/=.*$/, '') : name);
  return shares(names.map((name, j) => [featureOf(name), values[j]!] as const));
}

/** Whether the alert comes from the tails. */
function isExtreme({ detector: { encoding, extremes }, request }: Explained): boolean {
  if (extremes === undefined) return false;
  return tailSums(extremes.tails, encodeSignals(encoding, requestRows([request], encoding)))[0]! > extremes.limit;
}

/** Shares of the signals' tails; a signal counts for the first of its features that is known. */
function extremeWeights({ detector, request }: Explained, known: (feature: string) => boolean): Weights {
  const { encoding, extremes } = detector;
  const parts = tailParts(extremes!, encodeSignals(encoding, requestRows([request], encoding)));
  return shares(
    encoding.signals.flatMap(({ name }, j) => {
      const feature = signalIn(encoding, name).features.find(known);
      return feature === undefined ? [] : [[feature, parts[j]!] as const];
    }),
  );
}

function mixed(forest: Weights, boosted: Weights, weight: number): (readonly [string, number])[] {
  const features = new Set([...forest.keys(), ...boosted.keys()]);
  return Array.from(features, (feature) => {
    const share = (1 - weight) * (forest.get(feature) ?? 0) + weight * (boosted.get(feature) ?? 0);
    return [feature, share] as const;
  }).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}

function factsOf({ detector: { encoding }, request }: Explained): Facts {
  const rows = requestRows([request], encoding);
  const transaction = transactionOf(request, clockOf(encoding));
  return {
    value: (feature) => rows.number(0, feature),
    category: request.category ?? null,
    placed: transaction === null || transaction.counterparty !== null,
  };
}

const sentence = (texts: readonly string[]): string => {
  const joined = texts.join(', ');
  return joined === '' ? 'nothing about it is unusual' : joined;
};

/** Features of one subject become one reason: ranked as the strongest, with the longest text. */
function oncePerSubject<Worded extends { readonly feature: string; readonly text: string }>(
  worded: readonly Worded[],
): Worded[] {
  const bySubject = new Map<string, Worded>();
  for (const one of worded) {
    const stronger = bySubject.get(subjectOf(one.feature));
    const text = stronger && stronger.text.length >= one.text.length ? stronger.text : one.text;
    bySubject.set(subjectOf(one.feature), { ...(stronger ?? one), text });
  }
  return [...bySubject.values()];
}

/** What a feature says: a transaction's in its own words, a column's as the schema calls it. */
function textOf({ detector: { encoding }, request }: Explained, feature: string, facts: Facts): string | null {
  const column = encoding.table?.find(({ name }) => name === feature);
  return column === undefined ? phraseOf(feature, facts) : describeCell(column, request.row?.[feature]);
}

/** Reasons in words, from path-length attribution and, with a supervised part, Shapley values. */
export function explainRequest(explained: Explained): Explanation {
  const facts = factsOf(explained);
  const known = (feature: string): boolean => !Number.isNaN(facts.value(feature));
  const weight = explained.detector.supervised?.weight ?? 0;
  const ranked = isExtreme(explained)
    ? [...extremeWeights(explained, known)].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    : mixed(forestWeights(explained, known), boostedWeights(explained), weight);
  const worded = ranked.flatMap(([feature, share]) => {
    const text = textOf(explained, feature, facts);
    const value = known(feature) ? facts.value(feature) : null;
    return text === null ? [] : [{ feature, value, weight: share, text }];
  });
  const chosen = oncePerSubject(worded).slice(0, MOST_REASONS);
  return { ...explained.answer, summary: sentence(chosen.map(({ text }) => text)), reasons: chosen };
}
