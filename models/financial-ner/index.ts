import { defineModel } from '../../contracts/model-definition.js';
import { baseline } from './baseline.js';
import { card } from './card.js';
import { train } from './estimator.js';
import { compare, evaluate, PRIMARY_METRIC, score } from './evaluation.js';
import { expectations } from './expectations.js';
import { explain } from './explanation.js';
import { backendDataset } from './features.js';
import { fileFormats } from './formats.js';
import { params, searchSpace } from './params.js';
import { openPredictor } from './predictor.js';

/** Financial NER: amounts, dates, merchants, accounts, people and more in messages and statement lines. */
export const model = defineModel({
  name: 'financial-ner',
  definitionVersion: 2,
  task: 'sequence-tagging',
  owner: 'conversation team',
  card,
  params,
  searchSpace,
  backend: backendDataset,
  fileFormats,
  expectations,
  primaryMetric: PRIMARY_METRIC,
  gates: [
    // The specification's target; on public sets nobody is near it.
    { kind: 'absolute', metric: PRIMARY_METRIC, atLeast: 0.9, lines: ['default'] },
    { kind: 'better-than', other: 'baseline' },
    { kind: 'better-than', other: 'champion' },
  ],
  timeouts: { trainMinutes: 120, evaluateMinutes: 20 },
  driftFeatures: [],
  train,
  predictor: openPredictor,
  baseline,
  score,
  evaluate,
  compare,
  explain,
});
