import type { ColumnSpec, FileFormat } from '../../../../contracts/dataset.js';
import { errorAt } from '../../../../contracts/errors.js';
import type { Table } from '../../../../contracts/table.js';
import { asFeature } from '../directions.js';
import { NEEDED_OF_A_CLASS } from '../needed-of-a-class.js';
import { numberColumn, textColumn, withColumn } from '../../../../learning/table.js';

const codes = (attribute: number, from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `A${attribute}${from + i}`);

const category = (name: string, categories: readonly string[], description: string): ColumnSpec => ({
  name,
  type: 'category',
  categories,
  description,
});

const number = (name: string, maximum: number, description: string): ColumnSpec => ({
  name,
  type: 'number',
  minimum: 0,
  maximum,
  description,
});

/** The twenty attributes in the file's order (german.doc), amounts in Deutsche Mark. */
const attributes: readonly ColumnSpec[] = [
  category('checkingStatus', codes(1, 1, 4), 'Balance of the checking account in classes; A14 = no account.'),
  number('durationMonths', 600, 'Duration of the credit, in months.'),
  category('creditHistory', codes(3, 0, 4), 'History from A30 = no credits to A34 = critical account.'),
  category('purpose', codes(4, 0, 10), 'Purpose: cars, furniture, education, business …'),
  number('creditAmount', 1e9, 'Amount of the credit, in DM.'),
  category('savings', codes(6, 1, 5), 'Savings in classes; A65 = unknown or none.'),
  category('employmentSince', codes(7, 1, 5), 'Years in the present employment in classes; A71 = unemployed.'),
  number('instalmentRate', 100, 'Instalment in percent of disposable income, in four classes.'),
  category('statusAndSex', codes(9, 1, 5), 'Marital status with sex: A92 and A95 are women. Protected.'),
  category('otherDebtors', codes(10, 1, 3), 'Co-applicant or guarantor.'),
  number('residenceSince', 100, 'Years at the present residence, in four classes.'),
  category('property', codes(12, 1, 4), 'Most valuable property; A124 = unknown or none.'),
  number('ageYears', 120, 'Age in years. Protected.'),
  category('otherInstalmentPlans', codes(14, 1, 3), 'Instalment plans elsewhere; A143 = none.'),
  category('housing', codes(15, 1, 3), 'Rent, own, for free.'),
  number('existingCredits', 100, 'Credits at this bank.'),
  category('job', codes(17, 1, 4), 'Skill class of the job.'),
  number('dependants', 100, 'People to be maintained.'),
  category('telephone', codes(19, 1, 2), 'A192 = registered telephone.'),
  category('foreignWorker', codes(20, 1, 2), 'A201 = foreign worker. Protected.'),
];

const protectedNames = ['statusAndSex', 'ageYears', 'foreignWorker'];

/** The file's 1 = good and 2 = bad become 0 and 1. @throws PipelineError `INVALID_VALUE` for another code. */
function recodeLabels(table: Table): Float64Array {
  return numberColumn(table, 'bad').map((code, i) => {
    if (code === 1 || code === 2) return code - 1;
    throw errorAt('INVALID_VALUE', { row: i + 1, column: 'bad' }, 'wanted 1 (good) or 2 (bad)');
  });
}

/** The file has no key, so the row number is the key. Sex is part of attribute 9. */
function addDerived(table: Table): Table {
  const rowNumbers = Array.from({ length: table.rowCount }, (_, i) => String(i + 1));
  const sex = textColumn(table, 'statusAndSex').map((code) => (code === 'A92' || code === 'A95' ? 'female' : 'male'));
  const labelled = withColumn(table, 'bad', { kind: 'number', values: recodeLabels(table) });
  const named = withColumn(labelled, 'row', { kind: 'text', values: rowNumbers });
  return withColumn(named, 'sex', { kind: 'text', values: sex });
}

/** German credit (Hofmann 1994; UCI, CC BY 4.0): 1,000 credits, 20 attributes separated by blanks, no header. */
export const german: FileFormat = {
  name: 'german',
  description: 'UCI Statlog german.data: 20 attributes and the label (1 good, 2 bad), separated by blanks, no header.',
  encodings: ['csv'],
  delimiter: ' ',
  positionalColumns: [...attributes.map(({ name }) => name), 'bad'],
  derivedColumns: ['row', 'sex'],
  schema: {
    line: 'german',
    columns: [
      ...attributes,
      // 0/1 once transformed; the file itself holds 1/2.
      { name: 'bad', type: 'integer', minimum: 0, maximum: 2, description: 'The label: 1 = bad credit, 0 = good.' },
      { name: 'row', type: 'text', unique: true, description: 'Number of the row in the file.' },
      category('sex', ['female', 'male'], 'From attribute 9. Protected.'),
    ],
    key: 'row',
    label: 'bad',
    features: attributes.filter(({ name }) => !protectedNames.includes(name)).map(asFeature),
    protectedColumns: ['sex', ...protectedNames],
    split: { kind: 'group', column: 'row', fraction: 0.3, salt: 'german@1' },
    minimumRows: 100,
  },
  neededOfAClass: NEEDED_OF_A_CLASS,
  matches: ({ columns, width }) => columns === null && width === attributes.length + 1,
  transform: addDerived,
};
