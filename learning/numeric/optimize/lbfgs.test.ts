import { describe, expect, it } from 'vitest';
import { createRandom } from '../random/index.js';
import { minimise, type Objective } from './lbfgs.js';

/** Σ 100 (x₂ₖ₊₁ − x₂ₖ²)² + (1 − x₂ₖ)²; least, 0, at all ones. */
const rosenbrock: Objective = (x, gradient) => {
  let value = 0;
  for (let k = 0; k < x.length; k += 2) {
    const [a, b] = [x[k]!, x[k + 1]!];
    value += 100 * (b - a * a) ** 2 + (1 - a) ** 2;
    gradient[k] = -400 * a * (b - a * a) - 2 * (1 - a);
    gradient[k + 1] = 200 * (b - a * a);
  }
  return value;
};

/** ½‖x − target‖². */
const bowl =
  (target: readonly number[]): Objective =>
  (x, gradient) => {
    x.forEach((value, i) => (gradient[i] = value - target[i]!));
    return gradient.reduce((sum, slope) => sum + slope * slope, 0) / 2;
  };

interface Rows {
  readonly x: readonly (readonly number[])[];
  readonly y: readonly number[];
}

function rows(n: number, p: number): Rows {
  const random = createRandom(4);
  const x = Array.from({ length: n }, () => Array.from({ length: p }, () => random.normal()));
  return { x, y: x.map((row) => (row[0]! - 2 * row[1]! + random.normal() > 0 ? 1 : -1)) };
}

const logistic =
  ({ x, y }: Rows): Objective =>
  (weights, gradient) => {
    gradient.fill(0);
    return x.reduce((sum, row, i) => {
      const margin = y[i]! * row.reduce((total, value, j) => total + value * weights[j]!, 0);
      const slope = -y[i]! / (1 + Math.exp(margin));
      row.forEach((value, j) => (gradient[j]! += slope * value));
      return sum + Math.log1p(Math.exp(-margin));
    }, 0);
  };

describe('minimise', () => {
  it('finds the minimum of the Rosenbrock function', () => {
    const found = minimise(rosenbrock, Float64Array.of(-1.2, 1, -3, 4), { tolerance: 1e-8, maxIterations: 500 });
    expect(found.converged).toBe(true);
    found.x.forEach((value) => expect(value).toBeCloseTo(1, 6));
    expect(found.iterations).toBeLessThan(150);
  });

  it('does not change the start, and ends after no iteration where the start is the minimum', () => {
    const start = Float64Array.of(1, 2);
    const found = minimise(bowl([1, 2]), start);
    expect(found).toMatchObject({ value: 0, iterations: 0, converged: true });
    minimise(bowl([5, 5]), start);
    expect(start).toEqual(Float64Array.of(1, 2));
  });

  it('equals soft thresholding on a separable quadratic under L1', () => {
    const found = minimise(bowl([3, -2, 0.5, -0.5, 1]), new Float64Array(5), { l1: 1, tolerance: 1e-10 });
    [2, -1, 0, 0, 0].forEach((value, i) => expect(found.x[i]).toBeCloseTo(value, 8));
    expect(found.x.slice(2, 4)).toEqual(Float64Array.of(0, 0));
    expect(found.converged).toBe(true);
  });

  it('meets the optimality conditions of L1 logistic regression, with exact zeros', () => {
    const data = rows(200, 12);
    const l1 = 12;
    const { x, converged } = minimise(logistic(data), new Float64Array(12), { l1, tolerance: 1e-6 });
    expect(converged).toBe(true);
    const gradient = new Float64Array(12);
    logistic(data)(x, gradient);
    gradient.forEach((slope, j) => {
      if (x[j] === 0) expect(Math.abs(slope)).toBeLessThanOrEqual(l1 + 1e-3);
      else expect(slope).toBeCloseTo(-l1 * Math.sign(x[j]!), 3);
    });
    expect(x.filter((weight) => weight === 0).length).toBeGreaterThan(4);
    expect(x[1]!).toBeLessThan(x[0]!);
  });

  it('reports each iteration with a falling value and is deterministic', () => {
    const run = () => {
      const values: number[] = [];
      const onIteration = ({ value }: { value: number }): void => void values.push(value);
      return { found: minimise(logistic(rows(100, 5)), new Float64Array(5), { onIteration }), values };
    };
    const { found, values } = run();
    expect(values).toHaveLength(found.iterations);
    values.slice(1).forEach((value, i) => expect(value).toBeLessThanOrEqual(values[i]!));
    expect(run()).toEqual({ found, values });
  });

  it('reports convergence false when iterations run out, and stops when no step lowers the value', () => {
    const start = Float64Array.of(-1.2, 1);
    expect(minimise(rosenbrock, start, { maxIterations: 2 })).toMatchObject({ iterations: 2, converged: false });
    const patient = minimise(rosenbrock, start, { tolerance: 0, stallTolerance: 1e-3, maxIterations: 10_000 });
    expect(patient.iterations).toBeLessThan(200);
  });

  it('backtracks from points where the function is not defined', () => {
    const barrier: Objective = (x, gradient) => {
      if (x[0]! <= 0) return Infinity;
      gradient[0] = 1 - 1 / x[0]!;
      return x[0]! - Math.log(x[0]!);
    };
    expect(minimise(barrier, Float64Array.of(40)).x[0]).toBeCloseTo(1, 4);
    expect(() => minimise(barrier, Float64Array.of(-1))).toThrow(expect.objectContaining({ code: 'NOT_FINITE' }));
  });

  it('ends with convergence false where value and gradient disagree', () => {
    const wrong: Objective = (x, gradient) => {
      gradient[0] = -1;
      return x[0]!;
    };
    expect(minimise(wrong, Float64Array.of(0))).toMatchObject({ iterations: 0, converged: false });
  });
});
