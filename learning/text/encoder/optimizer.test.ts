import { describe, expect, it } from 'vitest';
import { createRandom } from '../../numeric/random/index.js';
import { scheduleFactor, epochBatches } from './batches.js';
import { AdamW } from './optimizer.js';

const random = createRandom(4);
const normals = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.normal());
const shapes = { matrix: [7, 5], vector: [3] } as const;

/** Reference AdamW in float64 (Loshchilov & Hutter 2019, algorithm 2). */
class ReferenceAdamW {
  private readonly first: number[];
  private readonly second: number[];
  private steps = 0;
  constructor(
    readonly weights: number[],
    private readonly decay: number,
  ) {
    this.first = weights.map(() => 0);
    this.second = weights.map(() => 0);
  }
  step(gradient: readonly number[], rate: number): void {
    this.steps += 1;
    gradient.forEach((g, i) => {
      this.first[i] = 0.9 * this.first[i]! + 0.1 * g;
      this.second[i] = 0.999 * this.second[i]! + 0.001 * g * g;
      const mean = this.first[i] / (1 - 0.9 ** this.steps);
      const spread = Math.sqrt(this.second[i] / (1 - 0.999 ** this.steps));
      this.weights[i]! -= rate * (mean / (spread + 1e-8) + this.decay * this.weights[i]!);
    });
  }
}

describe('AdamW', () => {
  const start = new Map(
    Object.entries(shapes).map(([name, dims]) => [name, { dims, data: normals(dims.reduce((a, b) => a * b, 1)) }]),
  );

  it.each([
    [1e9, 'not clipped'],
    [0.5, 'clipped'],
  ])('matches the reference with gradients up to %f: %s', (clipNorm) => {
    const optimizer = new AdamW(start);
    const reference = new Map(
      [...start].map(([name, { data, dims }]) => [name, new ReferenceAdamW([...data], dims.length > 1 ? 0.1 : 0)]),
    );
    for (let step = 0; step < 20; step++) {
      const gradients = new Map([...start].map(([name, { data }]) => [name, normals(data.length)]));
      const norm = Math.sqrt([...gradients.values()].flatMap((data) => [...data]).reduce((sum, g) => sum + g * g, 0));
      for (const [name, gradient] of gradients) {
        optimizer.gradient(name).data.set(gradient);
        reference.get(name)!.step(
          [...gradient].map((g) => g * Math.min(1, clipNorm / norm)),
          name === 'matrix' ? 0.01 : 0.03,
        );
      }
      const found = optimizer.step({ rate: (name) => (name === 'matrix' ? 0.01 : 0.03), weightDecay: 0.1, clipNorm });
      expect(found).toBeCloseTo(norm, 4);
    }
    for (const [name, { weights }] of reference) {
      weights.forEach((weight, i) => expect(optimizer.weight(name).data[i]).toBeCloseTo(weight, 4));
    }
  });

  it('throws NOT_FINITE for a gradient with NaN', () => {
    const optimizer = new AdamW(start);
    optimizer.gradient('vector').data[1] = NaN;
    const step = (): number => optimizer.step({ rate: () => 1, weightDecay: 0, clipNorm: 1 });
    expect(step).toThrow(expect.objectContaining({ code: 'NOT_FINITE' }) as Error);
  });
});

describe('scheduleFactor', () => {
  it('rises over the warm-up and ends just above 0', () => {
    const factors = Array.from({ length: 20 }, (_, step) => scheduleFactor(step, 20, 0.25));
    expect(factors.slice(0, 5)).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
    expect(factors[5]).toBe(1);
    expect(factors.at(-1)).toBeCloseTo(1 / 15);
    expect(factors.slice(5).every((factor, i, all) => i === 0 || factor < all[i - 1]!)).toBe(true);
  });
});

describe('epochBatches', () => {
  it('has each text once per epoch in batches of similar length', () => {
    const lengths = Int32Array.from({ length: 1000 }, () => 3 + random.integer(40));
    const [first, repeated, second] = [0, 0, 1].map((epoch) =>
      epochBatches(lengths, { batchSize: 16, seed: 3, epoch }),
    );
    expect(first).toEqual(repeated);
    expect(first).not.toEqual(second);
    for (const batches of [first!, second!]) expect(batches.flat().sort((a, b) => a - b)).toEqual([...lengths.keys()]);
    const padded = first!.reduce((sum, batch) => sum + batch.length * Math.max(...batch.map((i) => lengths[i]!)), 0);
    expect(padded / lengths.reduce((a, b) => a + b)).toBeLessThan(1.05);
  });
});
