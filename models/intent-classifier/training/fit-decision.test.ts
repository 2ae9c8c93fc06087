import { describe, expect, it } from 'vitest';
import type { Example, PreparedData } from '../data/examples.js';
import { judge } from '../prediction/decision.js';
import type { ScoredExample } from './engine.js';
import { fitDecision } from './fit-decision.js';

const CLASSES = ['block', 'transfer'];
const IN_SCOPE = 40;

const example: Example = { text: 'block my card', intents: ['block'], outOfScope: false };
/** Messages validated and fitted, as far as their numbers matter. */
const messages = (count: number): Example[] => Array.from({ length: count }, () => example);
const prepared: PreparedData = {
  classes: CLASSES,
  multiLabel: false,
  folds: [{ fit: [], validation: [] }],
  outOfScopeValidation: [],
  outOfScopeTraining: [],
  notes: [],
  refit: true,
};

/** The rejection rule for sure in-scope messages and undecided out-of-scope ones. @param highest - their highest logits. */
function rejectionFor(
  inScope: readonly number[],
  outOfScope: readonly number[],
  data = prepared,
  growth: number | null = null,
) {
  const rows = inScope.map((logit) => ({ example, scores: [logit, logit - 10] }));
  const scores = { rows, outOfScope: outOfScope.map((logit) => [logit, logit]) };
  return fitDecision(scores, { engine: 'from-scratch', prepared: data, rejectShare: 0.05, growth }, []).rejection;
}

describe('the rejection score', () => {
  const usual = Array.from({ length: IN_SCOPE - 1 }, () => 10);

  it('is the highest logit where another one is better by a single pair of 1,200', () => {
    const outOfScope = [7, ...Array.from({ length: 29 }, () => 0)];
    expect(rejectionFor([...usual, 5], outOfScope).score).toBe('logit');
  });

  it('is another one where that is clearly better', () => {
    const outOfScope = Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? 0 : 20));
    expect(rejectionFor([...usual, 10], outOfScope).score).toBe('probability');
  });

  const logits = Array.from({ length: 100 }, (_, i) => i);

  it('has a threshold that the wanted share of in-scope messages exceeds', () => {
    const kept = { ...prepared, folds: [{ fit: messages(80), validation: messages(20) }] as const, refit: false };
    expect(rejectionFor(logits, [], kept).threshold).toBe(-5);
  });

  it('rejects more of the validated messages where the final model learns them too', () => {
    const refitted = { ...prepared, folds: [{ fit: messages(50), validation: messages(50) }] as const };
    expect(rejectionFor(logits, [], refitted).threshold).toBe(-10);
  });

  it('has a threshold for the logits of the final model where their growth is known', () => {
    expect(rejectionFor(logits, [], prepared, 1.2).threshold).toBeCloseTo(-5 * 1.2, 9);
  });
});

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
  const classes = ['balance', 'out_of_scope', 'transfer'];
  const task = {
    engine: 'from-scratch',
    prepared: { ...prepared, classes, multiLabel: true },
    rejectShare: 0.05,
    growth: null,
  } as const;
  const decided = fitDecision({ rows: [...inScope, ...outside], outOfScope: [] }, task, []);
  expect(judge(asBalance, decided).answer.confidence).toBeCloseTo(0.5, 1);
});
