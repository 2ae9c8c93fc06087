import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../numeric/random/index.js';
import { defaultCandidates } from '../candidates.js';
import { chooseForecaster } from '../choice.js';
import { type Shifts } from '../curve.js';
import { combination, predictState, type ForecasterState } from '../forecaster.js';
import { prophetCurve, prophetForecaster } from '../prophet/forecaster.js';
import { fitProphet } from '../prophet/prophet.js';
import { frequencies, type Frequency, type Series } from '../series.js';
import { forecastFeeds } from './feeds.js';
import { forecastGraph } from './graph.js';

let session: InferenceSession;
beforeAll(async () => {
  session = await InferenceSession.create(forecastGraph());
});

const LENGTHS = { hour: 500, day: 400, week: 130, month: 60, quarter: 40, year: 30 } as const;

function series(frequency: Frequency, seed: number): Series {
  const random = createRandom(seed);
  const level = 10 ** (1 + (seed % 4));
  const values = Array.from(
    { length: LENGTHS[frequency] },
    (_, i) => level * (1 + i / 200) * (1 + 0.3 * Math.sin((2 * Math.PI * i) / 12) + 0.1 * random.uniform()),
  );
  return { values, frequency, start: Date.UTC(2021, 1, 1) };
}

/** Largest relative differences between the graph and `predictState`. */
async function gaps(
  states: readonly ForecasterState[],
  horizon: number,
  shifts: readonly (Shifts | undefined)[] = [],
): Promise<{ mean: number; sd: number }> {
  const feeds = Object.entries(forecastFeeds(states, horizon, shifts)).map(
    ([name, { type, data, dims }]) => [name, new Tensor(type, data as Float64Array, dims)] as const,
  );
  const results = await session.run(Object.fromEntries(feeds));
  const gap = { mean: 0, sd: 0 };
  states.forEach((state, row) => {
    const wanted = predictState(state, horizon, shifts[row]);
    for (const name of ['mean', 'sd'] as const) {
      const found = results[name]!.data as Float64Array;
      wanted[name].forEach((value, i) => {
        const size = Math.max(1, Math.abs(wanted.mean[i]!));
        gap[name] = Math.max(gap[name], Math.abs(value - found[row * horizon + i]!) / size);
      });
    }
  });
  return gap;
}

describe('the forecast graph', () => {
  it.each(frequencies)('agrees with predictState for all candidates in one call: %s', async (frequency) => {
    const states = [1, 2, 3].flatMap((seed) =>
      defaultCandidates(frequency).map((forecaster) => forecaster.fit(series(frequency, seed))),
    );
    const { mean, sd } = await gaps(states, 90);
    expect(mean).toBeLessThan(1e-12);
    expect(sd).toBeLessThan(1e-12);
  });

  it('agrees for blends, multiplicative Prophet and a combination of all, 365 steps ahead', async () => {
    const data = series('month', 4);
    const share = prophetForecaster({ name: 'share', options: { mode: 'multiplicative' } });
    const all = combination('all', [share, ...defaultCandidates('month').slice(1)]);
    const blend = chooseForecaster(data, defaultCandidates('month'), { horizon: 6, rule: 'blend' }).state;
    const { mean, sd } = await gaps([all.fit(data), blend, share.fit(data)], 365);
    expect(mean).toBeLessThan(1e-12);
    expect(sd).toBeLessThan(1e-12);
  });

  it('agrees for logistic growth with shifts', async () => {
    const days = Array.from({ length: 300 }, (_, i) => 18_262 + i);
    const values = days.map((_, i) => 5 + 90 / (1 + Math.exp(-(i - 150) / 30)) + Math.sin(i));
    const fitted = fitProphet({ days, values, cap: 120, floor: 5 }, { growth: 'logistic' });
    const state: ForecasterState = {
      schemaVersion: 1,
      forecaster: 'prophet',
      floor: null,
      details: {},
      outlook: { frequency: 'day', start: 18_262 * 86_400_000, length: 300 },
      curves: [{ ...prophetCurve(fitted), weight: 1 }],
    };
    const random = createRandom(5);
    const shift = (): Float64Array => Float64Array.from({ length: 30 }, () => random.normal() / 10);
    const { mean } = await gaps([state, state], 30, [undefined, { additive: shift(), multiplicative: shift() }]);
    expect(mean).toBeLessThan(1e-12);
  });

  it('applies the floor of a falling series', async () => {
    const falling = Array.from({ length: 30 }, (_, i) => Math.max(0, 30 - 1.2 * i));
    const states = defaultCandidates('week').map((forecaster) =>
      forecaster.fit({ values: falling, frequency: 'week', start: 0 }),
    );
    expect((await gaps(states, 40)).mean).toBeLessThan(1e-12);
    for (const state of states) expect(Math.min(...predictState(state, 40).mean)).toBeGreaterThanOrEqual(0);
  });

  it('has the same bytes each time', () => {
    expect(forecastGraph()).toEqual(forecastGraph());
  });

  it('forecastFeeds refuses no states and a horizon of 0', () => {
    expect(() => forecastFeeds([], 3)).toThrow(expect.objectContaining({ code: 'TOO_FEW_ROWS' }));
    const state = defaultCandidates('month')[0]!.fit(series('month', 6));
    expect(() => forecastFeeds([state], 0)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });
});
