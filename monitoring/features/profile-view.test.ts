import { describe, expect, it } from 'vitest';
import type { FeatureField } from '../../contracts/feature-view.js';
import type { Table } from '../../contracts/table.js';
import { MOST_DISTINCT, profileView } from './profile-view.js';
import { daysOfFields, missingRateOf, outOfRangeOf } from './rates.js';

const field = (name: string, unit: FeatureField['unit'], range?: FeatureField['range']): FeatureField => ({
  ...{ name, unit, description: 'What it is.' },
  ...(range && { range }),
});
const fields = [
  field('constant', 'INR'),
  field('unknown', 'INR'),
  field('isActive', 'flag'),
  field('visits', 'count'),
  field('rate', 'ratio', { minimum: -1, maximum: 1 }),
  field('amount', 'INR'),
];
const ROWS = 12_000;
const column = (valueOf: (row: number) => number): Table['columns'][string] => ({
  kind: 'number',
  values: Float64Array.from({ length: ROWS }, (_, row) => valueOf(row)),
});
const table: Table = {
  rowCount: ROWS,
  columns: {
    constant: column(() => 7),
    unknown: column(() => NaN),
    isActive: column((row) => row % 2),
    visits: column((row) => (row < 3 ? -1 : row % 10)),
    rate: column((row) => (row === 0 ? 1.5 : row % 4 === 1 ? NaN : 0.5)),
    amount: column((row) => row + 0.5),
  },
};
const day = { source: 'backend', view: 'habits', version: 1, day: '2026-12-01', eventTime: 0, writtenAt: 0 };

describe('profileView', () => {
  const profile = profileView({ fields }, table);

  it('counts unknown, different and out-of-range values by the unit or the declared range', () => {
    const counts = Object.entries(profile.fields).map(([name, { missing, outOfRange, distinct }]) => [
      ...[name, missing, outOfRange, distinct],
    ]);
    expect(counts).toEqual([
      ['constant', 0, null, 1],
      ['unknown', ROWS, null, 0],
      ['isActive', 0, 0, 2],
      ['visits', 0, 3, 11],
      ['rate', 3_000, 1, 2],
      ['amount', 0, null, MOST_DISTINCT],
    ]);
  });

  it('gives rates and quantiles, and remarks on a constant and an unknown field', () => {
    const statistics = { ...day, ...profile };
    const found = daysOfFields([statistics]);
    const byName = Object.fromEntries(found.map((each) => [each.field, each]));
    expect(byName.constant).toMatchObject({ remark: 'constant', days: [{ missingRate: 0, quantiles: { median: 7 } }] });
    expect(byName.unknown).toMatchObject({ remark: 'never known', days: [{ missingRate: 1, quantiles: null }] });
    expect(byName.rate!.days[0]).toMatchObject({ missingRate: 0.25, outOfRangeRate: 1 / 9_000 });
    expect(byName.amount!.days[0]!.quantiles!.median / 6_000).toBeCloseTo(1, 1);
    expect(missingRateOf(statistics)).toBeCloseTo((1 + 0.25) / 6, 12);
    expect(outOfRangeOf(statistics)).toBe(4);
  });

  it('has no rate for a view without entities', () => {
    const none = { rowCount: 0, columns: Object.fromEntries(fields.map(({ name }) => [name, { kind: 'number', values: new Float64Array(0) }] as const)) }; // prettier-ignore
    const statistics = { ...day, ...profileView({ fields }, none) };
    expect(missingRateOf(statistics)).toBeNull();
    expect(daysOfFields([statistics])[0]).toMatchObject({
      remark: null,
      days: [{ missingRate: null, quantiles: null }],
    });
  });
});
