import { expect, it } from 'vitest';
import { creditRisk } from './credit-risk.js';
import { userFinancials } from './user-financials.js';
import { viewColumns } from './view-columns.js';

it('viewColumns returns all fields of the views, in order, as nullable number columns', () => {
  const columns = viewColumns([userFinancials, creditRisk]);
  const fields = [...userFinancials.fields, ...creditRisk.fields];
  expect(columns.map(({ name }) => name)).toEqual(fields.map(({ name }) => name));
  expect(columns[0]).toMatchObject({
    type: 'number',
    nullable: true,
    description: expect.stringMatching(/ \(\w+\)$/) as string,
  });
});
