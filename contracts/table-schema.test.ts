import { describe, expect, it } from 'vitest';
import { learnedColumns, learnedOf, lineOfTable, tableSchema, type WrittenTableSchema } from './table-schema.js';

const sound: WrittenTableSchema = {
  name: 'loans',
  key: 'id',
  label: 'bad',
  time: 'madeAt',
  group: 'customer',
  protected: ['sex'],
  columns: [
    { name: 'id', kind: 'text' },
    { name: 'customer', kind: 'text' },
    { name: 'madeAt', kind: 'timestamp' },
    { name: 'income', kind: 'number', minimum: 0 },
    { name: 'job', kind: 'category', values: ['clerk', 'cook'] },
    { name: 'sex', kind: 'category' },
    { name: 'bad', kind: 'flag' },
  ],
};
const faults = (change: Partial<WrittenTableSchema>): string => {
  const parsed = tableSchema.safeParse({ ...sound, ...change });
  return parsed.success ? '' : parsed.error.issues.map(({ message }) => message).join('; ');
};
const withColumn = (column: WrittenTableSchema['columns'][number]) => ({ columns: [...sound.columns, column] });

describe('tableSchema', () => {
  it('learns from what has no role and is not protected', () => {
    const schema = tableSchema.parse(sound);
    expect(learnedColumns(schema).map(({ name }) => name)).toEqual(['income', 'job']);
    expect(lineOfTable(schema)).toBe('table-loans');
    expect(schema).toMatchObject({ windowDays: 90, schemaVersion: 1 });
  });

  it.each<[string, Partial<WrittenTableSchema>, string]>([
    ['a role without a column', { label: 'worse' }, 'there is no column "worse"'],
    ['two roles of one column', { group: 'id' }, 'column "id" has two roles'],
    ['a time that is no moment', { time: 'income' }, 'column "income" is a number, wanted timestamp'],
    ['a column that stands twice', withColumn({ name: 'job', kind: 'flag' }), 'column "job" stands twice'],
    ['a text without a role', withColumn({ name: 'note', kind: 'text' }), 'words to learn from are a category'],
    ['a second moment', withColumn({ name: 'until', kind: 'timestamp' }), 'only read as the time of the rows'],
    ['bounds of words', withColumn({ name: 'x', kind: 'category', minimum: 1 }), 'bounds belong to numbers'],
    ['a list of numbers', withColumn({ name: 'x', kind: 'number', values: ['1'] }), 'values belong to a category'],
    ['bounds the wrong way round', withColumn({ name: 'x', kind: 'number', minimum: 2, maximum: 1 }), 'above maximum'],
    ['nothing to learn from', { protected: ['sex', 'income', 'job'] }, 'no column is left to learn from'],
    ['a name with blanks', { name: 'my loans' }, 'kebab-case'],
  ])('refuses %s', (_what, change, finding) => {
    expect(faults(change)).toContain(finding);
  });

  it('decides on the model by columns and roles, not by descriptions and notes', () => {
    const schema = tableSchema.parse(sound);
    const columns = schema.columns.map((column) => ({ ...column, description: `${column.name} in words` }));
    expect(learnedOf({ ...schema, columns, guessed: ['label'], notUsed: { x: 'y' } })).toEqual(learnedOf(schema));
    expect(learnedOf({ ...schema, group: undefined })).not.toEqual(learnedOf(schema));
    expect(learnedOf({ ...schema, protected: [] })).not.toEqual(learnedOf(schema));
  });
});
