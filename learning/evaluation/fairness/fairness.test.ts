import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quietContext } from '../../estimator.js';
import { gradientBoosting, predictMargin } from '../../tabular/gradient-boosting/index.js';
import { matrix } from '../../numeric/matrix/index.js';
import { createRandom } from '../../numeric/random/index.js';
import { fisherExact, holmAdjusted } from './fisher-exact.js';
import { gapPenalty } from './gap-penalty.js';
import { adverseImpactRatio, adverselyTreated, approveSafest, groupFairness } from './group-fairness.js';
import { protectedGroups, selectMembers } from './protected-groups.js';
import { reweighingWeights } from './reweighing.js';

const repeated = (name: string, n: number): string[] => new Array<string>(n).fill(name);
const flags = (yes: number, no: number): number[] => [
  ...new Array<number>(yes).fill(1),
  ...new Array<number>(no).fill(0),
];

describe("Fisher's exact test", () => {
  // scipy.stats.fisher_exact, two-sided
  it.each([
    [[8, 1], [10, 6], 0.03496503],
    [[30, 190], [57, 243], 0.00019715],
    [[0, 0], [5, 7], 1],
  ] as const)('%j of %j: p = %d', (hits, sizes, p) => {
    expect(fisherExact(hits, sizes)).toBeCloseTo(p, 6);
  });

  it('is corrected for many groups by Holm', () => {
    expect(holmAdjusted([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
  });
});

describe('group fairness', () => {
  const group = protectedGroups('age', [...repeated('young', 100), ...repeated('older', 300), null]);
  const approved = [...flags(50, 50), ...flags(240, 60), 1];
  const labels = [...flags(20, 30), ...flags(30, 20), ...flags(40, 200), ...flags(30, 30), 0];

  it('measures ratio, significance and both gaps against the best-treated group', () => {
    const [older, young] = groupFairness([group], { approved, labels });
    expect(older).toMatchObject({ group: 'older', approvalRate: 0.8, ratio: 1, pValue: 1, goodApprovedGap: 0 });
    expect(young).toMatchObject({ group: 'young', reference: 'older', n: 100, approvalRate: 0.5, ratio: 0.625 });
    expect(young!.goodApproved).toBeCloseTo(30 / 50, 12);
    expect(young!.goodApprovedGap).toBeCloseTo(200 / 230 - 30 / 50, 12);
    expect(young!.badApprovedGap).toBeCloseTo(40 / 70 - 20 / 50, 12);
    expect(young!.ratioInterval.low).toBeLessThan(0.625);
    expect(young!.ratioInterval.high).toBeLessThan(0.8);
    expect(young!.pValue).toBeLessThan(1e-6);
    expect(adverselyTreated([older!, young!])).toEqual([young]);
    expect(adverseImpactRatio([older!, young!])).toBe(0.625);
  });

  it('omits groups that are too small, and counts a ratio as adverse only when significant', () => {
    const few = protectedGroups('age', [...repeated('young', 29), ...repeated('older', 100)]);
    expect(groupFairness([few], { approved: flags(60, 69), labels: flags(30, 99) })).toEqual([]);
    const small = protectedGroups('sex', [...repeated('f', 40), ...repeated('m', 40)]);
    const found = groupFairness([small], { approved: [...flags(18, 22), ...flags(24, 16)], labels: flags(30, 50) });
    expect(Math.min(...found.map(({ ratio }) => ratio))).toBe(0.75);
    expect(adverselyTreated(found)).toEqual([]);
    expect(adverseImpactRatio(found)).toBe(1);
  });

  it('approves exactly the given share, lowest risk first', () => {
    const risks = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(risks, fc.double({ min: 0.05, max: 1, noNaN: true }), (values, share) => {
        const chosen = approveSafest(values, share);
        expect(chosen.reduce((sum, one) => sum + one, 0)).toBe(Math.round(share * values.length));
        const worst = Math.max(...values.filter((_, i) => chosen[i] === 1), 0);
        values.forEach((value, i) => expect(chosen[i] === 1 || value >= worst).toBe(true));
      }),
    );
    expect(() => approveSafest([1], 0)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });
});

describe('reweighing', () => {
  it("gives Kamiran and Calders' weights for one attribute", () => {
    const groups = protectedGroups('sex', [...repeated('f', 4), ...repeated('m', 6)]);
    const labels = [1, 1, 1, 0, 1, 0, 0, 0, 0, 0];
    const weights = reweighingWeights([groups], labels);
    expect(weights[0]).toBeCloseTo((4 * 4) / (10 * 3), 12);
    expect(weights[3]).toBeCloseTo((4 * 6) / (10 * 1), 12);
    expect(weights[4]).toBeCloseTo((6 * 4) / (10 * 1), 12);
    expect(reweighingWeights([groups], labels, 0)).toEqual(new Float64Array(10).fill(1));
  });

  it('makes the label independent of each of several attributes and keeps weight 1 for unknown groups', () => {
    const random = createRandom(1);
    const draw = (names: readonly string[]): (string | null)[] =>
      Array.from({ length: 600 }, () => (random.uniform() < 0.1 ? null : names[random.integer(names.length)]!));
    const attributes = [protectedGroups('a', draw(['x', 'y', 'z'])), protectedGroups('b', draw(['p', 'q']))];
    const labels = Array.from({ length: 600 }, (_, row) =>
      random.uniform() < 0.2 + 0.2 * Math.max(0, attributes[0]!.member[row]!) ? 1 : 0,
    );
    const weights = reweighingWeights(attributes, labels);
    for (const { names, member } of attributes) {
      const rates = names.map((_, group) => {
        const rows = labels.map((label, row) => ({ label, row })).filter(({ row }) => member[row] === group);
        const total = rows.reduce((sum, { row }) => sum + weights[row]!, 0);
        return rows.reduce((sum, { label, row }) => sum + label * weights[row]!, 0) / total;
      });
      for (const rate of rates) expect(rate).toBeCloseTo(rates[0]!, 3);
    }
    const unknown = Array.from(weights).filter((_, row) => attributes.every(({ member }) => member[row] === -1));
    expect(unknown.length).toBeGreaterThan(0);
    expect(unknown.every((weight) => weight === 1)).toBe(true);
  });
});

describe('gap penalty', () => {
  it('has the derivatives of half the squared gap', () => {
    const groups = protectedGroups('sex', [...repeated('f', 20), ...repeated('m', 30)]);
    const random = createRandom(3);
    const margins = Float64Array.from({ length: 50 }, () => random.normal());
    const gap = (values: Float64Array): number => {
      const mean = (from: number, to: number): number =>
        values.slice(from, to).reduce((sum, value) => sum + value, 0) / (to - from);
      return mean(0, 20) - mean(20, 50);
    };
    const loss = (values: Float64Array): number => (0.3 * 50 * gap(values) ** 2) / 2;
    const pairs = new Float64Array(100);
    gapPenalty([groups], 0.3)(margins, pairs);
    for (const row of [0, 19, 20, 49]) {
      const moved = (by: number): Float64Array => margins.map((value, i) => (i === row ? value + by : value));
      expect(pairs[2 * row]).toBeCloseTo((loss(moved(1e-4)) - loss(moved(-1e-4))) / 2e-4, 5);
      const bend = (loss(moved(0.1)) - 2 * loss(margins) + loss(moved(-0.1))) / 0.01;
      expect(pairs[2 * row + 1]).toBeCloseTo(bend, 5);
    }
  });

  it('reduces the gap of a boosted model with rising strength', () => {
    const random = createRandom(4);
    const n = 800;
    const member = Array.from({ length: n }, () => random.integer(2));
    const values = Float64Array.from({ length: 2 * n }, (_, i) => (i % 2 === 0 ? member[i >> 1]! : random.normal()));
    const labels = Float64Array.from({ length: n }, (_, row) =>
      random.uniform() < 1 / (1 + Math.exp(-(1.5 * member[row]! + values[2 * row + 1]!))) ? 1 : 0,
    );
    const groups = protectedGroups(
      'g',
      member.map((one) => (one === 1 ? 'b' : 'a')),
    );
    const gapAt = (strength: number): number => {
      const context = { ...quietContext(1), adjustDerivatives: gapPenalty([groups], strength) };
      const x = matrix(n, 2, values);
      const margins = predictMargin(gradientBoosting.fit({ nEstimators: 60, maxDepth: 3 }, x, labels, context), x);
      const mean = (group: number): number => {
        const part = margins.filter((_, row) => groups.member[row] === group);
        return part.reduce((sum, margin) => sum + margin, 0) / part.length;
      };
      return mean(1) - mean(0);
    };
    const [none, some, much] = [0, 0.05, 1].map(gapAt);
    expect(none).toBeGreaterThan(1);
    expect(some).toBeLessThan(0.6 * none!);
    expect(Math.abs(much!)).toBeLessThan(0.3);
  });

  it('follows the rows that are selected', () => {
    const groups = protectedGroups('sex', ['f', 'm', null, 'f']);
    expect([...selectMembers(groups, [3, 2, 1]).member]).toEqual([0, -1, 1]);
  });
});
