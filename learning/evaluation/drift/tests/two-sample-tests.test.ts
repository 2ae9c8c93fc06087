import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chiSquareTail, logGamma, normalTails, upperGamma } from '../../../numeric/statistics/gamma.js';
import { createRandom } from '../../../numeric/random/index.js';
import { createSortSpace, sortFinite } from '../values/sort-values.js';
import { benjaminiHochberg } from './benjamini-hochberg.js';
import { goodnessOfFit, homogeneity, jensenShannon, proportionTest } from './count-tests.js';
import { kolmogorovTail } from './kolmogorov.js';
import { kolmogorovSmirnovTest } from './kolmogorov-smirnov.js';
import { chiSquareStatistic, gapStatistic, permutationTest } from './permutation.js';

describe('special functions', () => {
  it('agree with tabulated values', () => {
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 13);
    expect(logGamma(0.1)).toBeCloseTo(2.252712651734206, 12);
    expect(logGamma(11)).toBeCloseTo(Math.log(3_628_800), 12);
    expect(upperGamma(2, 3)).toBeCloseTo(4 * Math.exp(-3), 14);
    expect(upperGamma(3, 0)).toBe(1);
    expect(chiSquareTail(3.841458820694124, 1)).toBeCloseTo(0.05, 12);
    expect(chiSquareTail(18.307038053275146, 10)).toBeCloseTo(0.05, 12);
    expect([chiSquareTail(1, 0), chiSquareTail(Infinity, 3)]).toEqual([1, 0]);
    expect(normalTails(1.959963984540054)).toBeCloseTo(0.05, 13);
    expect(normalTails(0)).toBe(1);
  });
});

