import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DatasetSchema, FileFormat } from '../../../contracts/dataset.js';
import { readDataFile } from './read-file.js';

const schema: DatasetSchema = {
  line: 'pairs',
  columns: [
    { name: 'text', type: 'text', description: 'A line.' },
    { name: 'label', type: 'text', description: 'Its label.' },
  ],
  key: 'text',
  label: 'label',
  features: [{ name: 'text', kind: 'categorical', description: 'A line.' }],
  split: { kind: 'given', column: 'label', heldOut: ['b'] },
  minimumRows: 2,
};

const lines = (text: string): string[] => text.trim().split('\n');

/** Texts in one file, labels in another. */
const pairs: FileFormat = {
  name: 'pairs',
  description: 'seq.in and label',
  schema,
  encodings: ['text'],
  matches: () => false,
  layout: {
    matches: (files) =>
      files.some(({ name }) => name === 'part/seq.in') || files[0]?.text.startsWith('#pairs') === true,
    parse: (files) => {
      const of = (name: string): string[] => lines(files.find((file) => file.name.endsWith(name))?.text ?? 'x\ny');
      return {
        rowCount: of('seq.in').length,
        columns: { text: { kind: 'text', values: of('seq.in') }, label: { kind: 'text', values: of('label') } },
      };
    },
  },
};
const csv: FileFormat = { ...pairs, name: 'csv', encodings: ['csv'], matches: () => true };
const plainCsv = Object.fromEntries(Object.entries(csv).filter(([name]) => name !== 'layout')) as unknown as FileFormat;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'layout-'));
  await mkdir(join(folder, 'good/part'), { recursive: true });
  await writeFile(join(folder, 'good/part/seq.in.gz'), gzipSync('one\ntwo\n'));
  await writeFile(join(folder, 'good/part/label'), 'a\nb\n');
  await writeFile(join(folder, 'good/empty'), '');
  await writeFile(join(folder, 'good/.hidden'), 'x');
  await mkdir(join(folder, 'other'));
  await writeFile(join(folder, 'other/readme'), 'hello');
  await mkdir(join(folder, 'none'));
  await mkdir(join(folder, 'bad'));
  await writeFile(join(folder, 'bad/seq.in'), new Uint8Array([0xff, 0xfe, 0xfd]));
  await writeFile(join(folder, 'table.csv'), 'text,label\nfoo,a\nbar,b\n');
  await writeFile(join(folder, 'single.txt'), '#pairs\n');
});
afterAll(() => rm(folder, { recursive: true }));

describe('readDataFile with a text layout', () => {
  it('reads all files of a folder, plain or gzip, and hashes all of them', async () => {
    const { table, fileHash, fileName } = await readDataFile(join(folder, 'good'), [pairs]);
    expect(table.columns.text?.values).toEqual(['one', 'two']);
    expect(fileName).toBe('good');
    expect(fileHash).toMatch(/^[0-9a-f]{64}$/);
    await writeFile(join(folder, 'good/part/label'), 'a\nc\n');
    expect((await readDataFile(join(folder, 'good'), [pairs])).fileHash).not.toBe(fileHash);
  });

  it('reads a single file that the layout matches, and other files as tables', async () => {
    expect((await readDataFile(join(folder, 'single.txt'), [pairs])).format.name).toBe('pairs');
    const { format, table } = await readDataFile(join(folder, 'table.csv'), [pairs, plainCsv]);
    expect([format.name, table.rowCount]).toEqual(['csv', 2]);
  });

  it('rejects unknown, empty, malformed and absent input, each with its code', async () => {
    const code = (path: string, formats: readonly FileFormat[]): Promise<unknown> =>
      readDataFile(join(folder, path), formats).catch((fault: unknown) => (fault as { code: string }).code);
    expect(await code('other', [pairs])).toBe('UNKNOWN_FORMAT');
    expect(await code('none', [pairs])).toBe('FILE_EMPTY');
    expect(await code('bad', [pairs])).toBe('MALFORMED_FILE');
    expect(await code('absent', [pairs])).toBe('FILE_NOT_READABLE');
    expect(await code('good', [plainCsv])).toBe('FILE_NOT_READABLE');
  });
});
