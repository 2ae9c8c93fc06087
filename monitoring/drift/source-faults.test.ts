import { describe, expect, it } from 'vitest';
import type { ColumnRole } from '../../contracts/drift.js';
import { createRandom } from '../../learning/numeric/random/random.js';
import { shapeOf } from './column-shape.js';
import { columnValues } from './column-values.js';
import { findSourceFaults } from './source-faults.js';

const random = createRandom(7);
const many = <Value>(count: number, make: () => Value): Value[] => Array.from({ length: count }, make);
/** A skewed amount. */
const amount = (): number => Math.exp(7 + random.normal());
/** An hour around noon, in the customer's day. */
const hour = (): number => (((13 + 3 * random.normal()) % 24) + 24) % 24;

function shape(values: readonly (number | null)[], role: ColumnRole = 'feature') {
  const column = { name: 'x', kind: 'numeric', role, ofHeldOut: () => null, ofAnswer: () => undefined } as const;
  const found = columnValues(column);
  for (const value of values) found.add(value);
  return shapeOf(found);
}

const faultsOf = (before: readonly (number | null)[], now: readonly (number | null)[], role: ColumnRole = 'feature') =>
  findSourceFaults([{ name: 'x', role, reference: shape(before, role), current: shape(now, role) }]);

describe('findSourceFaults', () => {
  it.each([100, 1000, 1 / 100, 1 / 1000])('explains amounts × %f with the same shape by another unit', (factor) => {
    const found = faultsOf(
      many(2000, amount),
      many(400, () => amount() * factor),
    );
    expect(found).toMatchObject([{ kind: 'unit', column: 'x' }]);
    expect(found[0]!.finding).toContain(factor > 1 ? `× ${factor}` : `÷ ${1 / factor}`);
  });

  it('does not take inflation, a factor of ten or another shape for another unit', () => {
    const before = many(2000, amount);
    expect(
      faultsOf(
        before,
        many(400, () => amount() * 1.3),
      ),
    ).toEqual([]);
    expect(
      faultsOf(
        before,
        many(400, () => amount() * 10),
      ),
    ).toEqual([]);
    expect(
      faultsOf(
        before,
        many(400, () => amount() * Math.exp(4.6 + 2 * random.normal())),
      ),
    ).toEqual([]);
  });

  it('explains negative amounts in another unit, and leaves zeros and flags alone', () => {
    expect(
      faultsOf(
        many(500, () => -amount()),
        many(500, () => -100 * amount()),
      ),
    ).toMatchObject([{ kind: 'unit' }]);
    const flag = (): number => Number(random.uniform() < 0.3);
    expect(
      faultsOf(
        many(500, flag),
        many(500, () => 100 * flag()),
      ),
    ).toEqual([]);
  });

  it('explains a field that has become empty, and not one that always was', () => {
    const half = () => (random.uniform() < 0.5 ? null : amount());
    expect(faultsOf(many(500, amount), many(100, half))).toMatchObject([{ kind: 'missing-values' }]);
    expect(faultsOf(many(500, half), many(100, half))).toEqual([]);
    expect(
      faultsOf(
        many(500, amount),
        many(100, () => null),
      )[0]!.finding,
    ).toMatch(/^100\.0 % of 100 values/);
  });

  it.each([5.5, -5.5, 8, -1.5])('explains hours moved by %f by another time zone', (shift) => {
    const moved = () => (((hour() + shift) % 24) + 24) % 24;
    const found = faultsOf(many(3000, hour), many(2000, moved), 'time');
    expect(found).toMatchObject([{ kind: 'time-shift' }]);
    const [, hours, way] = /about (\S+) h (\w+)/.exec(found[0]!.finding)!;
    expect(Math.abs(Number(hours) - Math.abs(shift))).toBeLessThanOrEqual(0.5);
    expect(way).toBe(shift > 0 ? 'later' : 'earlier');
  });

  it('does not take new habits for another time zone', () => {
    const night = () => (random.uniform() < 0.3 ? 2 + random.normal() : hour());
    expect(
      faultsOf(
        many(3000, hour),
        many(2000, () => (night() + 24) % 24),
        'time',
      ),
    ).toEqual([]);
    expect(faultsOf(many(3000, hour), many(2000, hour), 'time')).toEqual([]);
  });

  it('explains nothing from fewer than 30 values', () => {
    expect(
      faultsOf(
        many(500, amount),
        many(29, () => 100 * amount()),
      ),
    ).toEqual([]);
    expect(
      faultsOf(
        many(500, hour),
        many(29, () => 1),
        'time',
      ),
    ).toEqual([]);
    expect(faultsOf([], many(100, amount))).toEqual([]);
  });
});
