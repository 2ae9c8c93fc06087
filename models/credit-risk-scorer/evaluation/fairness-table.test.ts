import { describe, expect, it } from 'vitest';
import { groupFairness } from '../../../learning/evaluation/fairness/group-fairness.js';
import { fairnessTable, ruleOf } from './fairness-table.js';

/** Groups of one attribute, with so many rows and so many of them approved. */
function treated(groups: Readonly<Record<string, readonly [rows: number, approved: number]>>) {
  const names = Object.keys(groups);
  const member = names.flatMap((name, i) => Array.from({ length: groups[name]![0] }, () => i));
  const approved = names.flatMap((name) =>
    Array.from({ length: groups[name]![0] }, (_, i) => (i < groups[name]![1] ? 1 : 0)),
  );
  const attribute = { attribute: 'region', names, member: Int32Array.from(member) };
  return groupFairness([attribute], { approved, labels: approved.map(() => 0) });
}

const rulesOf = (groups: Parameters<typeof treated>[0]): string[] => treated(groups).map(ruleOf);

describe('fairnessTable', () => {
  it('shows ratio, interval, significance and rule of a group in one row', () => {
    const { rows, columns } = fairnessTable(treated({ north: [100, 90], south: [100, 60] }), 0.75);
    expect(columns.map(({ title }) => title).slice(-4)).toEqual(['ratio', '95 % interval', 'p', 'rule']);
    expect(rows).toEqual([
      ['region: north', '100', '90.0 %', '90.0 %', '–', '1', '–', '–', 'best-treated group'],
      [
        'region: south',
        '100',
        '60.0 %',
        '60.0 %',
        '–',
        '0.667',
        '0.561 to 0.792',
        '< 0.001',
        'adverse: below 0.8 beyond chance',
      ],
    ]);
  });

  it('tells apart the four combinations of the four-fifths rule and chance, and nobody approved', () => {
    expect(rulesOf({ north: [1000, 900], south: [1000, 800] })[1]).toBe('differs beyond chance, not below 0.8');
    expect(rulesOf({ north: [100, 90], south: [100, 88] })[1]).toBe('no difference beyond chance');
    expect(rulesOf({ north: [40, 20], south: [40, 15] })[1]).toBe('below 0.8, within chance');
    expect(rulesOf({ north: [40, 0], south: [40, 0] })[1]).toBe('not measurable: nobody is approved');
  });
});
