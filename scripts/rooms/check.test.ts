import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../platform/project.js';
import { checkRooms } from './check.js';

const roots: string[] = [];

/** A small checkout with these files, node_modules borrowed from the real one. */
function plant(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'rooms-'));
  roots.push(root);
  symlinkSync(join(projectRoot, 'node_modules'), join(root, 'node_modules'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

const value = 'export const value = 1;\n';

/** A list of entry points with these files. */
const listOf = (...files: string[]): string =>
  `export const entryPoints = {${files.map((file, i) => `e${i}: { file: '${file}', kind: 'program' as const }`).join()}};\n`;

const clean = {
  'package.json': '{ "scripts": { "gen": "tsx scripts/generate.ts" } }',
  'platform/entry-points.ts': listOf('cli/ml', 'workflows/w'),
  'cli/ml.ts': "import { b } from '../learning/b.js';\nimport('../models/catalogue.js');\nb.parse('');\n",
  'models/catalogue.ts': 'export const load = (path: string) => import(`${path}/index.ts`);\n',
  'models/one/index.ts': value,
  'scripts/generate.ts': "export * from '../platform/entry-points.js';\n",
  'contracts/a.ts': "import { z } from 'zod';\nexport const a = z.string();\n",
  'learning/b.ts': "import { a } from '../contracts/a.js';\nexport const b = a;\n",
  'workflows/w.ts': "import type { a } from '../contracts/a.js';\nexport type W = typeof a;\n",
};

describe('checkRooms', () => {
  it('passes a clean tree and counts its modules', async () => {
    expect(await checkRooms(plant(clean))).toEqual({ modules: 8, violations: [] });
  });

  it('fails when it finds nothing to check', async () => {
    const { violations } = await checkRooms(plant({ 'contracts/readme.md': '' }));
    expect(violations).toEqual([expect.stringContaining('no-modules-found')]);
  });

  const faults: [string, string, Record<string, string>][] = [
    [
      'an upward import',
      'imports-go-down-only: learning',
      { 'platform/p.ts': value, 'learning/x.ts': "export * from '../platform/p.js';\n" },
    ],
    [
      'an upward import of a type',
      'imports-go-down-only: datasets',
      {
        'registry/r.ts': 'export interface R { a: 1 }\n',
        'datasets/x.ts': "import type { R } from '../registry/r.js';\nexport type X = R;\n",
      },
    ],
    [
      'rooms of one rank',
      'imports-go-down-only: labelling',
      { 'monitoring/m.ts': value, 'labelling/x.ts': "export * from '../monitoring/m.js';\n" },
    ],
    [
      'a workflow that reaches out',
      'workflows-see-contracts-only',
      { 'learning/l.ts': value, 'workflows/x.ts': "export * from '../learning/l.js';\n" },
    ],
    [
      'an activity that imports a workflow',
      'workflows-are-entered-by-name',
      { 'workflows/v.ts': value, 'activities/x.ts': "export * from '../workflows/v.js';\n" },
    ],
    [
      'one model seeing another',
      'models-do-not-see-each-other',
      { 'models/one/index.ts': value, 'models/two/index.ts': "export * from '../one/index.js';\n" },
    ],
    [
      'a model that knows a store',
      'models-see-contracts-learning-features',
      { 'platform/p.ts': value, 'models/one/index.ts': "export * from '../../platform/p.js';\n" },
    ],
    [
      'Temporal below activities',
      'temporal-stays-above',
      { 'registry/x.ts': "export { Client } from '@temporalio/client';\n" },
    ],
    ['contracts with a package', 'contracts-import-zod-only', { 'contracts/x.ts': "export { pino } from 'pino';\n" }],
    ['contracts with Node', 'contracts-import-zod-only', { 'contracts/x.ts': "export { join } from 'node:path';\n" }],
    [
      'the product using test code',
      'no-test-code-in-the-product',
      { 'tests/t.ts': value, 'scripts/x.ts': "export * from '../tests/t.js';\n" },
    ],
    [
      'a cycle',
      'no-cycles',
      { 'learning/x.ts': "export * from './y.js';\n", 'learning/y.ts': "export * from './x.js';\n" },
    ],
    ['an entry point that does not exist', 'entry-point-missing', { 'platform/entry-points.ts': listOf('cli/gone') }],
    [
      'an entry point that is imported',
      'entry-point-imported',
      { 'cli/start.ts': "import './ml.js';\n", 'scripts/generate.ts': "import '../cli/start.js';\n" },
    ],
    [
      'an entry point that is imported by a dynamic import',
      'entry-point-imported',
      { 'scripts/generate.ts': "await import('../cli/ml.js');\n" },
    ],
    ['a module that nothing reaches', 'unreachable-module', { 'learning/dead.ts': value }],
    [
      'a module that only its test reaches',
      'unreachable-module',
      { 'learning/dead.ts': value, 'learning/dead.test.ts': "import './dead.js';\n" },
    ],
    [
      'dead modules that import each other',
      'unreachable-module',
      {
        'learning/dead.ts': "import type { B } from './b2.js';\nexport type A = B;\n",
        'learning/b2.ts': 'export type B = 1;\n',
      },
    ],
    ['a script that npm does not name', 'unreachable-module', { 'scripts/forgotten.ts': value }],
    [
      'a listed file named in a string',
      'path-outside-entry-points',
      {
        'cli/ml.ts':
          "import '../learning/b.js';\nexport const start = (run: (file: string) => void) => run('cli/ml');\n",
      },
    ],
    [
      'a source file named with its ending',
      'path-outside-entry-points',
      { 'cli/ml.ts': "export const start = (run: (file: string) => void) => run('../learning/b.ts');\n" },
    ],
    [
      'a program named in a template',
      'path-outside-entry-points',
      {
        'learning/work-main.ts': value,
        'cli/ml.ts': 'export const file = (folder: string, end: string) => `${folder}/learning/work-main${end}`;\n',
      },
    ],
    ['an import that leads nowhere', 'resolvable', { 'learning/x.ts': "export * from './gone.js';\n" }],
  ];

  it('counts what a template of a model imports as reached', async () => {
    const template = "import { value } from '../../../learning/for-models.js';\n";
    const files = { 'scripts/templates/model/data/rows.ts.template': template, 'learning/for-models.ts': value };
    expect((await checkRooms(plant({ ...clean, ...files }))).violations).toEqual([]);
  });

  it('lets the types of an entry point be imported', async () => {
    const typed = `import type { W } from '../workflows/w.js';\n${clean['cli/ml.ts']}export type Answer = W;\n`;
    expect((await checkRooms(plant({ ...clean, 'cli/ml.ts': typed }))).violations).toEqual([]);
  });

  it.each(faults)('catches %s', async (_what, rule, files) => {
    const { violations } = await checkRooms(plant({ ...clean, ...files }));
    expect(violations.map((violation) => violation.split(': ').slice(0, -1).join(': '))).toContain(rule);
  });
});
