import { describe, expect, it } from 'vitest';
import { tableSchema, type WrittenTableSchema } from '../../../contracts/table-schema.js';
import type { Table } from '../../../contracts/table.js';
import { evaluationFormat, requireFittingSchema, requireOutcomeLabel, ROW_NUMBER, tableFileFormat } from './index.js';

const USE = { minimumRows: 4, fraction: 0.3, salt: 'test@1' };
const written: WrittenTableSchema = {
  name: 'loans',
  label: 'status',
  positive: 'late',
  columns: [
    { name: 'income', kind: 'number', monotone: -1, description: 'Income a month' },
    { name: 'status', kind: 'category', values: ['late', 'paid'] },
  ],
};
const schemaOf = (change: Partial<WrittenTableSchema> = {}, more: WrittenTableSchema['columns'] = []) =>
  tableSchema.parse({ ...written, ...change, columns: [...written.columns, ...more] });
const formatOf = (...schema: Parameters<typeof schemaOf>) => tableFileFormat(schemaOf(...schema), USE);
const text = (...values: (string | null)[]) => ({ kind: 'text' as const, values });
const tableOf = (columns: Table['columns']): Table => ({ rowCount: 4, columns });
const statuses = { status: text('late', ' paid', null, 'paid') };

describe('tableFileFormat', () => {
  it('numbers rows without a key and recodes the label', () => {
    const { columns } = formatOf().transform!(tableOf(statuses));
    expect(columns[ROW_NUMBER]).toEqual(text('1', '2', '3', '4'));
    expect(columns['status']).toEqual({ kind: 'number', values: Float64Array.of(1, 0, NaN, 0) });
  });

  it('reads codes that are written as other numbers', () => {
    const { columns } = formatOf({ positive: '2' }).transform!(tableOf({ status: text('2.0', '1', '1', '2') }));
    expect(columns['status']!.values).toEqual(Float64Array.of(1, 0, 0, 1));
  });

  it.each([
    ['more than two values', text('a', 'b', 'c', 'a'), 'found 3 different labels, wanted two outcomes'],
    [
      'one value written in two ways',
      text('late', 'Late', 'paid', 'late'),
      'found 3 different labels, some of which differ in case or blanks only, wanted two outcomes',
    ],
    ['no positive one', text('a', 'b', 'b', 'a'), 'no row has the label that the schema names'],
  ])('refuses a label with %s', (_what, status, finding) => {
    expect(() => formatOf().transform!(tableOf({ status }))).toThrow(finding);
  });

  it('divides by the parts of the table, and refuses other words and groups on both sides', () => {
    const roles = [
      { name: 'part', kind: 'category' as const },
      { name: 'who', kind: 'text' as const },
    ];
    const format = formatOf({ part: 'part', group: 'who' }, roles);
    expect(format.schema.split).toEqual({ kind: 'given', column: 'part', heldOut: ['test'] });
    const rows = (part: (string | null)[], who: string[]) =>
      tableOf({ ...statuses, part: text(...part), who: text(...who) });
    const whole = format.transform!(rows(['Train', 'test ', 'train', 'TEST'], ['a', 'b', 'a', 'c']));
    expect(whole.columns['part']).toEqual(text('train', 'test', 'train', 'test'));
    expect(() => format.transform!(rows(['train', 'test', 'train', 'test'], ['a', 'a', 'b', 'c']))).toThrow(
      expect.objectContaining({ code: 'INVALID_VALUE', message: expect.stringContaining('1 of 3 values') as string }),
    );
    expect(() => format.transform!(rows(['train', 'dev', 'train', 'test'], ['a', 'b', 'c', 'd']))).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ row: 2, column: 'part' }) as object }),
    );
  });

  it('holds groups out by hash, with a window where there is a time', () => {
    const roles = [
      { name: 'who', kind: 'integer' as const },
      { name: 'at', kind: 'timestamp' as const },
    ];
    const { schema } = formatOf({ group: 'who', time: 'at', windowDays: 30 }, roles);
    const window = { column: 'at', days: 30, known: 'status' };
    expect(schema.split).toEqual({ kind: 'group', column: 'who', fraction: 0.3, salt: 'test@1', window });
    expect(schema.columns.find(({ name }) => name === 'who')).toMatchObject({ type: 'text' });
    expect(schema.features).toEqual([{ name: 'income', kind: 'numeric', description: 'Income a month', monotone: -1 }]);
  });
});

describe('requireOutcomeLabel', () => {
  it.each<[string, Partial<WrittenTableSchema>, string]>([
    ['no label', { label: undefined }, 'the schema names no label'],
    ['an amount', { label: 'income', positive: undefined }, 'is a number, an amount to be estimated'],
    ['words without a positive one', { positive: undefined }, 'name with "positive" the one that counts as 1'],
  ])('refuses %s in a sentence', (_what, change, finding) => {
    const more = change.label === 'income' ? [{ name: 'x', kind: 'flag' as const }] : [];
    expect(() => requireOutcomeLabel(schemaOf(change, more), 'scorer')).toThrow(finding);
  });

  it('refuses many classes', () => {
    const columns = [written.columns[0]!, { name: 'status', kind: 'category' as const, values: ['a', 'b', 'c'] }];
    const schema = tableSchema.parse({ ...written, positive: 'a', columns });
    expect(() => requireOutcomeLabel(schema, 'scorer')).toThrow('has 3 classes: scorer learns which of two outcomes');
    expect(requireOutcomeLabel(schemaOf(), 'scorer')).toBe('status');
  });
});

describe('a second file', () => {
  const roles = [{ name: 'part', kind: 'category' as const }];

  it('needs no column that only divides training rows; of parts only the held-out one counts', () => {
    const format = evaluationFormat(formatOf({ part: 'part' }, roles));
    expect(format.matches({ fileName: 'x', columns: ['income', 'status'], width: 2 })).toBe(true);
    const parts = text('test', 'train', 'test', 'train');
    const found = format.transform!(tableOf({ status: text('late', 'paid', 'paid', 'paid'), part: parts }));
    expect(found.columns['status']!.values).toEqual(Float64Array.of(1, 0));
    expect(format.transform!(tableOf({ ...statuses, part: text(null, null, null, null) })).rowCount).toBe(4);
  });

  it('must be described with what the version learned from', () => {
    const learned = schemaOf({}, [{ name: 'age', kind: 'integer' }]);
    expect(() => requireFittingSchema(learned, schemaOf(), '1.0.0')).toThrow(
      'does not fit version 1.0.0: it lacks age',
    );
    const other = schemaOf({ positive: 'paid' }, [{ name: 'age', kind: 'number' }]);
    expect(() => requireFittingSchema(learned, other, '1.0.0')).toThrow(
      "age is a number, the version learned a integer; its label is status = paid, the version's status = late",
    );
    expect(() => requireFittingSchema(learned, learned, '1.0.0')).not.toThrow();
  });
});
