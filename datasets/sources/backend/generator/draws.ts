import type { Random } from '../../../../learning/numeric/random/index.js';

/** One of the items, each with the same probability. @param items - not empty. */
export const pick = <T>(random: Random, items: readonly T[]): T => items[random.integer(items.length)]!;

/** True with the given probability. */
export const chance = (random: Random, probability: number): boolean => random.uniform() < probability;

/** Uniform between the two. */
export const between = (random: Random, low: number, high: number): number => low + (high - low) * random.uniform();

/** Log-normal with median 1. @param sigma - standard deviation of the logarithm. */
export const logNormal = (random: Random, sigma: number): number => Math.exp(sigma * random.normal());

/** Log-normal with MEAN 1, for noise that must not move an expectation. */
export const fairNoise = (random: Random, sigma: number): number =>
  Math.exp(sigma * random.normal() - (sigma * sigma) / 2);

/** Poisson by multiplying uniforms (Knuth); for means below about 30. */
export function poisson(random: Random, mean: number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random.uniform(); product > limit; product *= random.uniform()) count++;
  return count;
}

/**
 * A count that varies less than Poisson, as habits do: a third of its standard deviation, never below 0, mean kept by
 * rounding at random.
 */
export function habitualCount(random: Random, mean: number): number {
  const target = Math.max(0, mean + 0.35 * Math.sqrt(mean) * random.normal());
  return Math.floor(target + random.uniform());
}

/** One key of the table with probability proportional to its weight. */
export function weighted<K extends string>(random: Random, weights: Readonly<Record<K, number>>): K {
  const keys = Object.keys(weights) as K[];
  let left = random.uniform() * keys.reduce((sum, key) => sum + weights[key], 0);
  for (const key of keys) {
    left -= weights[key];
    if (left < 0) return key;
  }
  return keys[keys.length - 1]!;
}

/** A number of exactly so many digits, as text; the first is not 0. @param digits - 1 … 15. */
export const digits = (random: Random, count: number): string =>
  String(Math.floor((0.1 + 0.9 * random.uniform()) * 10 ** count));

/** Money: two decimals. */
export const money = (amount: number): number => Math.round(amount * 100) / 100;
