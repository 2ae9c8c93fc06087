import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tableSchema } from '../../contracts/table-schema.js';
import { readDataFile } from '../../datasets/sources/files/read-file.js';
import { fileColumns, isInFile } from '../../datasets/sources/files/column-sources.js';
import { findModel } from '../../models/catalogue.js';
import { createOutput } from '../output/output.js';
import type { CliContext } from '../program/context.js';
import { writeFileTemplate } from './file-template-view.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-template-'));
afterAll(() => rmSync(folder, { recursive: true }));

function context(json = false) {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({ write: (text: string) => ((written[name] += text), true) });
  const streams = { stdout: stream('stdout'), stderr: stream('stderr') };
  const out = createOutput(streams, { json, verbose: false, terminal: { NO_COLOR: '1' } });
  return { cli: { out } as unknown as CliContext, written };
}

const models = ['credit-risk-scorer', 'anomaly-detector', 'spending-predictor', 'intent-classifier', 'financial-ner'];

describe.each(models)('ml data template %s', (model) => {
  it.each(['csv', 'json'])('writes a %s file that can be trained from, with every column', async (ending) => {
    const { fileFormats } = await findModel(model);
    const path = join(folder, `${model}.${ending}`);
    const { cli, written } = context();
    await writeFileTemplate(cli, model, { output: path });
    const { table, format, remarks } = await readDataFile(path, fileFormats);
    expect(table.rowCount).toBeGreaterThanOrEqual(format.schema.minimumRows);
    expect(written.stderr).toContain(`ml train ${model} --data-path ${path}`);
    expect(remarks.filter((remark) => !remark.startsWith('columns that the file does not have'))).toEqual([]);
    if (ending === 'json') return;
    const [header = ''] = readFileSync(path, 'utf8').split('\n');
    expect(header.split(',')).toEqual(
      fileColumns(format)
        .filter(isInFile)
        .map(({ nameInFile }) => nameInFile),
    );
    expect(remarks).toEqual([]);
  });
});

describe('ml data template', () => {
  it('prints the file without an output, and as a member with --json', async () => {
    const { cli, written } = context();
    await writeFileTemplate(cli, 'intent-classifier', {});
    expect(written.stdout).toMatch(/^text,intent,part,group\n/);
    const json = context(true);
    await writeFileTemplate(json.cli, 'intent-classifier', { as: 'json' });
    const result = JSON.parse(json.written.stdout) as { readonly text: string; readonly rows: number };
    expect((JSON.parse(result.text) as unknown[]).length).toBe(result.rows);
  });

  it('does not write over a file, and names the known templates', async () => {
    const path = join(folder, 'twice.csv');
    await writeFileTemplate(context().cli, 'financial-ner', { output: path });
    const again = writeFileTemplate(context().cli, 'financial-ner', { output: path });
    await expect(again).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(writeFileTemplate(context().cli, 'nothing', {})).rejects.toThrow(/known: backend, anomaly-detector/);
  });
});

describe('ml data template --schema', () => {
  const written = {
    name: 'shop',
    label: 'paid',
    positive: 'late',
    group: 'customer',
    columns: [
      { name: 'customer', kind: 'integer' },
      { name: 'basket', kind: 'number', minimum: -5, maximum: 5 },
      { name: 'paid', kind: 'category', values: ['late', 'on time'] },
    ],
  };
  const schema = join(folder, 'shop.schema.json');
  beforeAll(() => writeFileSync(schema, JSON.stringify(written)));

  it.each(['credit-risk-scorer', 'anomaly-detector'])('writes rows that %s trains from by the schema', async (name) => {
    const model = await findModel(name);
    const path = join(folder, `${name}-shop.csv`);
    const { cli, written: printed } = context();
    await writeFileTemplate(cli, name, { schema, output: path });
    const { table } = await readDataFile(path, [model.tableFormat!(tableSchema.parse(written))]);
    expect(table.rowCount).toBeGreaterThanOrEqual(400);
    expect(new Set<unknown>([...table.columns['paid']!.values])).toEqual(new Set([0, 1]));
    expect(printed.stderr).toContain(`ml train ${name} --data-path ${path} --schema ${schema}`);
  });

  it('is refused by a model of texts in a sentence, and for a schema that is none', async () => {
    await expect(writeFileTemplate(context().cli, 'intent-classifier', { schema })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('columns of other names are given with --columns') as string,
    });
    const wrong = join(folder, 'wrong.schema.json');
    writeFileSync(wrong, JSON.stringify({ ...written, label: 'gone' }));
    await expect(writeFileTemplate(context().cli, 'credit-risk-scorer', { schema: wrong })).rejects.toThrow(
      'label: there is no column "gone" in columns',
    );
  });
});
