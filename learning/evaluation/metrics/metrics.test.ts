import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../numeric/random/index.js';
import {
  averagePrecision,
  bootstrapInterval,
  brier,
  calibrationBins,
  delongAuc,
  delongDifference,
  expectedCalibrationError,
  gini,
  kolmogorovSmirnov,
  logLoss,
  normalQuantile,
  pairedBootstrap,
  quantile,
  rocAuc,
  rocCurve,
  type Scored,
} from './index.js';

/** The definition, pair by pair. */
function naiveAuc({ labels, scores }: Scored): number {
  let wins = 0;
  let pairs = 0;
  for (let i = 0; i < labels.length; i++) {
    for (let j = 0; j < labels.length; j++) {
      if (labels[i] !== 1 || labels[j] !== 0) continue;
      pairs += 1;
      wins += scores[i]! > scores[j]! ? 1 : scores[i] === scores[j] ? 0.5 : 0;
    }
  }
  return wins / pairs;
}

/** Both classes and many ties. */
const tied = fc
  .array(fc.record({ label: fc.integer({ min: 0, max: 1 }), score: fc.integer({ min: 0, max: 8 }) }), { minLength: 2 })
  .filter((rows) => new Set(rows.map((row) => row.label)).size === 2)
  .map((rows): Scored => ({ labels: rows.map((row) => row.label), scores: rows.map((row) => row.score / 8) }));

/** Normal scores, positives shifted up; the true AUC is Φ(shift / √2). */
function shifted(n: number, shift: number, seed: number): Scored {
  const random = createRandom(seed);
  const labels = Array.from({ length: n }, (_, i) => (i % 3 === 0 ? 1 : 0));
  return { labels, scores: labels.map((label) => random.normal() + shift * label) };
}

describe('ranking', () => {
  it('AUC equals the share of correctly ordered pairs', () => {
    fc.assert(
      fc.property(tied, (rows) => {
        expect(rocAuc(rows.labels, rows.scores)).toBeCloseTo(naiveAuc(rows), 10);
      }),
    );
  });

  it('treats weights as repeated rows in every metric', () => {
    const weighted = fc.tuple(tied, fc.integer({ min: 1, max: 10_000 }));
    fc.assert(
      fc.property(weighted, ([{ labels, scores }, seed]) => {
        const random = createRandom(seed);
        const weights = Array.from({ length: labels.length }, () => 1 + random.integer(3));
        const rows = weights.flatMap((weight, row) => Array<number>(weight).fill(row));
        const [y, s] = [rows.map((row) => labels[row]!), rows.map((row) => scores[row]!)];
        for (const metric of [rocAuc, gini, kolmogorovSmirnov, averagePrecision, brier, logLoss]) {
          expect(metric(labels, scores, weights)).toBeCloseTo(metric(y, s), 9);
        }
      }),
    );
  });

  it('AUC becomes 1 − AUC for negated scores, and Gini is 2·AUC − 1', () => {
    fc.assert(
      fc.property(tied, ({ labels, scores }) => {
        const auc = rocAuc(labels, scores);
        expect(
          rocAuc(
            labels,
            Array.from(scores, (score) => -score),
          ),
        ).toBeCloseTo(1 - auc, 10);
        expect(gini(labels, scores)).toBeCloseTo(2 * auc - 1, 10);
      }),
    );
  });

  // Written by scikit-learn 1.9.1 and scipy's two-sample ks_2samp.
  it('agrees with scikit-learn on a worked example', () => {
    const labels = [0, 0, 1, 1, 0, 1, 0, 1];
    const scores = [0.1, 0.4, 0.35, 0.8, 0.4, 0.4, 0.2, 0.9];
    expect(rocAuc(labels, scores)).toBeCloseTo(0.8125, 12);
    expect(averagePrecision(labels, scores)).toBeCloseTo(0.8166666666666667, 12);
    expect(kolmogorovSmirnov(labels, scores)).toBeCloseTo(0.5, 12);
    expect(brier(labels, scores)).toBeCloseTo(0.1503125, 12);
    expect(logLoss(labels, scores)).toBeCloseTo(0.45559652973111076, 12);
  });

  it('the area under the ROC curve is the AUC, its largest height over the diagonal is KS', () => {
    fc.assert(
      fc.property(tied, ({ labels, scores }) => {
        const curve = [{ falsePositiveRate: 0, truePositiveRate: 0 }, ...rocCurve(labels, scores)];
        let area = 0;
        for (let i = 1; i < curve.length; i++) {
          const [a, b] = [curve[i - 1]!, curve[i]!];
          area += ((b.falsePositiveRate - a.falsePositiveRate) * (a.truePositiveRate + b.truePositiveRate)) / 2;
        }
        const height = Math.max(...curve.map((point) => Math.abs(point.truePositiveRate - point.falsePositiveRate)));
        expect(area).toBeCloseTo(rocAuc(labels, scores), 10);
        expect(height).toBeCloseTo(kolmogorovSmirnov(labels, scores), 10);
      }),
    );
  });
});

describe('calibration', () => {
  it('error is near 0 for calibrated probabilities and not for overconfident ones', () => {
    const random = createRandom(3);
    const scores = Array.from({ length: 20_000 }, () => random.uniform());
    const labels = scores.map((score) => (random.uniform() < score ? 1 : 0));
    expect(expectedCalibrationError(labels, scores)).toBeLessThan(0.02);
    const overconfident = scores.map((score) => (score > 0.5 ? 0.99 : 0.01));
    expect(expectedCalibrationError(labels, overconfident)).toBeGreaterThan(0.2);
    expect(calibrationBins(labels, scores).reduce((sum, bin) => sum + bin.n, 0)).toBe(20_000);
  });

  it('log loss is finite for a wrong prediction with probability 1', () => {
    expect(logLoss([1], [0])).toBeCloseTo(36.04, 2);
  });
});

