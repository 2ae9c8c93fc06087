import { acceptUnsigned } from '../tests/support/accept-unsigned.js';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, describe, expect, it } from 'vitest';
import type { Table } from '../contracts/table.js';
import { joinPointInTime } from '../feature-store/offline/join-point-in-time.js';
import { createPredictorPool } from '../inference/predictor-pool.js';
import { freezeHoldout, splitHoldout } from '../learning/evaluation/split/index.js';
import { loadCatalogueFrom } from '../models/catalogue.js';
import { openBlobStore } from '../platform/blobs/open.js';
import { projectRoot } from '../platform/project.js';
import { storeArtefact } from '../registry/artefacts.js';
import { WITHOUT_CHAMPION } from '../registry/champion-gate.js';
import { judgeGates } from '../registry/gates.js';
import { trainArtefact } from '../training/sample.js';
import { checkModel, trainContext } from '../tests/support/check-model.js';
import { generatedTables } from '../tests/support/generated-tables.js';

const MOST_LINES = 150;
const ROOMS = ['contracts', 'learning', 'feature-store', 'node_modules', 'package.json', 'tsconfig.json'];

const page = await readFile(join(projectRoot, 'docs/adding-a-model.md'), 'utf8');
/** Code blocks headed by the file they belong to. */
const blocks = [...page.matchAll(/^### ([\w./-]+)\n\n```ts\n([\s\S]*?)^```$/gm)].map(([, path = '', text = '']) => ({
  path,
  text,
}));

const root = await mkdtemp(join(tmpdir(), 'adding-a-model-'));
const folder = join(root, 'models/churn-predictor');
for (const room of ROOMS) await symlink(join(projectRoot, room), join(root, room));
async function writeBelow(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}
for (const { path, text } of blocks) await writeBelow(path, text);
const [model] = await loadCatalogueFrom(join(root, 'models'));
if (model === undefined) throw new Error('the page has no model');
const { backend } = model;
afterAll(() => rm(root, { recursive: true }));

/** The training table of generated customers, as the data pipeline makes it. */
function trainingTable(): Table {
  const { tables, asOf } = generatedTables({ users: 80, months: 18 });
  const { table } = backend.rows(tables, { asOf, source: 'generated' });
  return joinPointInTime(table, backend.views, tables);
}

const cellOf = (value: number | string | null): string => (value === null || Number.isNaN(value) ? '' : String(value));

/** A table as a CSV file of the model's own layout. */
function asCsv({ rowCount, columns }: Table, names: readonly string[]): string {
  const isTime = (name: string): boolean => columns[name]?.kind === 'timestamp';
  const cell = (name: string, row: number): string => {
    const value = columns[name]!.values[row]!;
    return isTime(name) ? new Date(value).toISOString() : cellOf(value);
  };
  const lines = Array.from({ length: rowCount }, (_, row) => names.map((name) => cell(name, row)).join(','));
  return [names.join(','), ...lines, ''].join('\n');
}

const table = trainingTable();
await writeBelow('fixtures/churn.csv', asCsv(table, backend.schema.columns.map(({ name }) => name))); // prettier-ignore
const floors = [{ metric: 'aucRoc', atLeast: 0.75 }];
await writeBelow('fixtures/check.json', JSON.stringify({ file: 'churn.csv', params: {}, floors }));

describe('the model of docs/adding-a-model.md', () => {
  it('is complete in at most 150 lines', () => {
    const lines = blocks.reduce((sum, { text }) => sum + text.trimEnd().split('\n').length, 0);
    expect(blocks.map(({ path }) => path)).toContain('index.ts');
    expect(lines).toBeGreaterThan(80);
    expect(lines).toBeLessThanOrEqual(MOST_LINES);
  });

  it('compiles under the strict settings of the project', () => {
    const { config } = ts.readConfigFile(join(projectRoot, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
      config: unknown;
    };
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
    const ambient = join(projectRoot, 'learning/numeric/wasm/webassembly.d.ts');
    const program = ts.createProgram([...blocks.map(({ path }) => join(folder, path)), ambient], options);
    const faults = ts.getPreEmitDiagnostics(program);
    expect(faults.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
  });

  it('trains on generated data, beats its baseline and is served from the stored artefact', async () => {
    const { schema } = backend;
    const parts = splitHoldout(freezeHoldout(schema.split, table), table);
    const [train, holdout] = [parts.train, parts.holdout].map((part) => ({ schema, table: part }));
    const trained = await trainArtefact(model, trainContext(), train!, model.params.parse({}));
    const blobs = openBlobStore(pathToFileURL(join(root, 'blobs')).href, join(root, 'cache'));
    const predictors = createPredictorPool({
      blobs,
      findModel: () => Promise.resolve(model),
      requireSigned: acceptUnsigned,
    });
    const { name: modelName, definitionVersion } = model;
    const { artefactHash } = await storeArtefact(blobs, {
      modelName,
      definitionVersion,
      line: schema.line,
      ...trained,
    });

    const [scored, answers] = await predictors.use({ modelName, artefactHash }, async (predictor) => [
      await model.score(predictor, holdout!, trainContext()),
      await predictor.predict([predictor.input.parse({ incomeVariation: 2 }), { incomeVariation: 0.05 }]),
    ]);
    const [irregular, regular] = answers as { probability: number }[];
    expect(irregular!.probability).toBeGreaterThan(regular!.probability);

    const { metrics } = model.evaluate(scored, holdout!, trainContext());
    const baseline = model.baseline(train!, holdout!);
    const comparisons = [model.compare(scored, baseline.scored, 'baseline', trainContext())];
    const gates = judgeGates(model.gates, schema.line, {
      metrics: [...metrics],
      comparisons,
      against: WITHOUT_CHAMPION,
    });
    expect(metrics[0]).toMatchObject({ name: 'aucRoc' });
    expect(metrics[0]!.value).toBeGreaterThan(0.8);
    expect(gates.map(({ gate, passed }) => [gate, passed])).toEqual([[expect.any(String), true]]);
  });
});

checkModel(model, folder);
