import { describe, expect, it } from 'vitest';
import { createRandom } from '../../numeric/random/index.js';
import { chooseCalibration, type FoldedMargins } from './choose-calibration.js';

const FOLDS = 5;

/** Rows whose log-odds of the label are `truth(margin)`. */
function drawn(n: number, seed: number, truth: (margin: number) => number): FoldedMargins {
  const random = createRandom(seed);
  const margins = Float64Array.from({ length: n }, () => 1.5 * random.normal());
  const labels = margins.map((margin) => (random.uniform() < 1 / (1 + Math.exp(-truth(margin))) ? 1 : 0));
  return { margins, labels, folds: Int32Array.from({ length: n }, (_, row) => row % FOLDS), count: FOLDS };
}

describe('chooseCalibration', () => {
  it.each([100, 300, 3000])('keeps %d calibrated margins as they are', (n) => {
    for (const seed of [1, 2, 3]) expect(chooseCalibration(drawn(n, seed, (margin) => margin)).kind).toBe('none');
  });

  it('chooses beta for overconfident margins, with the loss that it saves', () => {
    const { kind, rows, logLoss } = chooseCalibration(drawn(3000, 4, (margin) => margin / 3));
    expect([kind, rows]).toEqual(['beta', 3000]);
    expect(logLoss.none - logLoss.beta).toBeGreaterThan(0.05);
  });

  it('chooses isotonic where probabilities rise in steps and rows are many', () => {
    const steps = (margin: number): number => (margin < -1 ? -4 : margin < 0.5 ? -0.5 : margin < 2 ? 0 : 4);
    expect(chooseCalibration(drawn(8000, 5, steps)).kind).toBe('isotonic');
  });

  it('needs a plainer gain in a small set than in a large one', () => {
    const slight = (margin: number): number => 0.9 * margin;
    const seeds = Array.from({ length: 20 }, (_, i) => i);
    const small = seeds.map((seed) => chooseCalibration(drawn(120, seed, slight)).kind);
    expect(small.filter((kind) => kind === 'none').length).toBeGreaterThanOrEqual(15);
    expect(chooseCalibration(drawn(20_000, 6, slight)).kind).toBe('beta');
  });

  it('refuses labels of another length', () => {
    const rows = drawn(50, 7, (margin) => margin);
    expect(() => chooseCalibration({ ...rows, labels: rows.labels.slice(1) })).toThrow(/labels has 49 rows, wanted 50/);
  });
});
