import { describe, expect, it } from 'vitest';
import type { Table } from '../contracts/table.js';
import { numberColumn, selectRows, textColumn, timestampColumn, withColumn } from './table.js';

const table: Table = {
  rowCount: 3,
  columns: {
    amount: { kind: 'number', values: Float64Array.of(1, NaN, 3) },
    bookedAt: { kind: 'timestamp', values: Float64Array.of(10, 20, 30) },
    city: { kind: 'text', values: ['Pune', null, 'Delhi'] },
  },
};

describe('columns', () => {
  it('are found by name and kind', () => {
    expect(numberColumn(table, 'amount')[2]).toBe(3);
    expect(timestampColumn(table, 'bookedAt')[0]).toBe(10);
    expect(textColumn(table, 'city')[1]).toBeNull();
  });

  it.each(['absent', 'city', 'constructor'])('number column "%s" is MISSING_COLUMN', (name) => {
    const wanted: unknown = expect.objectContaining({
      code: 'MISSING_COLUMN',
      details: { column: name, wanted: 'number' },
    });
    expect(() => numberColumn(table, name)).toThrow(wanted);
  });
});

describe('selectRows', () => {
  it('keeps kinds, order of columns and repetitions', () => {
    const picked = selectRows(table, [2, 0, 2]);
    expect(Object.keys(picked.columns)).toEqual(['amount', 'bookedAt', 'city']);
    expect(picked.rowCount).toBe(3);
    expect([...numberColumn(picked, 'amount')]).toEqual([3, 1, 3]);
    expect(textColumn(picked, 'city')).toEqual(['Delhi', 'Pune', 'Delhi']);
    expect(picked.columns['bookedAt']!.kind).toBe('timestamp');
  });

  it.each([3, -1, 0.5])('row %d is SHAPE_MISMATCH', (row) => {
    expect(() => selectRows(table, [row])).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
  });
});

describe('withColumn', () => {
  it('adds at the end, replaces in place, and leaves the original alone', () => {
    const column = { kind: 'number', values: Float64Array.of(7, 8, 9) } as const;
    expect(Object.keys(withColumn(table, 'score', column).columns)).toEqual(['amount', 'bookedAt', 'city', 'score']);
    expect(numberColumn(withColumn(table, 'amount', column), 'amount')[0]).toBe(7);
    expect(Object.keys(table.columns)).toHaveLength(3);
  });

  it('refuses another length', () => {
    const short = { kind: 'text', values: ['a'] } as const;
    expect(() => withColumn(table, 'x', short)).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
  });
});
