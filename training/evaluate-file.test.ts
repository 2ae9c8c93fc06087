import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { DatasetRef } from '../contracts/dataset.js';
import { tableSchema, type WrittenTableSchema } from '../contracts/table-schema.js';
import { loadDataset, loadDatasetRef } from '../datasets/snapshots/dataset-store.js';
import { storeTrainingFile } from '../datasets/snapshots/store-file.js';
import { readDataFile } from '../datasets/sources/files/read-file.js';
import { freezeHoldout } from '../learning/evaluation/split/index.js';
import { projectRoot } from '../platform/project.js';
import { createRandom } from '../learning/numeric/random/index.js';
import { readTableSchema } from '../learning/tabular/table-format/index.js';
import { writeCsv } from '../learning/text/csv.js';
import { findModel } from '../models/catalogue.js';
import { openBlobStore } from '../platform/blobs/open.js';
import type { JobContext } from '../platform/child-process/define-job.js';
import { loadArtefact } from '../registry/artefacts.js';
import { storeCreditDataset } from '../tests/support/credit-dataset.js';
import { schemaOf, tableFormatOf } from './dataset-schema.js';
import { evaluateFile } from './evaluate-file.js';
import { evaluateModel } from './evaluate.js';
import { fitModel } from './fit.js';
import { requireSameTarget } from './require-same-target.js';

