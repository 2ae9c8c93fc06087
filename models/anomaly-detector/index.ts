import { BACKEND_LINES } from '../../contracts/ids.js';
import { defineModel } from '../../contracts/model-definition.js';
import { baseline } from './evaluation/baseline.js';
import { card } from './card.js';
import { sampleInputs } from './training/sample.js';
import { train } from './training/train.js';
import { compare, evaluate, measurePrimary, PRIMARY_METRIC, score } from './evaluation/score.js';
import { expectations } from './data/expectations.js';
import { backendDataset } from './data/dataset.js';
import { fileFormats } from './data/formats.js';
import { anyTable } from './data/formats/any-table.js';
import { requestFeatures } from './data/request-features.js';
import { counterpartyTransactions } from './data/states/counterparty-transactions.js';
import { customerTransactions } from './data/states/customer-transactions.js';
import { params, searchSpace } from './params.js';
import { openPredictor } from './prediction/predictor.js';

/** Anomaly detector: which transactions do not fit their customer. */
export const model = defineModel({
  name: 'anomaly-detector',
  definitionVersion: 3,
  task: 'anomaly-detection',
  owner: 'fraud team',
  card,
  params,
  searchSpace,
  backend: backendDataset,
  states: [customerTransactions, counterpartyTransactions],
  requestFeatures,
  serving: {
    route: 'anomaly',
    batched: true,
    example: { bookedAt: '2026-11-30T02:30:00+05:30', amount: -50_000, counterparty: 'new payee', history: [] },
  },
  fileFormats,
  tableFormat: anyTable,
  expectations,
  primaryMetric: PRIMARY_METRIC,
  gates: [
    // The specification's target; public simulated sets reach less without labels.
    { kind: 'absolute', metric: PRIMARY_METRIC, atLeast: 0.85, lines: BACKEND_LINES },
    { kind: 'better-than', other: 'baseline' },
    { kind: 'against-champion', margin: 0.01 },
  ],
  timeouts: { trainMinutes: 30, evaluateMinutes: 15 },
  driftFeatures: [
    'amount',
    'amountToMean30Days',
    'amountToCategoryMean90Days',
    'newCounterparty',
    'night',
    'count1Hour',
    'count7Days',
    'counterpartyRisk30Days',
  ],
  updatable: true,
  train,
  predictor: openPredictor,
  sampleInputs,
  baseline,
  score,
  evaluate,
  measurePrimary,
  compare,
});
