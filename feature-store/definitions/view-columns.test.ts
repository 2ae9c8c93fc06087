import { describe, expect, it } from 'vitest';
import { userFinancials } from './user-financials.js';
import { viewColumns } from './view-columns.js';

describe('viewColumns', () => {
  it('describes all fields of a view, in order, as numbers that may be unknown', () => {
    const columns = viewColumns([userFinancials]);
    expect(columns.map(({ name }) => name)).toEqual(userFinancials.fields.map(({ name }) => name));
    expect(columns[0]).toMatchObject({
      type: 'number',
      nullable: true,
      description: expect.stringMatching(/\(\w+\)$/) as string,
    });
  });

  it('describes the wanted fields in the wanted order', () => {
    const names = ['spendingTrend', 'incomeTrend'];
    expect(viewColumns([userFinancials], names).map(({ name }) => name)).toEqual(names);
  });

  it('refuses a field that no view has', () => {
    expect(() => viewColumns([userFinancials], ['incomeTrnd'])).toThrow(
      expect.objectContaining({ code: 'INVALID_MODEL', details: { field: 'incomeTrnd' } }),
    );
  });
});
