import type { TrainingData } from '../../../contracts/dataset.js';
import { quantileInputs, type RowInput } from '../../../learning/tabular/preprocessing/index.js';
import { withDerived } from '../data/derived-inputs.js';
import type { CreditPredictor } from '../prediction/predictor.js';

/** Quantiles of each feature; ratios follow from the other fields, as in a real request. */
export function sampleInputs(predictor: CreditPredictor, data: TrainingData): RowInput[] {
  const derived = predictor.derivations;
  const names = new Set(derived.map(({ feature }) => feature));
  return quantileInputs(predictor, data).map((input) => {
    const sent = Object.fromEntries(Object.entries(input).filter(([name]) => !names.has(name)));
    return withDerived(sent, derived);
  });
}
