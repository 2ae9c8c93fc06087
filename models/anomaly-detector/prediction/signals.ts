import type { DatasetSchema } from '../../../contracts/dataset.js';
import type { AnomalyParams } from '../params.js';

/** A number of one row by feature name; NaN is unknown. */
export type FeatureReader = (feature: string) => number;

interface Signal {
  /** What it is made from; the first one present gives the words of an explanation. */
  readonly features: readonly string[];
  value(read: FeatureReader): number;
}

/** Below this a ratio says "far less than usual" and nothing more. */
const SMALLEST_RATIO = 1e-3;

const plain = (feature: string): Signal => ({ features: [feature], value: (read) => read(feature) });

/** The customer's usual in this category; a category it never paid in is judged by all it paid. */
function amountToUsual(read: FeatureReader): number {
  const ofCategory = read('amountToCategoryMean90Days');
  return Number.isNaN(ofCategory) ? read('amountToMean30Days') : ofCategory;
}

const signals = {
  logAmountToUsual: {
    features: ['amountToCategoryMean90Days', 'amountToMean30Days'],
    // Half the usual is as far from it as twice the usual.
    value: (read) => Math.log(Math.max(amountToUsual(read), SMALLEST_RATIO)),
  },
  newCounterparty: plain('newCounterparty'),
  night: plain('night'),
  count1Hour: plain('count1Hour'),
  repeats1Day: plain('repeats1Day'),
  amount: plain('amount'),
  amountToMean30Days: plain('amountToMean30Days'),
  counterpartyRisk7Days: plain('counterpartyRisk7Days'),
} as const satisfies Record<string, Signal>;

export type SignalName = keyof typeof signals;
export const signalNames = Object.keys(signals) as readonly SignalName[];
export const signalOf = (name: SignalName): Signal => signals[name];

/** Where counterparty and hour are known, behaviour separates better than size; see docs/experiments/anomaly.md. */
const behaviour: readonly SignalName[] = ['logAmountToUsual', 'newCounterparty', 'night', 'count1Hour', 'repeats1Day'];
const size: readonly SignalName[] = ['amount', 'amountToMean30Days'];

/**
 * What a forest without labels looks at: a few signals, because each one that says nothing hides those that do.
 * The counterparty's risk is made of labels, so it is there only when those may be used.
 */
export function chooseSignals(
  { features }: DatasetSchema,
  { feedback }: Pick<AnomalyParams, 'feedback'>,
): SignalName[] {
  const known = new Set(features.map(({ name }) => name));
  const chosen = known.has('newCounterparty') ? behaviour : size;
  return feedback === 'none' ? [...chosen] : [...chosen, 'counterpartyRisk7Days'];
}