describe('Kolmogorov–Smirnov', () => {
  // scipy.stats.kstwo.sf, SciPy 1.17.1.
  it.each([
    [0.4, 1, 1.0],
    [0.6, 1, 0.8],
    [0.9, 1, 0.19999999999999996],
    [0.178885, 5, 0.9882698551859814],
    [0.268328, 5, 0.7836698239830878],
    [0.402492, 5, 0.3023008093826176],
    [0.536656, 5, 0.07107707122640895],
    [0.760263, 5, 0.0016027740832519502],
    [0.98387, 5, 2.1837445424118433e-9],
    [0.089443, 20, 0.9926108731435556],
    [0.134164, 20, 0.8184098839220072],
    [0.201246, 20, 0.3454982321137249],
    [0.268328, 20, 0.09223058296556375],
    [0.380132, 20, 0.004160607429210872],
    [0.491935, 20, 5.460283734123214e-5],
    [0.038139, 110, 0.9954018660916982],
    [0.057208, 110, 0.8438456711011614],
    [0.085812, 110, 0.3716173831371181],
    [0.114416, 110, 0.10371681179011749],
    [0.162089, 110, 0.005417639960990523],
    [0.209762, 110, 0.00010049603982205593],
    [0.033806, 140, 0.9956221676924203],
    [0.050709, 140, 0.8461104737082741],
    [0.076064, 140, 0.3739393956761818],
    [0.101419, 140, 0.10468387312067377],
    [0.143676, 140, 0.005512750601097114],
    [0.185934, 140, 0.00010389143066325568],
    [0.033686, 141, 0.9956280399687948],
    [0.050529, 141, 0.8461734222854955],
    [0.075794, 141, 0.37399881339660324],
    [0.101058, 141, 0.10471506012401777],
    [0.143166, 141, 0.005515172491586708],
    [0.185273, 141, 0.00010398909472099572],
    [0.017889, 500, 0.9963938313011681],
    [0.026833, 500, 0.8545377424032508],
    [0.040249, 500, 0.3826357331794217],
    [0.053666, 500, 0.10823904493116965],
    [0.076026, 500, 0.005843412891400844],
    [0.098387, 500, 0.0001151543439391418],
    [0.013267, 909, 0.9966094696046115],
    [0.019901, 909, 0.8570235185045628],
    [0.029851, 909, 0.38520797059789746],
    [0.039801, 909, 0.10928485325134074],
    [0.056385, 909, 0.005933977641628396],
    [0.072969, 909, 0.0001180286699671243],
    [0.005657, 5000, 0.9969481840029708],
    [0.008485, 5000, 0.8612011111412994],
    [0.012728, 5000, 0.38948810681156765],
    [0.016971, 5000, 0.11096472969176252],
    [0.024042, 5000, 0.006075161268642819],
    [0.031113, 5000, 0.00012225012262203423],
    [0.002828, 20000, 0.9970782263092753],
    [0.004243, 20000, 0.8626578267840411],
    [0.006364, 20000, 0.39110078331468967],
    [0.008485, 20000, 0.11163657071669131],
    [0.012021, 20000, 0.006126288475872923],
    [0.015556, 20000, 0.00012375550208587743],
  ])('P(D > %f) of %i rows', (d, n, wanted) => {
    expect(Math.abs(kolmogorovTail(n, d) - wanted)).toBeLessThan(n <= 1000 ? 1e-7 : 2e-5);
  });

  it('falls with the distance, from 1 to 0', () => {
    expect([kolmogorovTail(50, 0), kolmogorovTail(50, 1), kolmogorovTail(50, 0.009)]).toEqual([1, 0, 1]);
    for (const n of [20, 200, 20_000, 1e6]) {
      const tails = Array.from({ length: 40 }, (_, i) =>
        kolmogorovTail(n, ((i + 1) / 40) * Math.min(0.99, 4 / Math.sqrt(n))),
      );
      tails.slice(1).forEach((tail, i) => expect(tail).toBeLessThanOrEqual(tails[i]! + 1e-7));
    }
  });

  it('counts the paths of small samples exactly', () => {
    // Of the 20 orders of 3 and 3 values two are apart, of the 10 orders of 3 and 2 values two.
    expect(kolmogorovSmirnovTest(1, 3, 3)).toBeCloseTo(2 / 20, 14);
    expect(kolmogorovSmirnovTest(1, 3, 2)).toBeCloseTo(2 / 10, 14);
    expect(kolmogorovSmirnovTest(0, 30, 40)).toBe(1);
  });

  it('gives close answers exactly and in the limit', () => {
    for (const [n, m] of [
      [900, 900],
      [950, 700],
    ] as const)
      expect(kolmogorovSmirnovTest(0.06, n, m)).toBeCloseTo(kolmogorovSmirnovTest(0.06, n, m, 100), 2);
  });
});

describe('tests of counts', () => {
  it('compute the textbook values', () => {
    const counts = { reference: [50, 30, 20], current: [40, 30, 30] };
    expect(goodnessOfFit(counts).statistic).toBeCloseTo(100 / 50 + 0 + 100 / 20, 12);
    expect(homogeneity(counts).statistic).toBeCloseTo((2 * 25) / 45 + (2 * 25) / 25, 12);
    expect(proportionTest([30, 50], [100, 100]).statistic).toBeCloseTo(-0.2 / Math.sqrt((0.4 * 0.6 * 2) / 100), 12);
    expect(proportionTest([100, 100], [100, 100])).toEqual({ statistic: 0, pValue: 1 });
    expect(jensenShannon({ reference: [1, 0], current: [0, 1] })).toBeCloseTo(Math.sqrt(Math.LN2), 14);
    expect(goodnessOfFit({ reference: [1, 1, 0], current: [1, 1, 1] }).pValue).toBe(0);
  });

  it('of two cells: χ² of homogeneity is the square of z', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 99 }), (a, b) => {
        const { statistic } = homogeneity({ reference: [a, 100 - a], current: [b, 100 - b] });
        expect(statistic).toBeCloseTo(proportionTest([a, b], [100, 100]).statistic ** 2, 9);
      }),
    );
  });
});

