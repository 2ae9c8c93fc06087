import { describe, expect, it } from 'vitest';
import type { TrainingData } from '../../../contracts/dataset.js';
import { messageSchema, messageTable } from '../data/formats/message-table.js';
import { evaluate, scoredTable } from './score.js';

const rows = [
  { truth: 'pay', predicted: 'pay', answered: 'pay' },
  { truth: 'pay', predicted: 'pay', answered: 'out_of_scope' },
  { truth: 'send', predicted: 'pay', answered: 'pay' },
  { truth: 'out_of_scope', predicted: 'send', answered: 'send' },
  { truth: 'out_of_scope', predicted: 'out_of_scope', answered: 'out_of_scope' },
];
const messages = rows.map(({ truth }) => ({ text: 'x', intent: truth, part: 'test' as const }));
const holdout: TrainingData = { schema: messageSchema('few'), table: messageTable(messages) };
const filled = (value: number): Float64Array => new Float64Array(rows.length).fill(value);
const scored = scoredTable({
  truth: rows.map(({ truth }) => truth),
  predicted: rows.map(({ predicted }) => predicted),
  answered: rows.map(({ answered }) => answered),
  confidence: filled(0.9),
  outOfScopeScore: Float64Array.of(0.1, 0.7, 0.2, 0.3, 0.9),
  evaluated: filled(1),
});

describe('evaluate', () => {
  it('counts coverage over in-scope messages and the accuracy of answers over all that were answered', () => {
    const { metrics } = evaluate(scored, holdout);
    const metric = (name: string) => metrics.find((one) => one.name === name);
    expect(metric('accuracy')).toMatchObject({ value: 3 / 5, n: 5 });
    expect(metric('coverage')).toMatchObject({ value: 2 / 3, n: 3 });
    expect(metric('answeredAccuracy')).toMatchObject({ value: 1 / 3, n: 3 });
    expect(metric('outOfScopeRecall')).toMatchObject({ value: 1 / 2, n: 2 });
  });
});
