import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
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
const files = await createModelFolder('late-fees', root);
const [model] = await loadCatalogueFrom(join(root, 'models'));
afterAll(() => rm(root, { recursive: true }));

function compilerFaults(fileNames: readonly string[]): string[] {
  const { config } = ts.readConfigFile(join(projectRoot, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram([...fileNames], options);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe('new-model', () => {
  it('writes a folder that the catalogue loads, with no placeholder left', async () => {
    expect(model?.name).toBe('late-fees');
    const names = files.map((file) => file.slice(join(root, 'models/late-fees/').length));
    for (const wanted of ['index.ts', 'README.md', 'late-fees.test.ts', 'fixtures/check.json'])
      expect(names).toContain(wanted);
    for (const file of files) expect(await readFile(file, 'utf8'), file).not.toMatch(/__MODEL/);
  });

  it('compiles under the strict settings of the project', () => {
    expect(compilerFaults(files.filter((file) => file.endsWith('.ts')))).toEqual([]);
    // The same call does find a fault when there is one.
    const broken = join(root, 'models/late-fees/broken.ts');
    return writeFile(broken, 'export const wrong: number = "text";\n').then(() =>
      expect(compilerFaults([broken])).toHaveLength(1),
    );
  });

  it.each(['Late-Fees', 'late_fees', '../late', '9lives', '', 'late--fees'])('refuses the name "%s"', async (name) => {
    await expect(createModelFolder(name, root)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('refuses a folder that exists and leaves it as it was', async () => {
    const before = await readFile(files[0]!, 'utf8');
    await expect(createModelFolder('late-fees', root)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await readFile(files[0]!, 'utf8')).toBe(before);
  });

  it('is loaded from the folder it was written to', () => {
    expect(pathToFileURL(files[0]!).href).toContain('models/late-fees');
  });
});

if (model) checkModel(model, join(root, 'models/late-fees'));
