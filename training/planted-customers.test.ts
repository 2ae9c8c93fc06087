import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ModelDefinition } from '../contracts/model-definition.js';
import type { Column, Table } from '../contracts/table.js';
import { readDataFile } from '../datasets/sources/files/read-file.js';
import { textColumn } from '../learning/table.js';
import { loadCatalogue } from '../models/catalogue.js';
import { projectRoot } from '../platform/project.js';
import { trainContext } from '../tests/support/check-model.js';
import { trainArtefact } from './sample.js';

/* What is planted must be in rows only: a file of a model that holds it would hold a customer. */
const ID = 'zzplanted';
const MERCHANT = 'Zzqvendor Plantwala';
const NAME = 'Zzqella Plantgatak';
const [ACCOUNT, UPI] = ['739201844655', 'zzqella.plantgatak@okplant'];
const values = [ID, MERCHANT, NAME, ACCOUNT, UPI];

const isId = (name: string): boolean => /(^|_)(id|group)$|Id$/.test(name);

const replaced = (table: Table, name: string, change: (value: string, row: number) => string): Table => {
  const changed = textColumn(table, name).map((value, row) => (value === null ? null : change(value, row)));
  return { ...table, columns: { ...table.columns, [name]: { kind: 'text', values: changed } satisfies Column } };
};

/** Ids of all rows, and merchant and text of the rows of one customer, or of one group of texts. */
function plant(table: Table, group: string | null): Table {
  const owners = group === null ? [] : textColumn(table, group);
  const isOfFirst = (row: number): boolean => group === null || owners[row] === owners[0];
  let planted = table;
  for (const [name, column] of Object.entries(table.columns)) {
    if (column.kind !== 'text') continue;
    if (isId(name)) planted = replaced(planted, name, (value) => `${ID}-${value}`);
    else if (name === 'merchant') planted = replaced(planted, name, (value, row) => (isOfFirst(row) ? MERCHANT : value));
    else if (name === 'text' || name === 'description')
      planted = replaced(planted, name, (value, row) => (isOfFirst(row) ? `${value} ${NAME} a/c ${ACCOUNT} ${UPI}` : value)); // prettier-ignore
  }
  return planted;
}

/** Planted values in bytes, as text of one or two bytes a character, in either order, whatever the case. */
function valuesIn(bytes: Uint8Array): string[] {
  const text = Buffer.from(bytes).toString('latin1').toLowerCase();
  return values.filter((value) => {
    const little = Buffer.from(value.toLowerCase(), 'utf16le').toString('latin1');
    return [value.toLowerCase(), little, Buffer.from(little, 'latin1').swap16().toString('latin1')].some((form) =>
      text.includes(form),
    );
  });
}

async function trainPlanted(model: ModelDefinition) {
  const folder = join(projectRoot, 'models', model.name, 'fixtures');
  const setting = JSON.parse(await readFile(join(folder, 'check.json'), 'utf8')) as { file: string; params: unknown };
  const { format, table } = await readDataFile(join(folder, setting.file), model.fileFormats);
  const { schema } = format;
  const group = schema.split.kind === 'group' ? schema.split.column : (Object.keys(table.columns).find((name) => name === 'user_id') ?? null); // prettier-ignore
  const planted = plant(table, group);
  const data = { schema, table: planted };
  return { planted, ...(await trainArtefact(model, trainContext(), data, model.params.parse(setting.params))) };
}

const models = await loadCatalogue();

describe('files of a model', () => {
  it('are searched in every encoding that is looked for', () => {
    for (const value of values) {
      for (const encoding of ['utf8', 'utf16le'] as const)
        expect(valuesIn(Buffer.concat([Buffer.from([0, 7]), Buffer.from(value.toUpperCase(), encoding)]))).toContain(value); // prettier-ignore
      expect(valuesIn(Buffer.from(value, 'utf16le').swap16())).toContain(value);
    }
  });

  it.each(models.map((model) => [model.name, model] as const))(
    'of the %s hold no customer that it was trained on',
    async (_, model) => {
      const { planted, files } = await trainPlanted(model);
      expect(valuesIn(Buffer.from(JSON.stringify(planted.columns)))).not.toEqual([]);
      const found = Object.entries(files).flatMap(([name, bytes]) =>
        valuesIn(bytes).map((value) => `${name}: ${value}`),
      );
      expect(found).toEqual([]);
    },
    120_000,
  );
});
