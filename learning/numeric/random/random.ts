import { PipelineError } from '../../../contracts/errors.js';
import { requireInteger } from '../../checks.js';
import { avalanche, murmur3 } from '../hash/murmur.js';

/** A seeded pseudo-random number generator. The same seed gives the same numbers in every release. */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Normal with mean 0 and standard deviation 1. */
  normal(): number;
  /** Uniform integer in [0, bound), without modulo bias. @param bound - 1 … 2³². */
  integer(bound: number): number;
  /** Shuffles in place (Fisher–Yates) and returns its argument. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T;
  /** Positions 0 … n − 1 in random order. */
  permutation(n: number): Int32Array;
  /**
   * An independent generator that depends on this one's seed and the name, not on how much was drawn:
   * adding a consumer therefore does not change the numbers of the others.
   */
  fork(name: string | number): Random;
}

const encoder = new TextEncoder();

/** xoshiro128** 1.1 by Blackman and Vigna (2018), state from the seed by splitmix-like hashing. */
function xoshiro(seed: number): () => number {
  const state = new Int32Array(4);
  for (let i = 0; i < 4; i++) state[i] = avalanche(seed + Math.imul(i + 1, 0x9e3779b9));
  if (state.every((word) => word === 0)) state[0] = 1;
  let [a, b, c, d] = state as unknown as [number, number, number, number];
  return () => {
    const scrambled = Math.imul(b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
}

function boundedInteger(next: () => number, bound: number): number {
  requireInteger('bound', bound, 1, 2 ** 32);
  const limit = 2 ** 32 - (2 ** 32 % bound);
  for (;;) {
    const draw = next();
    if (draw < limit) return draw % bound;
  }
}

/** Marsaglia's polar method; keeps the second number of each pair for the next call. */
function normalSource(uniform: () => number): () => number {
  let spare: number | null = null;
  return () => {
    if (spare !== null) {
      const kept = spare;
      spare = null;
      return kept;
    }
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const square = u * u + v * v;
      if (square >= 1 || square === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      spare = v * scale;
      return u * scale;
    }
  };
}

/**
 * Creates a generator. Deterministic, not for secrets.
 * @param seed - an integer; only its lower 53 bits count.
 * @throws PipelineError `INVALID_INPUT` when the seed is no safe integer.
 */
export function createRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed)) throw new PipelineError('INVALID_INPUT', `seed is ${seed}, wanted a safe integer`);
  const folded = avalanche(Math.floor(seed / 2 ** 32)) ^ (seed | 0);
  const next = xoshiro(folded);
  const uniform = (): number => ((next() >>> 5) * 0x4000000 + (next() >>> 6)) / 0x20000000000000;
  const random: Random = {
    uniform,
    normal: normalSource(uniform),
    integer: (bound) => boundedInteger(next, bound),
    shuffle(items) {
      for (let i = items.length - 1; i > 0; i--) {
        const j = random.integer(i + 1);
        [items[i], items[j]] = [items[j], items[i]];
      }
      return items;
    },
    permutation: (n) => random.shuffle(Int32Array.from({ length: n }, (_, i) => i)),
    fork: (name) => createRandom(murmur3(encoder.encode(`${seed}/${name}`), 0x5bd1e995)),
  };
  return random;
}
