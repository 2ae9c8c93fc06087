import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { Predictor } from '../../contracts/model-definition.js';
import type { OpenArtefact } from '../../inference/answer.js';
import { createRowsATurn } from './batch-size.js';
import { createTurnBatches } from './micro-batches.js';

const opened = () => {
  const predict = vi.fn((inputs: readonly number[]) =>
    inputs.includes(13) ? Promise.reject(new Error('unlucky')) : Promise.resolve(inputs.map((input) => input * 2)),
  );
  const predictor: Predictor<number, number> = {
    ...{ input: z.number(), output: z.number(), notes: [], predict, close: () => Promise.resolve() },
  };
  return { predict, open: { predictor, manifest: { modelName: 'doubling' } } as unknown as OpenArtefact };
};
const row = (input: unknown) => ({ input, reads: [] });

describe('rows of one turn', () => {
  it('are computed together, by version, and at most so many at once', async () => {
    const [one, other] = [opened(), opened()];
    const answerInTurn = createTurnBatches(4);
    const asked = [1, 2, 3, 4, 5, 6].map((input) => answerInTurn(one.open, row(input)));
    const [answers, lone] = await Promise.all([Promise.all(asked), answerInTurn(other.open, row(9))]);
    expect(answers.map(({ output }) => output)).toEqual([2, 4, 6, 8, 10, 12]);
    expect(lone.output).toBe(18);
    expect(one.predict.mock.calls.map(([inputs]) => inputs)).toEqual([
      [1, 2, 3, 4],
      [5, 6],
    ]);
    await answerInTurn(one.open, row(7));
    expect(one.predict).toHaveBeenCalledTimes(3);
  });

  it('do not suffer from one that is refused, by the schema or by the predictor', async () => {
    const { open } = opened();
    const answerInTurn = createTurnBatches(32);
    const [good, malformed, unlucky, last] = await Promise.allSettled(
      [1, 'x', 13, 4].map((input) => answerInTurn(open, row(input))),
    );
    expect([good, last]).toMatchObject([{ value: { output: 2 } }, { value: { output: 8 } }]);
    expect([malformed, unlucky]).toMatchObject([{ reason: { code: 'INVALID_INPUT' } }, { reason: { message: 'unlucky' } }]); // prettier-ignore
  });
});

describe('rows a turn of a batch', () => {
  it('begin with one, and follow what a row costs', () => {
    const pace = createRowsATurn();
    expect(pace.next()).toBe(1);
    pace.took(1, 0.05);
    expect(pace.next()).toBe(32);
    for (let i = 0; i < 20; i++) pace.took(pace.next(), pace.next() * 1);
    expect(pace.next()).toBe(5);
    for (let i = 0; i < 20; i++) pace.took(1, 40);
    expect(pace.next()).toBe(1);
    for (let i = 0; i < 40; i++) pace.took(1, 0.1);
    expect(pace.next()).toBe(32);
  });
});
