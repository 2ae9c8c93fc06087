import { BACKEND_LINES } from '../../contracts/ids.js';
import { defineModel } from '../../contracts/model-definition.js';
import { baseline } from './evaluation/baseline.js';
import { card } from './card.js';
import { sampleInputs } from './training/sample.js';
import { shards, train } from './training/train.js';
import { compare, evaluate, measurePrimary, PRIMARY_METRIC } from './evaluation/evaluate.js';
import { expectations } from './data/expectations.js';
import { backendDataset } from './data/dataset.js';
import { fileFormats } from './data/formats.js';
import { spendingHistory } from './data/spending-history.js';
import { params, searchSpace } from './params.js';
import { openPredictor } from './prediction/predictor.js';
import { requestFeatures } from './prediction/request-features.js';
import { score } from './evaluation/score.js';

/** Spending predictor: a customer's spending by month, week and day, with prediction intervals and recurring bills. */
export const model = defineModel({
  name: 'spending-predictor',
  definitionVersion: 5,
  task: 'forecasting',
  owner: 'money management team',
  card,
  params,
  searchSpace,
  backend: backendDataset,
  states: [spendingHistory],
  requestFeatures,
  serving: {
    route: 'spending',
    defaults: { horizonDays: 30 },
    cacheSeconds: 3600,
    example: {
      transactions: [{ bookedAt: '2026-11-05', amount: -1200, category: 'groceries', merchant: 'corner shop' }],
      asOf: '2026-12-01',
    },
  },
  fileFormats,
  expectations,
  primaryMetric: PRIMARY_METRIC,
  gates: [
    // Target of the specification, on generated data only: accounts without stable bills do not reach it.
    { kind: 'absolute', metric: PRIMARY_METRIC, atMost: 0.15, lines: BACKEND_LINES },
    { kind: 'absolute', metric: 'mapeDiscretionary', atMost: 0.15, lines: BACKEND_LINES },
    { kind: 'absolute', metric: 'medianMase', atMost: 1 },
    // Not significantly worse than the seasonal naive, which needs a year of history.
    { kind: 'absolute', metric: 'mapeOverSeasonalNaive', atMost: 0, notMeasurable: 'passes' },
    { kind: 'better-than', other: 'baseline' },
    { kind: 'against-champion', margin: 0.005 },
  ],
  timeouts: { trainMinutes: 60, evaluateMinutes: 30 },
  driftFeatures: ['category', 'instalments'],
  shards,
  corrects: 'transactions',
  train,
  predictor: openPredictor,
  sampleInputs,
  baseline,
  score,
  evaluate,
  measurePrimary,
  compare,
});
