import { expect, it } from 'vitest';
import type { PreparedData } from '../data/examples.js';
import { judge } from '../prediction/decision.js';
import { fitDecision } from './fit-decision.js';
import type { ScoredExample } from './engine.js';

const classes = ['balance', 'out_of_scope', 'transfer'];
const prepared = { classes, multiLabel: true, folds: [{}] } as unknown as PreparedData;

/** A message with its (classes,) logits. */
const scored = (intents: readonly string[], scores: readonly number[]): ScoredExample => ({
  example: { text: '', intents, outOfScope: intents.includes('out_of_scope') },
  scores: Float64Array.from(scores),
});
const repeated = (count: number, row: ScoredExample): ScoredExample[] => Array.from({ length: count }, () => row);

it('calibrates lists of intents without the messages out of scope', () => {
  const asBalance = [4, -4, -4];
  const inScope = [
    ...repeated(30, scored(['balance'], asBalance)),
    ...repeated(30, scored(['balance', 'transfer'], asBalance)),
  ];
  const outside = repeated(120, scored(['out_of_scope'], [-4, 4, -4]));
  const task = { engine: 'from-scratch', prepared, rejectShare: 0.05 } as const;
  const decided = fitDecision({ rows: [...inScope, ...outside], outOfScope: [] }, task, []);
  expect(judge(asBalance, decided).answer.confidence).toBeCloseTo(0.5, 1);
});
