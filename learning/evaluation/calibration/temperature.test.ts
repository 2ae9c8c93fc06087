import { describe, expect, it } from 'vitest';
import { createRandom } from '../../numeric/random/index.js';
import { fitTemperature, logSumExp, probabilitiesAt, type ScoredRow } from './temperature.js';

/** Rows whose labels are drawn from softmax(scores / temperature). */
function drawn(temperature: number, rows = 4000): ScoredRow[] {
  const random = createRandom(3);
  return Array.from({ length: rows }, () => {
    const scores = Array.from({ length: 5 }, () => 3 * random.normal());
    const p = probabilitiesAt(scores, temperature, 'softmax');
    let draw = random.uniform();
    let right = 0;
    while (right < 4 && (draw -= p[right]!) > 0) right += 1;
    return { scores, right: [right] };
  });
}

describe('temperature', () => {
  it.each([0.5, 1, 2.5])('recovers the temperature %d that generated the labels', (temperature) => {
    expect(fitTemperature(drawn(temperature), 'softmax') / temperature).toBeCloseTo(1, 1);
  });

  it('recovers it for independent (multi-label) classes', () => {
    const random = createRandom(4);
    const rows = Array.from({ length: 3000 }, () => {
      const scores = [4 * random.normal(), 4 * random.normal()];
      const right = [0, 1].filter((k) => random.uniform() < 1 / (1 + Math.exp(-scores[k]! / 2)));
      return { scores, right };
    });
    expect(fitTemperature(rows, 'logistic')).toBeCloseTo(2, 0);
  });

  it('stays finite for large scores and without rows', () => {
    expect(logSumExp([1000, 1000])).toBeCloseTo(1000 + Math.LN2, 9);
    expect([...probabilitiesAt([1000, -1000], 1, 'softmax')]).toEqual([1, 0]);
    expect(fitTemperature([], 'softmax')).toBe(1);
    expect(fitTemperature([{ scores: [500, -500], right: [0] }], 'softmax')).toBeGreaterThan(0);
  });

  it('keeps the order of classes', () => {
    const scores = [0.2, 3, -1];
    for (const temperature of [0.1, 7]) {
      const p = probabilitiesAt(scores, temperature, 'softmax');
      expect(p[1]!).toBeGreaterThan(p[0]!);
      expect(p.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
    }
  });
});
