import { describe, expect, it } from 'vitest';
import { frameRows } from '../../../platform/postgres/copy-rows.js';
import { examinePage } from './page.js';

const page = (...lines: readonly string[]) => examinePage(frameRows(lines), { name: 'loans' });

describe('examinePage', () => {
  it('finds the last key and what stands before its rows', () => {
    const lines = ['5,a,x', ',b,"y,\n"', '7,b,z'];
    const found = page(...lines);
    expect(found).toMatchObject({ rows: 3, lastId: 'b', duplicates: true, before: { id: 'a', rows: 1 } });
    expect(found.before!.end).toBe(frameRows(lines.slice(0, 1)).length);
  });

  it('compares keys by their bytes, quoted or not', () => {
    expect(page('1,"a""b",x', '1,"a,c",x', '1,ab,x', '1,é,x', '1,😀,x').duplicates).toBe(false);
    expect(page('1,"a,",x', '1,"a,",y')).toMatchObject({ duplicates: true, before: null, lastId: 'a,' });
  });

  it.each([
    [['1,b,x', '1,a,x'], 'b'],
    [['1,"b,",x', '1,a,x'], 'b,'],
    [['1,ab,x', '1,a,x'], 'ab'],
  ])('refuses rows that are out of order and names the key before', (lines, key) => {
    expect(() => page(...lines)).toThrow(
      expect.objectContaining({
        code: 'SOURCE_SCHEMA_MISMATCH',
        details: expect.objectContaining({ table: 'backend.loans', column: 'id', key }) as unknown,
      }),
    );
  });

  it('has no last key without rows', () => {
    expect(page()).toEqual({ rows: 0, lastId: null, before: null, duplicates: false });
  });
});
