import { describe, expect, it } from 'vitest';
import type { FileFormat } from '../../../contracts/dataset.js';
import { parseLineName, withLine } from './line-names.js';

const format = (line: string, more: Partial<FileFormat> = {}): FileFormat => ({
  name: line,
  description: 'test layout',
  encodings: ['text'],
  schema: {
    line,
    key: 'id',
    label: 'label',
    columns: [],
    features: [],
    split: { kind: 'given', column: 'part', heldOut: ['test'] },
    minimumRows: 1,
  },
  matches: () => false,
  ...more,
});
const shared = format('conll', { isSharedLayout: true });
const lineOf = (path: string, named?: string): string => withLine(shared, path, named).schema.line;

describe('the line of a file', () => {
  it.each([
    ['/data/wikigold.conll.txt.gz', 'conll-wikigold'],
    ['FIN5', 'conll-fin5'],
    ['/data/FIN5/train.txt', 'conll-fin5'],
    ['hiner-validation/original.validation.conll.gz', 'conll-hiner-validation'],
    ['/sets/conll-2003', 'conll-2003'],
    ['/data/Société Générale (2026).bio', 'conll-societe-generale-2026'],
  ])('of a layout that data sets share has the name of %s', (path, line) => expect(lineOf(path)).toBe(line));

  it('has a hash where the name has no Latin letter, the same for the same name', () => {
    expect(lineOf('/a/समाचार.txt')).toMatch(/^conll-[0-9a-f]{8}$/);
    expect(lineOf('/b/समाचार.txt')).toBe(lineOf('/a/समाचार.txt'));
    expect(lineOf('/b/लेख.txt')).not.toBe(lineOf('/a/समाचार.txt'));
  });

  it('is that of its layout elsewhere, and the one that is named anywhere', () => {
    const own = format('transactions');
    expect(withLine(own, '/data/november.csv', undefined)).toBe(own);
    expect(withLine(own, '/data/november.csv', 'shop').schema.line).toBe('shop');
    expect(lineOf('/data/wikigold.txt', 'conll')).toBe('conll');
  });

  it.each(['', 'Shop', 'my shop', '7up', 'default', 'synthetic', 'a/b'])('is refused with the name %j', (name) =>
    expect(() => parseLineName(name)).toThrow(/--line-name/),
  );

  it('is a matter of the schema for a table by schema', () => {
    const { schema } = format('table-loans');
    const table = { ...schema, table: {} } as FileFormat['schema'];
    expect(() => withLine({ ...shared, schema: table }, 'loans.csv', 'shop')).toThrow(/change its member "name"/);
  });
});
