import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DatasetRef, FrozenHoldout } from '../contracts/dataset.js';
import type { Table } from '../contracts/table.js';
import { loadDataset, storeDataset } from '../datasets/snapshots/dataset-store.js';
import { freezeHoldout, isTrainingRow, windowStartOf } from '../learning/evaluation/split/index.js';
import { numberColumn, selectRows, timestampColumn, withColumn } from '../learning/table.js';
import { findModel } from '../models/catalogue.js';
import { createFileBlobStore } from '../platform/blobs/file-blob-store.js';
import type { JobContext } from '../platform/child-process/define-job.js';
import { trainContext } from '../tests/support/check-model.js';
import { MODEL, storeCreditDataset } from '../tests/support/credit-dataset.js';
import type { Champion } from './compare-champion.js';
import { schemaOf } from './dataset-schema.js';
import { evaluateModel } from './evaluate.js';
import { fitModel } from './fit.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-refresh-'));
const blobs = createFileBlobStore(folder);
const nothing = () => Promise.resolve();
const checkpoints = { load: () => Promise.resolve(null), save: nothing, remove: nothing };
const context = { ...trainContext(), blobs, checkpoints } as unknown as JobContext;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Everything of a run but the registry. @returns what the next run compares with, and the gates. */
async function runOn(dataset: DatasetRef, holdout: FrozenHoldout, champion: Champion | null, given: object = {}) {
  const model = await findModel(MODEL);
  const params = model.params.parse({ nEstimators: 40, maxDepth: 2, ...given }) as Record<string, unknown>;
  const step = { runKey: 'run', modelName: MODEL, dataset, seed: 42, holdout, holdoutHashes: [] };
  const { artefactHash, definitionHash, signatureHash, trainingRowsHash } = await fitModel.run(
    { ...step, params, shards: [] },
    context,
  );
  const fitted = { artefactHash, definitionHash, trainingRowsHash };
  const { gates, evaluationHash } = await evaluateModel.run({ ...step, ...fitted, champion, reason: null }, context);
  const hashes = { artefactHash, definitionHash, signatureHash, evaluationHash, datasetHash: dataset.hash };
  const verdict = gates.find(({ gate }) => gate.startsWith('against champion'))!;
  return { version: { version: '1.0.0', ...hashes }, verdict };
}

/** Every second training row has the other outcome. */
function flipped(table: Table, holdout: FrozenHoldout): Table {
  const isTraining = isTrainingRow(holdout, table, windowStartOf(holdout, table));
  const values = numberColumn(table, 'defaulted').map((label, row) =>
    isTraining[row] && row % 2 === 0 ? 1 - label : label,
  );
  return withColumn(table, 'defaulted', { kind: 'number', values });
}

describe('a run with a champion', () => {
  let before: DatasetRef;
  let week: DatasetRef;
  let holdout: FrozenHoldout;
  let champion: Champion;
  let storeRows: (table: Table) => Promise<DatasetRef>;

  beforeAll(async () => {
    const model = await findModel(MODEL);
    week = await storeCreditDataset(blobs, 4); // repeated, so that the interval is narrower than the margin
    const { table } = await loadDataset(blobs, week.hash);
    const schema = await schemaOf(blobs, model, week);
    const { modelName, line, origin } = week;
    storeRows = (rows) => storeDataset(blobs, { table: rows, schema, ref: { modelName, line, origin, notes: [] } });
    holdout = freezeHoldout(schema.split, table);
    const times = timestampColumn(table, 'appliedAt');
    const newest = [...times].sort()[Math.floor(0.9 * times.length)]!;
    before = await storeRows(
      selectRows(
        table,
        [...times.keys()].filter((row) => times[row]! < newest),
      ),
    );
    champion = (await runOn(before, holdout, null)).version;
  }, 60_000);

  it('is a refresh on newer rows, and passes when it is as good', async () => {
    const { verdict } = await runOn(week, holdout, champion);
    expect(verdict.finding).toMatch(/^refresh: not worse than 1\.0\.0 by more than 0\.02 aucRoc/);
    expect(verdict.passed).toBe(true);
  });

  it('is rejected on newer rows whose training part is damaged', async () => {
    const { table } = await loadDataset(blobs, week.hash);
    const { verdict } = await runOn(await storeRows(flipped(table, holdout)), holdout, champion);
    expect(verdict.finding).toMatch(/^refresh: may be worse than 1\.0\.0 by more than 0\.02 aucRoc/);
    expect(verdict.passed).toBe(false);
  });

  it('is a change with other parameters, which has to be better or to have a reason', async () => {
    const { verdict } = await runOn(week, holdout, champion, { nEstimators: 41 });
    expect(verdict.finding).toMatch(/^change: /);
  });

  it('is a repetition on the same rows with the same parameters, and no rule is judged', async () => {
    const { verdict } = await runOn(before, holdout, champion);
    expect(verdict).toMatchObject({
      passed: true,
      finding: 'repetition: same data and definition as the champion 1.0.0; no rule is judged',
    });
  });
});
