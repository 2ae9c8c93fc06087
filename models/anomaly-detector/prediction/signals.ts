import type { DatasetSchema } from '../../../contracts/dataset.js';
import type { AnomalyParams } from '../params.js';

/** A number of one row by feature name; NaN is unknown. */
export type FeatureReader = (feature: string) => number;

export interface Signal {
  /** Features it is computed from; the first known one names it in explanations. */
  readonly features: readonly string[];
  value(read: FeatureReader): number;
}

/** Ratios are bounded below by this before the logarithm. */
const SMALLEST_RATIO = 1e-3;

/** A feature as it is. */
export const plainSignal = (feature: string): Signal => ({ features: [feature], value: (read) => read(feature) });

/** The customer's usual in this category; for a category without payments, the mean over all categories. */
function amountToUsual(read: FeatureReader): number {
  const ofCategory = read('amountToCategoryMean90Days');
  return Number.isNaN(ofCategory) ? read('amountToMean30Days') : ofCategory;
}

const signals = {
  logAmountToUsual: {
    features: ['amountToCategoryMean90Days', 'amountToMean30Days'],
    // Logarithm: half the usual deviates as much as twice the usual.
    value: (read) => Math.log(Math.max(amountToUsual(read), SMALLEST_RATIO)),
  },
  newCounterparty: plainSignal('newCounterparty'),
  night: plainSignal('night'),
  count1Hour: plainSignal('count1Hour'),
  repeats1Day: plainSignal('repeats1Day'),
  amount: plainSignal('amount'),
  amountToMean30Days: plainSignal('amountToMean30Days'),
  counterpartyRisk7Days: plainSignal('counterpartyRisk7Days'),
} as const satisfies Record<string, Signal>;

type SignalName = keyof typeof signals;
/** The signal of a name in an artefact. */
export const signalOf = (name: string): Signal =>
  (signals as Readonly<Record<string, Signal>>)[name] ?? plainSignal(name);

/** Where counterparty and hour are known, behaviour separates better than size; see docs/experiments/anomaly.md. */
const behaviour: readonly SignalName[] = ['logAmountToUsual', 'newCounterparty', 'night', 'count1Hour', 'repeats1Day'];
const size: readonly SignalName[] = ['amount', 'amountToMean30Days'];

/**
 * Inputs of the unsupervised forests: few signals, because each uninformative one weakens the informative ones.
 * The counterparty's risk is derived from labels, so it is included only when labels may be used.
 */
export function chooseSignals(
  { features }: DatasetSchema,
  { feedback }: Pick<AnomalyParams, 'feedback'>,
): SignalName[] {
  const known = new Set(features.map(({ name }) => name));
  const chosen = known.has('newCounterparty') ? behaviour : size;
  return feedback === 'none' ? [...chosen] : [...chosen, 'counterpartyRisk7Days'];
}
