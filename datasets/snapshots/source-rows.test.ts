import { describe, expect, it } from 'vitest';
import type { ColumnSpec } from '../../contracts/dataset.js';
import { parseTimestamp, toTable } from './source-rows.js';

describe('parseTimestamp', () => {
  it.each([
    ['2024-03-01 10:00:00+00', Date.UTC(2024, 2, 1, 10)],
    ['2024-03-01 10:00:00.999999+00', Date.UTC(2024, 2, 1, 10, 0, 0, 999)],
    ['2024-03-01 10:00:00.5+05:30', Date.UTC(2024, 2, 1, 4, 30, 0, 500)],
    ['1969-12-31 23:59:59.9995-00', -1],
    ['2024-03-01 10:00:00', Date.UTC(2024, 2, 1, 10)],
    ['2024-03-01', Date.UTC(2024, 2, 1)],
  ])('parses %s', (text, milliseconds) => {
    expect(parseTimestamp(text)).toBe(milliseconds);
  });

  it.each(['infinity', '-infinity', '0044-03-15 00:00:00+00 BC', 'today', ''])('returns NaN for "%s"', (text) => {
    expect(parseTimestamp(text)).toBeNaN();
  });
});

describe('toTable', () => {
  const spec = (name: string, type: ColumnSpec['type']): ColumnSpec => ({ name, type, description: '' });

  it('parses values by the column specs and orders the columns by them', () => {
    const specs = [spec('b', 'flag'), spec('a', 'number'), spec('c', 'integer'), spec('t', 'text')];
    const result = {
      names: ['a', 'b', 'c', 't'],
      rows: [
        ['1.50', 't', '7', ''],
        [null, 'f', 'Infinity', null],
        ['NaN', null, '-infinity', 'x'],
      ],
    };
    const table = toTable(specs, result, 'here');
    expect(Object.keys(table.columns)).toEqual(['b', 'a', 'c', 't']);
    expect(table.columns.a?.values).toEqual(Float64Array.of(1.5, NaN, NaN));
    expect(table.columns.b?.values).toEqual(Float64Array.of(1, 0, NaN));
    expect(table.columns.c?.values).toEqual(Float64Array.of(7, Infinity, -Infinity));
    expect(table.columns.t?.values).toEqual(['', null, 'x']);
  });

  it('throws MISSING_COLUMN naming the column that a query does not return', () => {
    expect(() => toTable([spec('z', 'text')], { names: ['a'], rows: [] }, 'queries/x.sql')).toThrow(
      expect.objectContaining({
        code: 'MISSING_COLUMN',
        details: { column: 'z' },
        message: 'queries/x.sql returns a; wanted also z',
      }),
    );
  });
});
