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
import { labelling } from './labelling.js';
import { params, searchSpace } from './params.js';
import { openPredictor } from './prediction/predictor.js';

/** Financial NER: amounts, dates, merchants, accounts, people and more in messages and statement lines. */
export const model = defineModel({
  name: 'financial-ner',
  definitionVersion: 4,
  task: 'sequence-tagging',
  owner: 'conversation team',
  card,
  params,
  searchSpace,
  backend: backendDataset,
  serving: {
    route: 'ner',
    example: { text: 'paid Rs 1,500 to Swiggy yesterday', referenceDay: '2026-11-30' },
    cacheSeconds: 3600,
    longestText: 2000,
  },
  fileFormats,
  expectations,
  primaryMetric: PRIMARY_METRIC,
  gates: [
    // The specification's target; no version reaches it on public sets.
    { kind: 'absolute', metric: PRIMARY_METRIC, atLeast: 0.9, lines: BACKEND_LINES },
    { kind: 'better-than', other: 'baseline' },
    { kind: 'against-champion', margin: 0.01 },
  ],
  timeouts: { trainMinutes: 120, evaluateMinutes: 20 },
  driftFeatures: [],
  labelling,
  corrects: 'entity_annotations',
  train,
  predictor: openPredictor,
  sampleInputs,
  baseline,
  score,
  evaluate,
  measurePrimary,
  compare,
});
