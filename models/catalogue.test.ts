import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../platform/project.js';
import { checkModel } from '../tests/support/check-model.js';
import { findModel, loadCatalogue, loadCatalogueFrom } from './catalogue.js';

const catalogue = await loadCatalogue();
for (const model of catalogue) checkModel(model, join(projectRoot, 'models', model.name));

describe('catalogue', () => {
  it('holds one model a folder, sorted by name', () => {
    const names = catalogue.map(({ name }) => name);
    expect(names).toContain('credit-risk-scorer');
    expect(names).toEqual([...names].sort());
  });

  it('finds a model and names the known ones when there is no such model', async () => {
    expect((await findModel('credit-risk-scorer')).name).toBe('credit-risk-scorer');
    await expect(findModel('tea-leaves')).rejects.toMatchObject({
      code: 'UNKNOWN_MODEL',
      message: expect.stringContaining('credit-risk-scorer') as string,
    });
  });
});

describe('a broken model folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'catalogue-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function fault(name: string, source: string | null): Promise<unknown> {
    await mkdir(join(folder, name));
    if (source !== null) await writeFile(join(folder, name, 'index.ts'), source);
    return loadCatalogueFrom(folder).catch((caught: unknown) => caught);
  }

  it.each([
    ['without an index file', null, 'there is no index.ts'],
    ['without a `model` export', 'export const other = 1;', 'no export named `model`'],
    ['whose model lacks functions', "export const model = { name: 'tea-leaves' };", 'has no function train'],
  ])('%s is named', async (_case, source, wanted) => {
    const found = await fault('tea-leaves', source);
    expect(found).toMatchObject({ code: 'INVALID_MODEL', message: expect.stringContaining(wanted) as string });
  });

  it('with the name of another model is refused, so that no two folders share a name', async () => {
    const functions = ['train', 'predictor', 'sampleInputs', 'baseline', 'score', 'evaluate', 'compare'].map(
      (name) => `${name}() {}`,
    );
    const source = `export const model = { name: 'credit-risk-scorer', ${functions.join(', ')} };`;
    expect(await fault('tea-leaves', source)).toMatchObject({
      code: 'INVALID_MODEL',
      message: expect.stringContaining('folder and name must agree') as string,
    });
  });

  it('is not hidden by the sound ones, and an empty folder is an empty catalogue', async () => {
    expect(await loadCatalogueFrom(folder)).toEqual([]);
  });
});
