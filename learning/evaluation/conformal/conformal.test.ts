import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../numeric/random/index.js';
import { conformalBands, fitConformal, type CalibrationPoint } from './index.js';

/** Errors grow with the horizon; skewed, as spending is. */
function points(count: number, seed: number, group = ''): CalibrationPoint[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, i) => {
    const horizon = 1 + (i % 12);
    const scale = 1 + random.uniform();
    const error = scale * Math.sqrt(horizon) * (Math.exp(0.7 * random.normal()) - 1);
    return { horizon, mean: 100, actual: 100 + error, scale, group };
  });
}

const coverage = (state: ReturnType<typeof fitConformal>, fresh: readonly CalibrationPoint[], at: number): number =>
  fresh.filter((point) => {
    const band = conformalBands(state, point)[at]!;
    return point.actual >= band.low && point.actual <= band.high;
  }).length / fresh.length;

describe('fitConformal', () => {
  it('covers fresh points of every horizon bucket as promised, whatever the shape of the errors', () => {
    const state = fitConformal(points(12_000, 1));
    const fresh = points(12_000, 2);
    expect(state.buckets.map(({ upTo }) => upTo)).toEqual([1, 3, 6, 12]);
    for (const [from, upTo] of [
      [1, 1],
      [2, 3],
      [4, 6],
      [7, 12],
    ] as const) {
      const part = fresh.filter(({ horizon }) => horizon >= from && horizon <= upTo);
      expect(coverage(state, part, 0)).toBeGreaterThan(0.77);
      expect(coverage(state, part, 0)).toBeLessThan(0.83);
      expect(coverage(state, part, 1)).toBeGreaterThan(0.93);
      expect(coverage(state, part, 1)).toBeLessThan(0.97);
    }
  });

  it('takes the order statistics of split conformal: 99 errors, 80 % = the 10th from either end', () => {
    const line = Array.from({ length: 99 }, (_, i) => ({ horizon: 1, mean: 0, actual: i + 1, scale: 1 }));
    const [bounds] = fitConformal(line, { levels: [0.8], buckets: [1] }).buckets;
    expect(bounds).toEqual({ group: '', upTo: 1, n: 99, bounds: [{ level: 0.8, low: 10, high: 90 }] });
  });

  it('calibrates a group apart where it has enough points, else with all', () => {
    const wide = points(2000, 3, 'short').map((point) => ({ ...point, actual: 100 + 5 * (point.actual - 100) }));
    const few = points(100, 4, 'few');
    const state = fitConformal([...points(2000, 5, 'long'), ...wide, ...few], { buckets: [6, 12] });
    const width = (group: string): number => {
      const [band] = conformalBands(state, { horizon: 3, mean: 0, scale: 1, group });
      return band!.high - band!.low;
    };
    expect(width('short')).toBeGreaterThan(4 * width('long'));
    expect(width('few')).toBe(width('never seen'));
  });

  it('asks the group around a group that is too small, before it asks all', () => {
    const wide = points(2000, 7, 'bill/rent').map((point) => ({ ...point, actual: 100 + 5 * (point.actual - 100) }));
    const state = fitConformal([...points(4000, 8, 'free/dining'), ...wide, ...points(20, 9, 'bill/school')], {
      buckets: [12],
    });
    const width = (group: string): number => {
      const [band] = conformalBands(state, { horizon: 3, mean: 0, scale: 1, group });
      return band!.high - band!.low;
    };
    expect(width('bill/school')).toBe(width('bill'));
    expect(width('bill/never seen')).toBe(width('bill'));
    expect(width('bill')).toBeGreaterThan(2 * width('never seen/at all'));
    expect(width('never seen/at all')).toBe(width(''));
  });

  it('borrows from the nearest bucket when its own is thin, and serves horizons beyond the last', () => {
    const near = Array.from({ length: 200 }, (_, i) => ({ horizon: 1, mean: 0, actual: i - 100, scale: 1 }));
    const far = Array.from({ length: 20 }, () => ({ horizon: 12, mean: 0, actual: 5000, scale: 1 }));
    const state = fitConformal([...near, ...far]);
    const [band] = conformalBands(state, { horizon: 12, mean: 0, scale: 1 });
    expect(band!.high).toBeLessThan(200);
    expect(conformalBands(state, { horizon: 500, mean: 0, scale: 1 })).toEqual([band, expect.anything()]);
  });

  it('nests its bands, scales with the unit and survives JSON', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0.01, max: 1e4, noNaN: true }), (seed, unit) => {
        const data = points(400, seed);
        const state = fitConformal(data);
        const scaled = fitConformal(
          data.map((p) => ({ ...p, mean: p.mean * unit, actual: p.actual * unit, scale: p.scale * unit })),
        );
        expect(JSON.parse(JSON.stringify(state))).toEqual(state);
        for (const horizon of [1, 2, 5, 12]) {
          const [narrow, wide] = conformalBands(state, { horizon, mean: 10, scale: 2 });
          expect(wide!.low).toBeLessThanOrEqual(narrow!.low);
          expect(wide!.high).toBeGreaterThanOrEqual(narrow!.high);
          const [other] = conformalBands(scaled, { horizon, mean: 10 * unit, scale: 2 * unit });
          expect(other!.high / (narrow!.high * unit)).toBeCloseTo(1, 6);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('refuses too few points, a scale of zero, levels and buckets that are none', () => {
    const some = points(100, 6);
    expect(() => fitConformal(some.slice(0, 10))).toThrow(expect.objectContaining({ code: 'TOO_FEW_ROWS' }));
    const flat = [...some, { horizon: 1, mean: 0, actual: 1, scale: 0 }];
    expect(() => fitConformal(flat)).toThrow(expect.objectContaining({ code: 'NOT_FINITE' }));
    for (const options of [{ levels: [1] }, { buckets: [] }, { buckets: [3, 3] }])
      expect(() => fitConformal(some, options)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });
});
