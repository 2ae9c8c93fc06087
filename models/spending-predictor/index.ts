import { defineModel } from '../../contracts/model-definition.js';
import { baseline } from './baseline.js';
import { card } from './card.js';
import { shards, train } from './estimator.js';
import { compare, evaluate, PRIMARY_METRIC } from './evaluation.js';
import { expectations } from './expectations.js';
import { explain } from './explain.js';
import { backendDataset } from './features.js';
import { fileFormats } from './formats.js';
import { params, searchSpace } from './params.js';
import { openPredictor } from './predictor.js';
import { score } from './score.js';

/** Spending predictor: what a customer will spend, by month, week and day, with bands and recurring bills. */
export const model = defineModel({
  name: 'spending-predictor',
  definitionVersion: 2,
  task: 'forecasting',
  owner: 'money management team',
  card,
  params,
  searchSpace,
  backend: backendDataset,
  fileFormats,
  expectations,
  primaryMetric: PRIMARY_METRIC,
  gates: [
    // The specification's target; real accounts without stable bills stay above it whatever the model.
    { kind: 'absolute', metric: PRIMARY_METRIC, atMost: 0.15, lines: ['default'] },
    { kind: 'absolute', metric: 'mapeDiscretionary', atMost: 0.15, lines: ['default'] },
    { kind: 'absolute', metric: 'medianMase', atMost: 1 },
    // Not worse than last year's month, beyond noise.
    { kind: 'absolute', metric: 'mapeOverSeasonalNaive', atMost: 0 },
    { kind: 'better-than', other: 'baseline' },
    { kind: 'better-than', other: 'champion' },
  ],
  timeouts: { trainMinutes: 60, evaluateMinutes: 30 },
  driftFeatures: ['category', 'instalments'],
  shards,
  train,
  predictor: openPredictor,
  baseline,
  score,
  evaluate,
  compare,
  explain,
});
