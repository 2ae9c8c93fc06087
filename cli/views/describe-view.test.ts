import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { tableSchema } from '../../contracts/table-schema.js';
import { createOutput } from '../output/output.js';
import type { CliContext } from '../program/context.js';
import { describeData } from './describe-view.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-describe-view-'));
afterAll(() => rmSync(folder, { recursive: true }));

function context(json = false) {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({ write: (text: string) => ((written[name] += text), true) });
  const out = createOutput(
    { stdout: stream('stdout'), stderr: stream('stderr') },
    { json, verbose: false, terminal: { NO_COLOR: '1' } },
  );
  return { cli: { out } as unknown as CliContext, written };
}

const file = join(folder, 'visits.csv');
const rows = Array.from(
  { length: 60 },
  (_, row) => `${row},${row % 3 === 0 ? '' : row},${row % 2 === 0 ? 'f' : 'm'},${row % 2}`,
);
writeFileSync(file, `visitId,minutes,sex,bad\n${rows.join('\n')}\n`);

it('prints a line a column and writes a schema that can be read, once', async () => {
  const schema = join(folder, 'visits.schema.json');
  const { cli, written } = context();
  await describeData(cli, file, { writeSchema: schema });
  expect(written.stdout).toMatch(/minutes +integer +33\.3 % +1 to 59 +learned from/);
  expect(written.stdout).toMatch(/sex +category +f, m +protected \(guess\)/);
  expect(written.stderr).toContain('guessed: key, label, protected');
  expect(tableSchema.parse(JSON.parse(readFileSync(schema, 'utf8')))).toMatchObject({ name: 'visits', label: 'bad' });
  await expect(describeData(cli, file, { writeSchema: schema })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

it('writes nothing without --write-schema, and has the draft in --json', async () => {
  const { cli, written } = context(true);
  await describeData(cli, file, {});
  expect(JSON.parse(written.stdout)).toMatchObject({ rows: 60, written: null, schema: { key: 'visitId' } });
  expect(written.stderr).toContain('--write-schema');
});
