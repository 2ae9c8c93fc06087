import type { ColumnSpec } from '../../../contracts/dataset.js';
import { employments, loanKinds } from './vocabulary.js';

const optional = { nullable: true } as const;

/** What is known from the application itself at the moment it is made. */
export const requestColumns = [
  { name: 'kind', type: 'category', categories: loanKinds, description: 'Kind of loan asked for.' },
  { name: 'requestedAmount', type: 'number', minimum: 0, maximum: 1e10, description: 'Amount asked for.' },
  { name: 'termMonths', type: 'number', minimum: 1, maximum: 600, description: 'Monthly instalments asked for.' },
  { name: 'declaredMonthlyIncome', type: 'number', minimum: 0, ...optional, description: 'Income as declared.' },
  { name: 'employment', type: 'category', categories: employments, ...optional, description: 'As declared.' },
  { name: 'collateralValue', type: 'number', minimum: 0, ...optional, description: 'Value of the collateral.' },
  { name: 'loanToValue', type: 'number', minimum: 0, ...optional, description: 'Amount over collateral value.' },
  {
    name: 'emiToIncome',
    type: 'number',
    minimum: 0,
    ...optional,
    description: 'Indicative instalment (annuity at the reference rate) over declared income.',
  },
] as const satisfies readonly ColumnSpec[];

type RequestColumn = (typeof requestColumns)[number]['name'];

/** The spec of a column by name: one for training rows and for requests. */
export const requestColumn = (name: RequestColumn): ColumnSpec =>
  requestColumns.find((column) => column.name === name)!;