describe('Benjamini–Hochberg', () => {
  it('adjusts the example of the paper: four of fifteen are rejected at 0.05', () => {
    const pValues = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
    ];
    expect(benjaminiHochberg(pValues).filter((p) => p <= 0.05)).toHaveLength(4);
    expect(benjaminiHochberg(pValues)[0]).toBeCloseTo(0.0015, 12);
    expect(benjaminiHochberg([])).toEqual([]);
  });

  it('never falls below the p-value, keeps the order and does not depend on it', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }), (pValues) => {
        const adjusted = benjaminiHochberg(pValues);
        adjusted.forEach((p, i) => {
          expect(p).toBeGreaterThanOrEqual(pValues[i]! * (1 - 1e-12));
          expect(p).toBeLessThanOrEqual(1);
          pValues.forEach((other, j) => other > pValues[i]! && expect(adjusted[j]!).toBeGreaterThanOrEqual(p));
        });
        expect(benjaminiHochberg([...pValues].reverse())).toEqual([...adjusted].reverse());
      }),
    );
  });
});

describe('permutation test', () => {
  const options = (resamples: number) => ({ random: createRandom(1), resamples });

  it('agrees with the exact test of small tables', () => {
    // Fisher's exact test of [8, 2] against [1, 5]: 0.03497; both tails, as χ² orders the tables.
    const pValue = permutationTest({ reference: [8, 2], current: [1, 5] }, chiSquareStatistic, options(20_000));
    expect(Math.abs(pValue - 0.03497)).toBeLessThan(0.01);
  });

  it('is valid where values repeat: rejects 5 % of equal samples, the asymptotic test far fewer', () => {
    const random = createRandom(3);
    let [permuted, asymptotic] = [0, 0];
    for (let i = 0; i < 400; i++) {
      const [reference, current] = [new Array<number>(8).fill(0), new Array<number>(8).fill(0)];
      for (let row = 0; row < 60; row++) {
        reference[random.integer(8) & random.integer(8)]! += 1;
        current[random.integer(8) & random.integer(8)]! += 1;
      }
      const both = reference.map((count, cell) => count + current[cell]!);
      const kept = {
        reference: reference.filter((_, cell) => both[cell]! > 0),
        current: current.filter((_, cell) => both[cell]! > 0),
      };
      permuted += Number(permutationTest(kept, gapStatistic, { random, resamples: 499 }) <= 0.05);
      const gap = gapStatistic(reference, both, [60, 60]);
      asymptotic += Number(kolmogorovSmirnovTest(gap, 60, 60) <= 0.05);
    }
    expect(permuted / 400).toBeGreaterThan(0.025);
    expect(permuted / 400).toBeLessThan(0.08);
    expect(asymptotic).toBeLessThan(permuted);
  });

  it('has 1 / (resamples + 1) as its smallest value', () => {
    expect(permutationTest({ reference: [40, 0], current: [0, 40] }, gapStatistic, options(99))).toBe(0.01);
  });
});

describe('sortFinite', () => {
  it('orders any finite numbers, drops NaN and infinities, and keeps the input', () => {
    const space = createSortSpace();
    const anyNumber = fc.oneof(
      fc.double(),
      fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1e300, -1e300, 5e-324),
      fc.integer({ min: 0, max: 40 }).map((i) => 1e15 + i),
      fc.integer({ min: 0, max: 40 }).map((i) => -1e15 - i / 8),
    );
    fc.assert(
      fc.property(fc.array(anyNumber, { maxLength: 200 }), (numbers) => {
        const column = Float64Array.from(numbers);
        const { values, missing, infinite } = sortFinite(column, space);
        const wanted = numbers
          .filter(Number.isFinite)
          .map((value) => value + 0)
          .sort((a, b) => a - b);
        expect([...values]).toEqual(wanted);
        expect(missing).toBe(numbers.filter(Number.isNaN).length);
        expect(infinite).toBe(numbers.length - wanted.length - missing);
        expect([...column]).toEqual(numbers);
      }),
    );
  });

  it('orders many neighbours that share their upper bits', () => {
    const random = createRandom(1);
    const column = new Float64Array(5000).map(() => 1e15 + random.integer(1000));
    expect([...sortFinite(column, createSortSpace()).values]).toEqual([...column.slice().sort()]);
  });
});
