import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { check } from 'prettier';
import { describe, expect, it } from 'vitest';
import { errorTable } from '../contracts/errors.js';
import { tableSpecs } from '../datasets/sources/backend/tables.js';
import { projectRoot } from '../platform/project.js';
import {
  generateFiles,
  renderAliases,
  renderBackendTables,
  renderErrorPage,
  renderSchemaPage,
  staleFiles,
} from './generate.js';

const page = readFileSync(join(projectRoot, 'docs/backend-schema.md'), 'utf8');

describe('generated files', () => {
  it('are up to date (run `npm run gen` when this fails)', async () => {
    expect((await staleFiles(projectRoot)).map(({ path }) => path)).toEqual([]);
  });

  it('are reported as out of date after an edit, and as up to date once written', async () => {
    const root = await mkdtemp(join(tmpdir(), 'generate-'));
    try {
      const files = await generateFiles();
      const paths = files.map(({ path }) => path);
      expect((await staleFiles(root)).map(({ path }) => path)).toEqual(paths);
      for (const { path, content } of files) {
        await mkdir(dirname(join(root, path)), { recursive: true });
        await writeFile(join(root, path), content);
      }
      expect(await staleFiles(root)).toEqual([]);
      await writeFile(join(root, paths[0]!), `${files[0]!.content} `);
      expect((await staleFiles(root)).map(({ path }) => path)).toEqual([paths[0]]);
    } finally {
      await rm(root, { recursive: true });
    }
  });

  it('hold every error code with its meaning, status and exit code', () => {
    const page = renderErrorPage();
    for (const [code, { meaning, status, exit }] of Object.entries(errorTable)) {
      const line = page.split('\n').find((candidate) => candidate.includes(`\`${code}\``)) ?? '';
      for (const wanted of [meaning, String(status), String(exit)]) expect(line, code).toContain(wanted);
    }
  });

  it('describe every column of every source table, and keep the text around them', () => {
    const tables = renderBackendTables();
    for (const { name, columns } of Object.values(tableSpecs)) {
      const [, section = ''] = tables.split(`### backend.${name}\n`);
      for (const column of columns) expect(section, name).toContain(`| \`${column.name}\``);
    }
    const marks = /<!-- tables.*?-->|<!-- end of tables -->/g;
    const [start = '', end = ''] = page.match(marks) ?? [];
    expect(renderSchemaPage(`before ${start} old ${end} after`)).toBe(`before ${start}\n\n${tables}\n\n${end} after`);
    expect(() => renderSchemaPage('no marks')).toThrow(/lacks the marks/);
  });

  it('name one workflow a model and pass the format check', async () => {
    const source = renderAliases(['credit-risk-scorer', 'financial-ner']);
    expect(source).toContain('export async function trainCreditRiskScorer(');
    expect(source).toContain("modelName: 'financial-ner'");
    const options = { singleQuote: true, printWidth: 120, trailingComma: 'all', parser: 'typescript' } as const;
    expect(await check(source, options)).toBe(true);
  });
});
