import type { Random } from '../../../../learning/numeric/random/index.js';
import { sum } from '../../../../learning/numeric/statistics/sum.js';

/** A uniformly drawn item. @param items - not empty. */
export const pick = <T>(random: Random, items: readonly T[]): T => items[random.integer(items.length)]!;

/** True with the given probability. */
export const chance = (random: Random, probability: number): boolean => random.uniform() < probability;

/** A uniform number from `low` to `high`. */
export const between = (random: Random, low: number, high: number): number => low + (high - low) * random.uniform();

/** Log-normal with median 1. @param sigma - standard deviation of the logarithm. */
export const logNormal = (random: Random, sigma: number): number => Math.exp(sigma * random.normal());

/** Log-normal with mean 1, for noise that does not change an expected value. */
export const meanOneNoise = (random: Random, sigma: number): number =>
  Math.exp(sigma * random.normal() - (sigma * sigma) / 2);

/** A Poisson number by Knuth's product of uniforms; for means below about 30. */
export function poisson(random: Random, mean: number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random.uniform(); product > limit; product *= random.uniform()) count++;
  return count;
}

/**
 * A count that varies less than a Poisson number: about a third of its standard deviation, at least 0. Randomised
 * rounding preserves the mean.
 */
export function habitualCount(random: Random, mean: number): number {
  const target = Math.max(0, mean + 0.35 * Math.sqrt(mean) * random.normal());
  return Math.floor(target + random.uniform());
}

/** A key drawn with probability proportional to its weight. */
export function weighted<K extends string>(random: Random, weights: Readonly<Record<K, number>>): K {
  const keys = Object.keys(weights) as K[];
  let left = random.uniform() * sum(keys.map((key) => weights[key]));
  for (const key of keys) {
    left -= weights[key];
    if (left < 0) return key;
  }
  return keys[keys.length - 1]!;
}

/** A random number of `count` digits as text; the first digit is not 0. @param count - 1 … 15. */
export const digits = (random: Random, count: number): string =>
  String(Math.floor((0.1 + 0.9 * random.uniform()) * 10 ** count));

/** Rounds an amount to two decimals. */
export const roundMoney = (amount: number): number => Math.round(amount * 100) / 100;
