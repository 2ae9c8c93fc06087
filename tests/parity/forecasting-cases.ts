import { createRandom } from '../../learning/numeric/random/index.js';

/** Rounds to two decimals, so that the recorded numbers do not depend on the last bit of a sine. */
const round = (value: number): number => Math.round(value * 100) / 100;

/** A random walk. */
export function wandering(): number[] {
  const random = createRandom(101);
  let level = 100;
  return Array.from({ length: 120 }, () => round((level += 2 * random.normal()) + 3 * random.normal()));
}

/** A linear trend with noise. */
export function rising(): number[] {
  const random = createRandom(102);
  return Array.from({ length: 120 }, (_, i) => round(50 + 1.5 * i + 6 * random.normal()));
}

/** Two years of daily values with a changepoint in the trend, and weekly and yearly seasonality. */
export function dailySeries(): { days: number[]; values: number[]; future: number[] } {
  const random = createRandom(103);
  const start = 18_262;
  const days = Array.from({ length: 900 }, (_, i) => start + i);
  const values = days.map((day, i) =>
    round(
      40 +
        0.02 * i +
        0.05 * Math.max(0, i - 500) +
        4 * Math.sin((2 * Math.PI * day) / 7) +
        8 * Math.cos((2 * Math.PI * day) / 365.25) +
        2 * random.normal(),
    ),
  );
  return { days, values, future: Array.from({ length: 30 }, (_, i) => start + 900 + i) };
}
