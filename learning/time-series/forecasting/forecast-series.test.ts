import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../numeric/random/index.js';
import { forecastSeries } from './forecast-series.js';
import type { Frequency, Series } from './series.js';

const seriesOf = (values: readonly number[], frequency: Frequency = 'month'): Series => ({
  values,
  frequency,
  start: Date.UTC(2015, 0, 1),
});

/** A season of twelve steps with noise. */
function seasonal(length: number, seed: number): number[] {
  const random = createRandom(seed);
  return Array.from({ length }, (_, i) => 100 + 20 * Math.sin((2 * Math.PI * i) / 12) + 5 * random.normal());
}

describe('forecastSeries', () => {
  it('has nested bands around the forecast that cover what comes about as often as they say', () => {
    const covered = { narrow: 0, wide: 0, all: 0 };
    for (let seed = 0; seed < 20; seed++) {
      const values = seasonal(144, seed);
      const { mean, bands, warning } = forecastSeries(seriesOf(values.slice(0, 138)), 6);
      expect(warning).toBeNull();
      bands!.forEach(([narrow, wide], i) => {
        const actual = values[138 + i]!;
        expect(narrow!.low).toBeGreaterThanOrEqual(wide!.low);
        expect(narrow!.high).toBeLessThanOrEqual(wide!.high);
        expect(mean[i]).toBeGreaterThan(wide!.low);
        expect(mean[i]).toBeLessThan(wide!.high);
        covered.narrow += Number(actual >= narrow!.low && actual <= narrow!.high);
        covered.wide += Number(actual >= wide!.low && actual <= wide!.high);
        covered.all += 1;
      });
    }
    expect(Math.abs(covered.narrow / covered.all - 0.8)).toBeLessThan(0.1);
    expect(Math.abs(covered.wide / covered.all - 0.95)).toBeLessThan(0.05);
  });

  it('widens the bands of a random walk with the horizon', () => {
    const random = createRandom(4);
    let level = 1000;
    const walk = Array.from({ length: 200 }, () => (level += random.normal()));
    const { bands } = forecastSeries(seriesOf(walk), 12);
    const width = (step: number): number => bands![step]![0]!.high - bands![step]![0]!.low;
    expect(width(11)).toBeGreaterThan(1.5 * width(0));
  });

  it('gives no bands, or a warning with them, where few earlier forecasts do not overlap', () => {
    const of = (length: number, horizon: number) => forecastSeries(seriesOf(seasonal(length, 1)), horizon);
    const none = of(40, 12);
    expect(none.bands).toBeNull();
    expect(none.warning).toBe('no bands: the history has room for one earlier forecast over 12 steps, 3 are needed');
    const few = of(72, 12);
    expect(few.bands).toHaveLength(12);
    expect(few.warning).toMatch(/^the bands rest on 3 earlier forecasts over 12 steps/);
    expect(of(5, 12)).toMatchObject({
      bands: null,
      warning: expect.stringMatching(/room for no earlier forecast/) as string,
    });
  });

  it('gives bands one month ahead, also where all origins of one month of the year are few', () => {
    for (const length of [150, 200]) expect(forecastSeries(seriesOf(seasonal(length, 3)), 1).bands).toHaveLength(1);
  });

  it('has narrow bands in the quiet hours of a day, and wide ones in the others', () => {
    const random = createRandom(8);
    const isBusy = (hour: number): boolean => hour % 24 >= 8 && hour % 24 < 20;
    const values = Array.from({ length: 24 * 30 }, (_, hour) => 100 + (isBusy(hour) ? 10 : 1) * random.normal());
    const { bands } = forecastSeries({ values, frequency: 'hour', start: Date.UTC(2026, 0, 5) }, 36);
    const width = (hour: number): number => bands![hour]![0]!.high - bands![hour]![0]!.low;
    expect(width(13)).toBeGreaterThan(2 * width(3));
    expect(width(13)).toBeGreaterThan(2 * width(26));
  });

  it('never bands amounts below 0', () => {
    const random = createRandom(2);
    const amounts = Array.from({ length: 80 }, () => Math.max(0, 5 * random.normal()));
    for (const [narrow, wide] of forecastSeries(seriesOf(amounts), 4).bands!)
      expect(Math.min(narrow!.low, wide!.low)).toBeGreaterThanOrEqual(0);
  });

  it('gives a constant series bands at the constant', () => {
    const { mean, bands } = forecastSeries(seriesOf(Array<number>(60).fill(7)), 3);
    bands!
      .flat()
      .forEach(({ low, high }) => expect([low, high].map((edge) => edge.toFixed(3))).toEqual(['7.000', '7.000']));
    expect(mean[2]).toBeCloseTo(7, 6);
  });

  it('forecasts finite values with finite bands for any series with a value (property)', () => {
    const amount = fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constant(0), fc.constant(NaN));
    const frequency = fc.constantFrom<Frequency>('day', 'week', 'month', 'quarter', 'year');
    fc.assert(
      fc.property(
        fc.array(amount, { maxLength: 50 }),
        frequency,
        fc.integer({ min: 1, max: 8 }),
        (rest, step, horizon) => {
          const { mean, bands } = forecastSeries(seriesOf([1, ...rest], step), horizon);
          expect(mean).toHaveLength(horizon);
          expect(mean.every(Number.isFinite)).toBe(true);
          for (const { low, high } of bands?.flat() ?? []) expect(high - low).toBeGreaterThanOrEqual(0);
        },
      ),
      { numRuns: 25 },
    );
  });
});
