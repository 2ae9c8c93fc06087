import type { ColumnSpec, FileFormat } from '../../../../contracts/dataset.js';
import { asFeature } from '../directions.js';
import { NEEDED_OF_A_CLASS } from '../needed-of-a-class.js';
import { addDerived, derivedColumns } from './taiwan-derived.js';

const MONTHS = ['September', 'August', 'July', 'June', 'May', 'April'] as const;
/** Yeh and Lien's names of the columns; amounts in New Taiwan dollars, months of 2005. */
const meanings: readonly string[] = [
  'Credit limit, family included, in TWD.',
  'Sex: 1 man, 2 woman. Protected.',
  'Education: 1 graduate school, 2 university, 3 high school, 4 other; 0, 5 and 6 are undocumented.',
  'Marital status: 1 married, 2 single, 3 other; 0 is undocumented. Protected.',
  'Age in years. Protected.',
  ...MONTHS.map((month) => `Repayment status in ${month} 2005: -2 no use, -1 paid, 0 revolving, n months late.`),
  ...MONTHS.map((month) => `Bill of ${month} 2005, in TWD; negative is a credit balance.`),
  ...MONTHS.map((month) => `Paid in ${month} 2005, in TWD.`),
];

/** Sex, marital status and age: used for slices, never as features. */
const protectedColumns = ['X2', 'X4', 'X5'];

const attributes: readonly ColumnSpec[] = meanings.map((description, i) => ({
  name: `X${i + 1}`,
  type: 'number',
  description,
  minimum: -1e9,
  maximum: 1e9,
}));

/** Default of credit card clients in Taiwan, October 2005 (Yeh and Lien 2009; UCI, CC BY 4.0). All columns are numbers; ratios are added. */
export const taiwan: FileFormat = {
  name: 'taiwan',
  description: 'UCI "default of credit card clients": header ID,X1..X23,Y; Y = 1 is a default in the next month.',
  encodings: ['csv'],
  derivedColumns: derivedColumns.map(({ name }) => name),
  schema: {
    line: 'taiwan',
    columns: [
      { name: 'ID', type: 'text', unique: true, description: 'Number of the client.' },
      ...attributes,
      ...derivedColumns,
      { name: 'Y', type: 'flag', description: 'The label: 1 = default in October 2005.' },
    ],
    key: 'ID',
    label: 'Y',
    features: [...attributes.filter(({ name }) => !protectedColumns.includes(name)), ...derivedColumns].map(asFeature),
    protectedColumns,
    split: { kind: 'group', column: 'ID', fraction: 0.2, salt: 'taiwan@1' },
    minimumRows: 100,
  },
  neededOfAClass: NEEDED_OF_A_CLASS,
  matches: ({ columns }) => columns !== null && ['ID', 'X1', 'X23', 'Y'].every((name) => columns.includes(name)),
  transform: addDerived,
};
