import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ESLint } from 'eslint';
import { check, resolveConfig } from 'prettier';
import ts from 'typescript';
import { afterAll, describe, expect, it } from 'vitest';
import { loadCatalogueFrom } from '../models/catalogue.js';
import { projectRoot } from '../platform/project.js';
import { checkModel } from '../tests/support/check-model.js';
import { createModelFolder } from './new-model.js';

/** Rooms that a fresh model folder imports; the rest of the checkout is not needed to compile it. */
const ROOMS = ['contracts', 'learning', 'feature-store', 'node_modules', 'package.json', 'tsconfig.json'];

const root = await mkdtemp(join(tmpdir(), 'new-model-'));
for (const room of ROOMS) await symlink(join(projectRoot, room), join(root, room));
const churn = await createModelFolder({ name: 'churn-predictor', root });
const spending = await createModelFolder({ name: 'spending-estimator', task: 'regression', root });
const models = await loadCatalogueFrom(join(root, 'models'));
/** Names whose subject is less plain than that of `churn-predictor`. */
const subjects = [
  ['late-fees', 'late fees', 'LateFeesParams'],
  ['row-predictor', 'row', 'RowParams'],
  ['predictor', 'predictor', 'PredictorParams'],
] as const;
const others = await Promise.all(subjects.map(([name]) => createModelFolder({ name, root })));
const files = [...churn, ...spending, ...others.flat()];
const code = files.filter((file) => file.endsWith('.ts'));
/** Breaks a rule of the compiler and one of the linter: each is asked for all files at once, and must find this one. */
const wrong = join(root, 'models/churn-predictor/wrong.ts');
await writeFile(wrong, 'export const wrong: number = "text";\nexport const impure = Date.now();\n');
afterAll(() => rm(root, { recursive: true }));

const read = (path: string): Promise<string> => readFile(join(root, 'models', path), 'utf8');

function compilerFaults(fileNames: readonly string[]): string[] {
  const { config } = ts.readConfigFile(join(projectRoot, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const ambient = join(projectRoot, 'learning/numeric/wasm/webassembly.d.ts');
  const program = ts.createProgram([...fileNames, ambient], options);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ file, messageText }) => `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
}

async function lintFaults(fileNames: readonly string[]): Promise<string[]> {
  const eslint = new ESLint({ cwd: root, overrideConfigFile: join(projectRoot, 'eslint.config.js') });
  const results = await eslint.lintFiles([...fileNames]);
  return results.flatMap(({ filePath, messages }) => messages.map(({ message }) => `${filePath}: ${message}`));
}

describe('new-model', () => {
  it('writes the folders of a model, which the catalogue loads', () => {
    expect(models.map(({ name, task }) => `${name}: ${task}`)).toEqual([
      'churn-predictor: binary-classification',
      'spending-estimator: regression',
    ]);
    const paths = churn.map((file) => relative(join(root, 'models/churn-predictor'), file));
    expect(paths).toEqual([
      'README.md',
      'card.ts',
      'churn-predictor.test.ts',
      'data/dataset.ts',
      'data/expectations.ts',
      'data/formats.ts',
      'data/label.ts',
      'data/request-features.ts',
      'evaluation/baseline.ts',
      'evaluation/score.ts',
      'fixtures/check.json',
      'fixtures/churn-predictor.csv',
      'index.ts',
      'params.ts',
      'prediction/predictor.ts',
      'training/train.ts',
    ]);
  });

  it('says what the model is about in every text, and leaves no placeholder', async () => {
    for (const file of files) expect(await readFile(file, 'utf8'), file).not.toMatch(/__|undefined/);
    expect(await read('churn-predictor/README.md')).toMatch(/^# Churn predictor\n\n.*probability of churn/);
    expect(models[0]?.card.purpose).toContain('probability of churn');
    expect(models[1]?.card.purpose).toContain('the spending of a customer');
    expect(await read('churn-predictor/training/train.ts')).toContain('ChurnParams');
  });

  it('compiles under the strict settings of the project', () => {
    expect(compilerFaults([...code, wrong])).toEqual([expect.stringMatching(/wrong\.ts: Type 'string'/)]);
  });

  it("passes the project's lint", async () => {
    expect(await lintFaults([...code, wrong])).toEqual([expect.stringMatching(/wrong\.ts: .*take the time/)]);
  });

  it("has the project's format", async () => {
    const style = await resolveConfig(join(projectRoot, 'package.json'));
    for (const file of code)
      expect(await check(await readFile(file, 'utf8'), { ...style, filepath: file }), file).toBe(true);
  });

  it.each(subjects)('takes the subject of %s from the name', async (name, subject, type) => {
    expect(await read(`${name}/card.ts`)).toContain(`probability of ${subject} of`);
    expect(await read(`${name}/params.ts`)).toContain(`type ${type} `);
  });

  it.each(['Late-Fees', 'late_fees', '../late', '9lives', '', 'late--fees'])('refuses the name "%s"', async (name) => {
    await expect(createModelFolder({ name, root })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('refuses a folder that exists and leaves it as it was', async () => {
    const before = await read('churn-predictor/README.md');
    await expect(createModelFolder({ name: 'churn-predictor', root })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await read('churn-predictor/README.md')).toBe(before);
  });
});

for (const model of models) checkModel(model, join(root, 'models', model.name));
