import { BACKEND_LINES } from '../../contracts/ids.js';
import { defineModel } from '../../contracts/model-definition.js';
import { card } from './card.js';
import { train } from './training/train.js';
import { evaluate, measurePrimary, PRIMARY_METRIC, score } from './evaluation/score.js';
import { expectations } from './data/expectations.js';
import { backendDataset } from './data/dataset.js';
import { fileFormats } from './data/formats.js';
import { anyTable } from './data/formats/any-table.js';
import { requestFeatures } from './data/request-features.js';
import { params, searchSpace } from './params.js';
import { FAIRNESS_METRIC } from './evaluation/fairness.js';
import { openPredictor } from './prediction/predictor.js';
import { bestSingleFeature } from '../../learning/evaluation/best-single-feature.js';
import { compareBinary } from '../../learning/evaluation/binary-classification.js';
import { FOUR_FIFTHS } from '../../learning/evaluation/fairness/group-fairness.js';
import { sampleInputs } from './training/sample.js';

/** Credit-risk scorer: the probability that a loan, if granted, defaults. */
export const model = defineModel({
  name: 'credit-risk-scorer',
  definitionVersion: 4,
  task: 'binary-classification',
  owner: 'risk team',
  card,
  params,
  searchSpace,
  backend: backendDataset,
  requestFeatures,
  serving: { route: 'credit-risk', staleFeatures: 'refuse', batched: true, durableLog: true },
  fileFormats,
  tableFormat: anyTable,
  expectations,
  primaryMetric: PRIMARY_METRIC,
  gates: [
    // The specification's target; no published model reaches 0.80 on the public Taiwan set.
    { kind: 'absolute', metric: PRIMARY_METRIC, atLeast: 0.8, lines: BACKEND_LINES },
    // Four-fifths rule: a group whose approval differs beyond chance must reach 0.8 of the best-treated one's.
    // A file without protected attributes may be tried in dev; what can be served must show its ratio.
    { kind: 'absolute', metric: FAIRNESS_METRIC, atLeast: FOUR_FIFTHS, notMeasurable: 'passes in dev' },
    { kind: 'better-than', other: 'baseline' },
    { kind: 'against-champion', margin: 0.02 },
  ],
  timeouts: { trainMinutes: 30, evaluateMinutes: 10 },
  driftFeatures: [
    'requestedAmount',
    'termMonths',
    'emiToIncome',
    'incomeMonthlyMean',
    'savingsRate',
    'instalmentsToIncome',
    'daysLateMean',
    'missedCount12Months',
    'utilisation',
  ],
  corrects: 'credit_applications',
  train,
  predictor: openPredictor,
  sampleInputs,
  baseline: bestSingleFeature,
  score,
  evaluate,
  measurePrimary,
  compare: compareBinary,
});
