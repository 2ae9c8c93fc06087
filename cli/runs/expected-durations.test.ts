import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../contracts/registry.js';
import { estimate, expectedDurations, openDurationBook } from './expected-durations.js';

const START = Date.parse('2026-11-23T03:00:00Z');
const at = (seconds: number | null): Date | null => (seconds === null ? null : new Date(START + seconds * 1000));

/** @param seconds - from the start to the fitted model, to the evaluation and to the end; null: it did not come so far. */
const run = (...seconds: readonly (number | null)[]) => {
  const [trained, evaluated, ended] = seconds.map(at);
  return { startedAt: new Date(START), trainedAt: trained!, evaluatedAt: evaluated!, endedAt: ended! };
};

describe('expected durations', () => {
  it('are medians of each part over the five newest runs with a decision', () => {
    const runs = [run(10, 12, 13), run(null, null, 3), run(20, 24, 25), run(30, 33, 39), run(5, null, 9)];
    expect(expectedDurations(runs)).toEqual({ fit: 20_000, evaluation: 3000, registration: 1000 });
    const older = Array.from({ length: 9 }, () => run(1000, 2000, 3000));
    expect(expectedDurations([...Array.from({ length: 5 }, () => run(10, 12, 13)), ...older])?.fit).toBe(10_000);
    expect(expectedDurations([run(5, null, null), run(null, null, 3)])).toBeNull();
    expect(expectedDurations([])).toBeNull();
  });
});

describe('an estimate', () => {
  const expected = { fit: 60_000, evaluation: 30_000, registration: 10_000 };

  it('is what has passed of the expected time, and what is left', () => {
    expect(estimate(expected, { step: 'dataset', elapsed: 10_000 })).toEqual({ fraction: 0.1, remaining: 90_000 });
    expect(estimate(expected, { step: 'evaluation', elapsed: 70_000 })).toEqual({ fraction: 0.7, remaining: 30_000 });
    expect(estimate(expected, { step: 'card', elapsed: 95_000 })).toEqual({ fraction: 0.95, remaining: 5000 });
  });

  it('begins a part at its share when the run is faster, and knows nothing of a part that takes longer', () => {
    expect(estimate(expected, { step: 'evaluation', elapsed: 20_000 })).toEqual({ fraction: 0.6, remaining: 40_000 });
    expect(estimate(expected, { step: 'training', elapsed: 61_000 })).toEqual({ fraction: 0.6, remaining: null });
    expect(estimate(expected, { step: 'registration', elapsed: 200_000 })).toEqual({ fraction: 1, remaining: null });
    const instant = { fit: 0, evaluation: 0, registration: 0 };
    expect(estimate(instant, { step: 'training', elapsed: 0 })).toEqual({ fraction: 0, remaining: 0 });
  });
});

describe('the book of durations', () => {
  const record = (workflowId: string, line: string, times: ReturnType<typeof run>) =>
    ({ workflowId, line, ...times }) as unknown as RunRecord;
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('reads a model once, of the line that the run is in', async () => {
    const asked: string[] = [];
    const runs = [
      record('retraining/credit', 'default', run(null, null, null)),
      record('train-file', 'taiwan', run(1, 2, 3)),
      record('former/credit', 'default', run(10, 12, 13)),
    ];
    const listRuns = ({ modelName = '' }) => (asked.push(modelName), Promise.resolve(runs));
    const book = openDurationBook({ listRuns }, 'retraining');
    expect(book.of('credit')).toBeNull();
    await settled();
    expect(book.of('credit')).toEqual({ fit: 10_000, evaluation: 2000, registration: 1000 });
    expect(asked).toEqual(['credit']);
  });

  it('reads again while the run is not recorded yet, and never fails', async () => {
    const answers = [() => Promise.resolve([]), () => Promise.reject(new Error('the registry is away'))];
    const book = openDurationBook({ listRuns: () => answers.shift()!() }, 'train-credit');
    expect(book.of('credit')).toBeNull();
    await settled();
    expect(book.of('credit')).toBeNull();
    await settled();
    expect(book.of('credit')).toBeNull();
    expect(answers).toEqual([]);
  });
});