const MODEL = 'credit-risk-scorer';
const folder = mkdtempSync(join(tmpdir(), 'ml-evaluate-'));
const blobs = openBlobStore(pathToFileURL(folder).href, folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const context = {
  blobs,
  signal: new AbortController().signal,
  onProgress: () => undefined,
  checkpoints: { load: () => Promise.resolve(null), save: () => Promise.resolve() },
} as unknown as JobContext;

const written: WrittenTableSchema = {
  name: 'shop',
  key: 'order',
  label: 'paid',
  positive: 'late',
  part: 'part',
  protected: ['sex'],
  columns: [
    { name: 'order', kind: 'text' },
    { name: 'part', kind: 'category' },
    // Called as a column of a public set, and something else.
    { name: 'X1', kind: 'number', minimum: -50, maximum: 50, description: 'Basket in euros' },
    { name: 'city', kind: 'category', values: ['Pune', 'Agra'] },
    { name: 'sex', kind: 'category' },
    { name: 'paid', kind: 'category' },
  ],
};
const names = ['order', 'part', 'X1', 'city', 'sex', 'paid'];
const ROWS = 300;

function rowsFrom(seed: number, prefix: string): string[][] {
  const random = createRandom(seed);
  return Array.from({ length: ROWS }, (_, row) => {
    const basket = random.normal();
    const late = basket + random.normal() > 0.5;
    const cells = [basket.toFixed(3), random.uniform() < 0.5 ? 'Pune' : 'Agra', random.uniform() < 0.5 ? 'f' : 'm'];
    return [`${prefix}${row}`, row % 4 === 0 ? 'test' : 'train', ...cells, late ? 'late' : 'on time'];
  });
}
function write(name: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const path = join(folder, name);
  writeFileSync(path, writeCsv(head, rows));
  return path;
}
const without = (column: string, rows: readonly (readonly string[])[]): [string[], string[][]] => {
  const kept = (_: string, i: number): boolean => names[i] !== column;
  return [names.filter(kept), rows.map((row) => row.filter(kept))];
};

let dataset: DatasetRef;
let artefactHash: string;
let evaluationHash: string;
let metrics: readonly { readonly name: string; readonly n: number }[];

/** Trains one version as a run does. */
beforeAll(async () => {
  const model = await findModel(MODEL);
  const path = write('training.csv', names, rowsFrom(1, 'a'));
  const file = await readDataFile(path, [tableFormatOf(model, tableSchema.parse(written))]);
  dataset = await loadDatasetRef(blobs, await storeTrainingFile(blobs, MODEL, file));
  const { table } = await loadDataset(blobs, dataset.hash);
  const holdout = freezeHoldout((await schemaOf(blobs, model, dataset)).split, table);
  const params = model.params.parse({ nEstimators: 30 }) as Record<string, unknown>;
  const step = { runKey: 'run', modelName: MODEL, dataset, seed: 1, holdout, holdoutHashes: [] };
  const fitted = await fitModel.run(fitModel.input.parse({ ...step, params, shards: [] }), context);
  artefactHash = fitted.artefactHash;
  const { trainingRowsHash } = fitted;
  const judged = {
    ...step,
    artefactHash,
    trainingRowsHash,
    champion: null,
    reason: null,
  };
  const found = await evaluateModel.run(
    evaluateModel.input.parse({ ...judged, definitionHash: fitted.definitionHash }),
    context,
  );
  ({ evaluationHash, metrics } = found);
}, 60_000);

type Input = z.input<typeof evaluateFile.input>;
const evaluate = (path: string, change: Partial<Input> = {}) =>
  evaluateFile.run(
    evaluateFile.input.parse({
      ...{ modelName: MODEL, version: '1.0.0', artefactHash, evaluationHash, dataset, path, reading: {}, schema: null },
      ...{ configuredTimeZone: 'UTC', seed: 42, maxRejectedShare: 0.02, suspiciousLabels: 'refused' as const },
      ...change,
    }),
    context,
  );

describe('a version that was trained by a schema', () => {
  it('is judged on the part of the file that is held out, and carries its schema', async () => {
    expect(dataset).toMatchObject({ line: 'table-shop', origin: { kind: 'file', format: 'table' } });
    expect(metrics[0]).toMatchObject({ name: 'aucRoc', n: ROWS / 4 });
    const { files, manifest } = await loadArtefact(blobs, artefactHash);
    expect(readTableSchema(files)).toEqual(tableSchema.parse(written));
    expect(manifest.reads).toEqual([]);
  });

  it('calls its columns as the schema does in requests and reasons', async () => {
    const model = await findModel(MODEL);
    const predictor = await model.predictor((await loadArtefact(blobs, artefactHash)).files);
    const request = predictor.input.parse({ X1: 3, city: 'Pune' });
    const { explanation } = await predictor.explain!(request);
    await predictor.close();
    expect(JSON.stringify(explanation)).toContain('Basket in euros: 3, above the typical');
    for (const wrong of [{ X1: 51 }, { city: 'Delhi' }, { sex: 'f' }, { order: 'a1' }])
      expect(predictor.input.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false);
  });
});

describe('evaluateFile', () => {
  it('scores the rows of a second file that needs neither key nor parts', async () => {
    const found = await evaluate(write('second.csv', ...without('part', rowsFrom(2, 'b'))));
    expect(found).toMatchObject({ rows: ROWS, format: 'table', fileName: 'second.csv' });
    expect(found.metrics[0]).toMatchObject({ name: 'aucRoc', n: ROWS });
    expect(found.metrics[0]!.interval!.low).toBeGreaterThan(0.6);
    expect(found.slices.map(({ name }) => name)).toEqual(['sex: f', 'sex: m']);
    expect(found.remarks.join(' ')).not.toContain('learned from');
    const unnamed = await evaluate(write('unnamed.csv', ...without('order', rowsFrom(2, 'b'))));
    expect(unnamed.rows).toBe(ROWS / 4);
    expect(unnamed.remarks).toContain('only the rows whose part is test are scored');
  });

  it('says which rows the version has seen', async () => {
    const again = await evaluate(join(folder, 'training.csv'));
    expect(again.remarks.join(' ')).toContain('the file that the version was trained from');
    const [head, rows] = without('part', rowsFrom(1, 'a'));
    const shared = await evaluate(write('shared.csv', head, rows.slice(0, 100)));
    expect(shared.remarks).toContain('75 of 100 rows have the key of a row that the version learned from');
  });

  it.each<[string, () => string, object]>([
    [
      'a column that it lacks',
      () => write('lacks.csv', ...without('city', rowsFrom(2, 'b'))),
      { code: 'MISSING_COLUMN', details: { column: 'city' } },
    ],
    [
      'a missing label',
      () => write('unlabelled.csv', ...without('paid', rowsFrom(2, 'b'))),
      { code: 'MISSING_COLUMN', details: { column: 'paid' } },
    ],
    [
      'values outside the bounds and lists of training',
      () =>
        write(
          'outside.csv',
          names,
          rowsFrom(2, 'b').map((row) => row.map((cell) => (cell === 'Agra' ? 'Delhi' : cell))),
        ),
      { code: 'DATA_REJECTED', message: expect.stringContaining('city: category') as string },
    ],
  ])('refuses a file for %s', async (_what, file, fault) => {
    await expect(evaluate(file())).rejects.toMatchObject(fault);
  });

  it('takes another schema for a file, if it has what the version learned from', async () => {
    const path = write('third.csv', ...without('part', rowsFrom(3, 'c')));
    const columns = written.columns.filter(({ name }) => name !== 'part');
    const other = tableSchema.parse({ ...written, part: undefined, columns });
    expect((await evaluate(path, { schema: other })).rows).toBe(ROWS);
    const lacking = tableSchema.parse({ ...written, columns: written.columns.filter(({ name }) => name !== 'city') });
    await expect(evaluate(path, { schema: lacking })).rejects.toThrow('does not fit version 1.0.0: it lacks city');
  });

  it('refuses a schema for a fixed layout, and a version that was trained from a database', async () => {
    const path = join(folder, 'training.csv');
    const layout = await storeCreditDataset(blobs);
    const schema = tableSchema.parse(written);
    await expect(evaluate(path, { dataset: layout, schema })).rejects.toThrow('without --schema');
    const snapshot = { kind: 'snapshot' as const, snapshotHash: 'a'.repeat(64), source: 'generated' };
    await expect(evaluate(path, { dataset: { ...layout, origin: snapshot } })).rejects.toThrow(
      'the rows of a database',
    );
  });
});

describe('evaluateFile on a file with clocks', () => {
  const modelName = 'anomaly-detector';
  const path = join(projectRoot, 'models', modelName, 'fixtures', 'transactions.csv');
  let version: Partial<Input>;

  /** Trains one version on clocks of Berlin; the registry keeps no zone. */
  beforeAll(async () => {
    const model = await findModel(modelName);
    const file = await readDataFile(path, model.fileFormats, { timeZone: 'Europe/Berlin' });
    const stored = await loadDatasetRef(blobs, await storeTrainingFile(blobs, modelName, file));
    const { table } = await loadDataset(blobs, stored.hash);
    const holdout = freezeHoldout((await schemaOf(blobs, model, stored)).split, table);
    const params = model.params.parse({ nEstimators: 10, boostingRounds: 10, minimumConfirmed: 20 });
    const step = { runKey: 'run', modelName, dataset: stored, seed: 1, holdout, holdoutHashes: [], shards: [] };
    const fitted = await fitModel.run(fitModel.input.parse({ ...step, params }), context);
    const { timeZone, ...kept } = stored;
    expect(timeZone).toBe('Europe/Berlin');
    version = { modelName, dataset: kept, artefactHash: fitted.artefactHash };
  }, 60_000);

  const clocks = ({ remarks }: Awaited<ReturnType<typeof evaluate>>) => remarks.filter((one) => one.includes('clocks'));

  it('reads it on those of the version, whatever is configured now, or on those that are named, and says so', async () => {
    const same = await evaluate(path, { ...version, configuredTimeZone: 'Europe/Berlin' });
    expect(clocks(same)).toEqual([]);
    const changed = await evaluate(path, { ...version, configuredTimeZone: 'Asia/Kolkata' });
    expect(clocks(changed)).toEqual([
      "customers' clocks are those of Europe/Berlin, as in the data of version 1.0.0; configured is Asia/Kolkata",
    ]);
    expect(changed.metrics).toEqual(same.metrics);
    const named = await evaluate(path, { ...version, reading: { timeZone: 'Asia/Kolkata' } });
    expect(clocks(named)).toEqual([
      "customers' clocks are those of Asia/Kolkata; version 1.0.0 learned from clocks of Europe/Berlin",
    ]);
    expect(named.metrics).not.toEqual(same.metrics);
  });
});

describe('requireSameTarget', () => {
  const stores = (holdout: object | null, champion: object | null) => ({
    blobs,
    registry: {
      findLine: () => Promise.resolve(holdout && { holdout }),
      findChampion: () => Promise.resolve(champion),
    },
  });
  const check = async (change: Partial<WrittenTableSchema>, found: ReturnType<typeof stores>) => {
    const { schema } = tableFormatOf(await findModel(MODEL), tableSchema.parse({ ...written, ...change }));
    return requireSameTarget(found as unknown as Parameters<typeof requireSameTarget>[0], MODEL, schema);
  };

  it('lets versions of one label and one division share a line, whatever their columns', async () => {
    const parts = { kind: 'given', column: 'part', heldOut: ['test'] };
    await check({}, stores(null, null));
    await check({ protected: [] }, stores(parts, { dataset }));
  });

  it('refuses the name of another table', async () => {
    const groups = { kind: 'group', column: 'order', fraction: 0.3, salt: 's' };
    await expect(check({}, stores(groups, null))).rejects.toThrow(
      'holds out rows by order, and the schema by the parts in part',
    );
    const target = check({ positive: 'on time' }, stores(null, { dataset }));
    await expect(target).rejects.toThrow(
      'predicts paid = late, and the schema names paid = on time; give the schema another name than "shop"',
    );
  });
});
