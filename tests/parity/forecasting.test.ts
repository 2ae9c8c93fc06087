import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ets, fitProphet, predictProphet, type Series } from '../../learning/time-series/forecasting/index.js';
import { meanAbsoluteError } from '../../learning/evaluation/metrics/forecast.js';
import { runAugurs } from '../../bench/forecasting/augurs.js';
import { stanLogPosterior } from '../../bench/forecasting/peyton.js';
import { hasForecastingData, loadPeyton } from '../../bench/forecasting/public-series.js';
import { dailySeries, rising, wandering } from './forecasting-cases.js';

/*
 * Numbers written by @bsull/augurs 0.10.2 (AutoETS, a port of statsforecast's) and by Prophet's Stan model in
 * @bsull/augurs-prophet-wasmstan 0.2.0. The first test of each part runs the peer again.
 */
interface Reference {
  readonly ets: { readonly wandering: readonly number[]; readonly rising: readonly number[] };
  readonly prophet: { readonly logPosterior: number; readonly sigma: number; readonly forecast: readonly number[] };
}
const FILE = join(import.meta.dirname, 'forecasting-augurs-0.10.2.json');
const reference = JSON.parse(readFileSync(FILE, 'utf8')) as Reference;
const DATA = join(import.meta.dirname, '../../../shared/data');

/** Largest absolute difference relative to the second argument. */
const distance = (found: ArrayLike<number>, wanted: readonly number[]): number =>
  Math.max(...wanted.map((value, i) => Math.abs(found[i]! / value - 1)));

describe('exponential smoothing', () => {
  const cases = [
    { name: 'wandering', values: wandering(), form: 'ETS(A,N,N)', wanted: reference.ets.wandering },
    { name: 'rising', values: rising(), form: 'ETS(A,A,N)', wanted: reference.ets.rising },
  ];

  it('has the recorded reference values that AutoETS computes', async () => {
    const items = cases.map(({ values }) => ({ values }));
    const lines = await runAugurs({ task: 'ets', season: 1, horizon: 6, form: 'ZZN', items });
    lines.forEach(({ forecast }, i) => expect(distance(forecast!, cases[i]!.wanted)).toBeLessThan(1e-7));
  });

  it.each(cases)('$name: selects the form of AutoETS and forecasts the same to 1e-4', ({ values, form, wanted }) => {
    const series: Series = { values, frequency: 'week', start: 0 };
    const state = ets().fit(series);
    expect(state.details.form).toBe(form);
    expect(distance(ets().predict(state, 6).mean, wanted)).toBeLessThan(1e-4);
  });
});

describe('Prophet', () => {
  const { days, values, future } = dailySeries();
  const state = fitProphet({ days, values });

  it('has the recorded reference values that Stan computes, within the variation of its stopping point', async () => {
    const items = [{ days, values, future }];
    const [line] = await runAugurs({ task: 'stan', season: 1, horizon: 1, items });
    expect(Math.abs(stanLogPosterior(line!.stan!) - reference.prophet.logPosterior)).toBeLessThan(2);
    expect(distance(line!.forecast!, reference.prophet.forecast)).toBeLessThan(5e-3);
  });

  it('reaches at least the log posterior of Stan and exceeds it by less than 3', () => {
    const gain = state.logPosterior - reference.prophet.logPosterior;
    expect(gain).toBeGreaterThanOrEqual(0);
    expect(gain).toBeLessThan(3);
  });

  it('forecasts the same to 0.2 % and estimates the same noise', () => {
    expect(distance(predictProphet(state, { days: future }).mean, reference.prophet.forecast)).toBeLessThan(2e-3);
    expect(Math.abs(state.sigma / reference.prophet.sigma - 1)).toBeLessThan(1e-3);
  });

  it.skipIf(!hasForecastingData(DATA))('has the error of Python Prophet 1.5.0 on Peyton Manning: 0.389', () => {
    const peyton = loadPeyton(DATA);
    const cut = peyton.days.length - 90;
    const fitted = fitProphet({ days: peyton.days.slice(0, cut), values: peyton.values.slice(0, cut) });
    const { mean } = predictProphet(fitted, { days: peyton.days.slice(cut) });
    expect(meanAbsoluteError(peyton.values.slice(cut), mean)).toBeCloseTo(0.389, 3);
  });
});