describe('refusals', () => {
  it.each([
    ['SINGLE_CLASS', [1, 1], [0.1, 0.2]],
    ['SHAPE_MISMATCH', [1, 0], [0.1]],
    ['TOO_FEW_ROWS', [], []],
    ['NOT_FINITE', [1, 0], [NaN, 0.5]],
    ['INVALID_VALUE', [1, 2], [0.1, 0.5]],
  ])('%s', (code, labels, scores) => {
    expect(() => rocAuc(labels, scores)).toThrow(expect.objectContaining({ code }));
  });

  it('of a probability outside 0 to 1', () => {
    expect(() => brier([1, 0], [1.5, 0])).toThrow(expect.objectContaining({ code: 'INVALID_VALUE' }));
  });
});

describe('intervals', () => {
  const truth = 0.7602499389065233; // Φ(1 / √2)

  it('of the bootstrap cover the true AUC at about the nominal rate', () => {
    let covered = 0;
    for (let seed = 1; seed <= 150; seed++) {
      const options = { metric: rocAuc, seed, resamples: 200, level: 0.9 };
      const { low, high } = bootstrapInterval(shifted(150, 1, seed), options);
      if (low <= truth && truth <= high) covered += 1;
    }
    // 90 % of 150 with three standard deviations to either side, and a little for the percentile method.
    expect(covered / 150).toBeGreaterThan(0.82);
    expect(covered / 150).toBeLessThan(0.98);
  });

  it('of DeLong cover the true AUC at about the nominal rate', () => {
    let covered = 0;
    for (let seed = 1; seed <= 600; seed++) {
      const { low, high } = delongAuc(shifted(150, 1, seed)).interval;
      if (low <= truth && truth <= high) covered += 1;
    }
    expect(covered / 600).toBeGreaterThan(0.92);
    expect(covered / 600).toBeLessThan(0.98);
  });

  it('of DeLong and the bootstrap agree, alone and paired', () => {
    const a = shifted(900, 1, 4);
    const noise = createRandom(9);
    const b = { labels: a.labels, scores: Array.from(a.scores, (score) => score + 0.8 * noise.normal()) };
    const options = { metric: rocAuc, seed: 1, resamples: 2000 };
    const [alone, resampled] = [delongAuc(a), bootstrapInterval(a, options)];
    expect(alone.auc).toBeCloseTo(rocAuc(a.labels, a.scores), 12);
    expect(Math.abs(alone.interval.low - resampled.low)).toBeLessThan(0.004);
    expect(Math.abs(alone.interval.high - resampled.high)).toBeLessThan(0.004);
    const [paired, pairedResampled] = [delongDifference(a, b), pairedBootstrap(a, b, options)];
    expect(paired.auc).toBeCloseTo(pairedResampled.difference, 12);
    expect(Math.abs(paired.interval.low - pairedResampled.interval.low)).toBeLessThan(0.004);
    expect(Math.abs(paired.interval.high - pairedResampled.interval.high)).toBeLessThan(0.004);
  });

  it('of paired scores are far narrower than those of independent scores', () => {
    const a = shifted(600, 1, 5);
    const b = { labels: a.labels, scores: Array.from(a.scores, (score, i) => score + 0.01 * (i % 2)) };
    const options = { metric: rocAuc, seed: 1, resamples: 300 };
    const alone = bootstrapInterval(a, options);
    const paired = pairedBootstrap(a, b, options).interval;
    expect(paired.high - paired.low).toBeLessThan((alone.high - alone.low) / 5);
  });

  it('are the same for the same seed; a lower-is-better metric turns the sign', () => {
    const a = shifted(100, 1, 6);
    const probability = { labels: a.labels, scores: Array.from(a.scores, (score) => 1 / (1 + Math.exp(-score))) };
    const sure = { labels: a.labels, scores: a.labels };
    const options = { metric: brier, seed: 8, resamples: 100, direction: 'lower' } as const;
    expect(bootstrapInterval(a, { metric: rocAuc, seed: 2 })).toEqual(
      bootstrapInterval(a, { metric: rocAuc, seed: 2 }),
    );
    expect(pairedBootstrap(sure, probability, options).interval.low).toBeGreaterThan(0);
    expect(pairedBootstrap(probability, sure, options).interval.high).toBeLessThan(0);
  });

  it('redraw resamples without the rare class', () => {
    const rows = { labels: [1, 0, 0, 0, 0, 0], scores: [0.9, 0.1, 0.2, 0.3, 0.4, 0.5] };
    const { low, high } = bootstrapInterval(rows, { metric: rocAuc, seed: 1, resamples: 50 });
    expect([low, high]).toEqual([1, 1]);
  });

  it('refuse pairs of different rows', () => {
    const options = { metric: rocAuc, seed: 1 };
    const [a, b] = [
      { labels: [0, 1], scores: [0, 1] },
      { labels: [1, 0], scores: [0, 1] },
    ];
    expect(() => pairedBootstrap(a, b, options)).toThrow(/same rows/);
    expect(() => delongDifference(a, b)).toThrow(/same rows/);
  });
});

describe('quantiles', () => {
  it.each([
    [0.975, 1.959963984540054],
    [0.5, 0],
    [0.01, -2.326347874040841],
    [1e-6, -4.753424308822899],
  ])('of the normal distribution at %f', (share, wanted) => {
    expect(normalQuantile(share)).toBeCloseTo(wanted, 7);
  });

  it('interpolate between order statistics as numpy does', () => {
    expect(quantile([1, 2, 4, 8], 0.25)).toBe(1.75);
    expect(quantile([1, 2, 4, 8], 1)).toBe(8);
  });
});
