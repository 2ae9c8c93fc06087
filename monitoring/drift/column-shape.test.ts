import { describe, expect, it } from 'vitest';
import type { MonitoredColumn } from '../../contracts/monitored-columns.js';
import { shapeOf } from './column-shape.js';
import { columnValues } from './column-values.js';

const category: MonitoredColumn = {
  ...{ name: 'category', kind: 'categorical', role: 'feature' },
  ofHeldOut: () => null,
  ofAnswer: () => undefined,
};

const shapeOfTexts = (texts: readonly (string | null)[]) => {
  const values = columnValues(category);
  for (const text of texts) values.add(text);
  return shapeOf(values);
};
const times = (count: number, text: string): string[] => Array.from({ length: count }, () => text);

describe('the shape of a column of categories', () => {
  it('names no category of fewer than five rows, which counts among the shares', () => {
    const { categories, count, missing } = shapeOfTexts([
      ...times(5, 'food'),
      ...times(4, 'Ada Lovelace, 12 Main St'),
      null,
    ]);
    expect(categories).toEqual([['food', 5 / 9]]);
    expect({ count, missing }).toEqual({ count: 10, missing: 1 });
  });

  it('has names that PostgreSQL keeps in JSON', () => {
    const { categories } = shapeOfTexts([
      ...times(6, 'a\u0000b'),
      ...times(5, 'half \ud83d'),
      ...times(5, 'whole \u{1f600}'),
    ]);
    expect(categories!.map(([name]) => name)).toEqual(['a\ufffdb', 'half \ufffd', 'whole \u{1f600}']);
  });
});
